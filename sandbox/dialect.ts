import type { Json } from "../src/kernel/json.ts";
import type { Answer, Ask } from "./ask.ts";
import type { UsageFault } from "./faults.ts";
import type { SandboxModel } from "./models.ts";
import type { Refusal } from "./refusal.ts";
import type { Dice } from "./seeded.ts";

/** One piece of a streamed body. `token` frames carry one token each and set the pace; the others take no time. */
export interface Frame {
  readonly kind: "open" | "token" | "close" | "done";
  readonly text: string;
}

/** What a dialect needs to write an answer down. */
export interface Writing {
  readonly ask: Ask;
  readonly body: Json;
  readonly answer: Answer;
  readonly usageFault: UsageFault | undefined;
  readonly isReasoningShown: boolean;
  /** For ids; the same dice write the same bytes. */
  readonly dice: Dice;
  /** Unix time in seconds that the answer gives as its own. */
  readonly created: number;
}

export interface ErrorAnswer {
  readonly status: number;
  readonly body: string;
}

/** A way of speaking to a provider, seen from the provider's side. Each has its own folder with the same files. */
export interface Dialect {
  readonly name: string;
  /** Where its answers are asked for. */
  readonly path: string;
  /** Whether its provider caches prompts by itself or only where the client marks them. */
  readonly cacheMode: "automatic" | "marked";
  /**
   * @throws Refusal for every body the real provider would refuse.
   */
  readonly read: (body: Json) => Ask;
  readonly whole: (writing: Writing) => string;
  readonly stream: (writing: Writing) => Iterable<Frame>;
  readonly error: (refusal: Refusal, requestId: string) => ErrorAnswer;
  /** The frame that tells of a failure inside a stream. */
  readonly errorFrame: (message: string) => string;
  /** A frame that the grammar does not have. */
  readonly strangeFrame: string;
  /** The provider's own response headers. */
  readonly headers: (requestId: string) => Record<string, string>;
  readonly models: (models: readonly SandboxModel[], created: number) => string;
  readonly model: (model: SandboxModel, asked: string, created: number) => string;
}
