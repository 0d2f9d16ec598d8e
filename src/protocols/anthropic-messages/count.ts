import type { CallFacts, ClientCodec, Reading } from "../../exchange/codec.ts";
import { unreachable } from "../../kernel/invariant.ts";
import { encodeError, encodeStreamError } from "./encode-error.ts";
import { readRouting } from "./read.ts";

/** Clients that ask how many tokens a Messages request has: `POST /v1/messages/count_tokens`. Never translated. */
export const anthropicCount: ClientCodec = {
  dialect: "anthropic-count",
  read: readCount,
  decode: () => unreachable("a count is not translated"),
  encodeAnswer: () => unreachable("a count is not translated"),
  encodeStream: () => unreachable("a count is not streamed"),
  keepAlive: () => "",
  encodeError,
  encodeStreamError,
};

/** As a Messages request, without a limit of the answer: there is none. */
function readCount(body: Uint8Array): Reading {
  const reading = readRouting(body, "no limit");
  if (reading.kind === "invalid") return reading;
  const facts: CallFacts = { ...reading.facts, isStream: false, outputTokensMax: 0 };
  return { kind: "facts", facts };
}

/** The answer, `{"input_tokens": n}`. */
export const encodeCount = (tokens: number): string => JSON.stringify({ input_tokens: tokens });
