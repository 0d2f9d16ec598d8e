import type { ClientCodec } from "../../exchange/codec.ts";
import { checkOf } from "../../exchange/stream-check.ts";
import { writeComment } from "../../framing/sse-write.ts";
import { callIdOf } from "./answer-ids.ts";
import { decodeCall } from "./decode.ts";
import { encodeAnswer } from "./encode.ts";
import { encodeError, encodeStreamError } from "./encode-error.ts";
import { encodeStream } from "./encode-stream.ts";
import { advance, type GrammarState, startGrammar } from "./grammar.ts";
import { readFacts } from "./read.ts";
import { transcriptOf } from "./transcript.ts";

export { printDeleted, printInputItems } from "./transcript.ts";

const ping = writeComment("ping");

/** Clients that speak OpenAI Responses: `POST /v1/responses`. */
export const openaiResponses: ClientCodec = {
  dialect: "openai-responses",
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
  transcriptOf,
  callIdOf,
  encodeError,
  encodeStreamError,
  keepAlive: () => ping,
};
