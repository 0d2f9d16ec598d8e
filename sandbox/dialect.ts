import type { Json } from "../src/kernel/json.ts";
import type { Answer, Ask } from "./ask.ts";
import type { Directions } from "./directions.ts";
import type { UsageFault } from "./faults.ts";
import type { SandboxModel } from "./models.ts";
import type { Refusal } from "./refusal.ts";
import type { Dice } from "./seeded.ts";
import type { StoredResponses } from "./stored-responses.ts";

/** One piece of a streamed body. `token` frames carry one token each and set the pace; the others take no time. */
export interface Frame {
  readonly kind: "open" | "token" | "close" | "done";
  readonly text: string;
}

/** What an endpoint reads a request from, besides its body. */
export interface Asked {
  readonly url: URL;
  /** What the sandbox remembers of earlier answers. */
  readonly stored: StoredResponses;
}

/** What a dialect needs to write an answer down. */
export interface Writing extends Asked {
  readonly ask: Ask;
  readonly body: Json;
  readonly answer: Answer;
  readonly usageFault: UsageFault | undefined;
  /** What was directed; `undefined` leaves it to the dialect's own custom. */
  readonly reasoning: Directions["reasoning"];
  /** For ids; the same dice write the same bytes. */
  readonly dice: Dice;
  /** The seed of the call, for what depends on nothing but it and the text. */
  readonly seed: number;
  /** Unix time in seconds that the answer gives as its own. */
  readonly created: number;
}

/** A streamed body, and what the faults put into it. */
export interface Streamed {
  readonly frames: Iterable<Frame>;
  /** Server-sent events may be told in CRLF and with comments between them; an array of JSON may not. */
  readonly isSse: boolean;
  readonly contentType: string;
  /** The texts that tell of a failure at the point which `frames` has reached. */
  readonly failure: (message: string) => readonly string[];
  /** One that the grammar does not have. */
  readonly strange: string;
  /** The last touch to each text, in order, when all faults are in: numbers and separators depend on what really goes out. */
  readonly finish: (text: string) => string;
}

export interface ErrorAnswer {
  readonly status: number;
  readonly body: string;
  /** `application/json` unless told. */
  readonly contentType?: string;
}

/** One kind of call that is played: directions, faults and times hold for it. */
export interface Endpoint {
  readonly name: string;
  readonly claims: (url: URL) => boolean;
  /** Whether its provider caches prompts by itself, only where the client marks them, or not at all. */
  readonly cacheMode: "automatic" | "marked" | "none";
  /** Which models serve it. */
  readonly serves: SandboxModel["purpose"];
  /** No model thinks about it (counting does not): it takes no time unless directed. */
  readonly isImmediate?: true;
  /** A prompt that is refused on policy gets an answer that says so, not an error. */
  readonly blocksInAnswer?: true;
  /**
   * @throws Refusal for every body the real provider would refuse.
   */
  readonly read: (body: Json, asked: Asked) => Ask;
  readonly whole: (writing: Writing) => string;
  /** Not on endpoints that do not stream. */
  readonly stream?: (writing: Writing) => Streamed;
}

/** How a provider answers, whatever was asked. */
export interface Voice {
  readonly error: (refusal: Refusal, call: { readonly url: URL; readonly requestId: string }) => ErrorAnswer;
  /** The provider's own response headers. */
  readonly headers: (requestId: string) => Record<string, string>;
  readonly contentType: string;
  readonly models: (models: readonly SandboxModel[], created: number) => string;
  readonly model: (model: SandboxModel, asked: string, created: number) => string;
}

/** A way of speaking to a provider, seen from the provider's side. Each has its own folder with the same files. */
export interface Dialect extends Voice {
  readonly name: string;
  readonly endpoints: readonly Endpoint[];
}

/** Texts that need no last touch. */
export const asWritten = (text: string): string => text;

/** How OpenAI and Anthropic call their events. */
export const eventStream = "text/event-stream; charset=utf-8";

/** Whether the path is `path`. */
export const at =
  (path: string) =>
  ({ pathname }: URL): boolean =>
    pathname === path;
