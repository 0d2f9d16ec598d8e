import type { ClientCodec } from "../../exchange/codec.ts";
import { checkOf } from "../../exchange/stream-check.ts";
import { writeEvent } from "../../framing/sse-write.ts";
import { callIdOf } from "./answer-ids.ts";
import { decodeCall } from "./decode.ts";
import { encodeAnswer } from "./encode.ts";
import { encodeError, encodeStreamError } from "./encode-error.ts";
import { encodeStream } from "./encode-stream.ts";
import { advance, type GrammarState, startGrammar } from "./grammar.ts";
import { readFacts } from "./read.ts";

const ping = writeEvent('{"type": "ping"}', "ping");

export { anthropicCount, encodeCount } from "./count.ts";

/** Clients that speak Anthropic Messages: `POST /v1/messages`. */
export const anthropicMessages: ClientCodec = {
  dialect: "anthropic-messages",
  read: readFacts,
  decode: decodeCall,
  encodeAnswer,
  encodeStream,
  checkStream: () => {
    let state: GrammarState = startGrammar;
    return checkOf((frame) => {
      state = advance(state, frame);
      return state.kind === "violation" ? state.reason : undefined;
    });
  },
  callIdOf,
  encodeError,
  encodeStreamError,
  keepAlive: () => ping,
};
