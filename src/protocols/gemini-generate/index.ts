import type { ClientCodec } from "../../exchange/codec.ts";
import { checkOf } from "../../exchange/stream-check.ts";
import { writeComment } from "../../framing/sse-write.ts";
import { decodeGemini } from "./decode.ts";
import { encodeAnswer } from "./encode.ts";
import { encodeError, encodeStreamError } from "./encode-error.ts";
import { encodeStream } from "./encode-stream.ts";
import { advance, geminiGrammar } from "./grammar.ts";
import { readFacts } from "./read.ts";

export { type GeminiTarget, geminiTarget } from "./target.ts";

const ping = writeComment("ping");
/** White space between the chunks of an array. */
const blank = "\n";

/** Clients that speak Gemini: `POST …/models/{model}:generateContent` and `:streamGenerateContent`. */
export const geminiGenerate: ClientCodec = {
  dialect: "gemini-generate",
  read: readFacts,
  decode: decodeGemini,
  encodeAnswer,
  encodeStream,
  checkStream: () => {
    // Whether arguments in pieces were asked for is not read: they are taken for asked for.
    let state = geminiGrammar({ streamsArguments: true });
    return checkOf(({ data }) => {
      const next = advance(state, data);
      if ("kind" in next) return next.message;
      state = next;
      return undefined;
    });
  },
  encodeError,
  encodeStreamError,
  keepAlive: (form) => (form === "sse" ? ping : blank),
};
