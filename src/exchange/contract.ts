import type { Finish } from "./finish.ts";
import type { Part } from "./part.ts";

/** An answer as somebody besides its client reads it. */
export interface SeenAnswer {
  readonly parts: readonly Part[];
  readonly finish: Finish | undefined;
}

/** What an answer must hold for the client's program to be able to go on with it. */
export interface Contract {
  /** What is wrong with an answer, in a few words; `undefined`: nothing that can be seen from its form. */
  readonly faultOf: (answer: SeenAnswer) => string | undefined;
}

/** Whether an answer held what it must. */
export interface Verdict {
  /** `undefined`: it did. */
  readonly fault: string | undefined;
}
