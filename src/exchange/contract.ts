import type { Finish } from "./finish.ts";
import type { Part } from "./part.ts";

/** What an answer must hold for the client's program to be able to go on with it. */
export interface Contract {
  /** What is wrong with an answer, in a few words; `undefined`: nothing that can be seen from its form. */
  readonly faultOf: (answer: {
    readonly parts: readonly Part[];
    readonly finish: Finish | undefined;
  }) => string | undefined;
}

/** Whether an answer held what it must. */
export interface Verdict {
  /** `undefined`: it did. */
  readonly fault: string | undefined;
}
