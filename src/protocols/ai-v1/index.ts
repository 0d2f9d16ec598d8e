import type { ClientCodec } from "../../exchange/codec.ts";
import { writeComment } from "../../framing/sse-write.ts";
import { unreachable } from "../../kernel/invariant.ts";
import { decodeComplete, readComplete } from "./decode.ts";
import { decodeEmbed, encodeEmbed, readEmbed } from "./embed.ts";
import { encodeComplete } from "./encode.ts";
import { encodeAiError, encodeAiStreamError } from "./encode-error.ts";
import { encodeAiStream } from "./encode-stream.ts";

export { isLastPart, withCost } from "./cost.ts";
export { readAiError } from "./encode-error.ts";

const ping = writeComment("ping");

/** What the methods of the service share. */
const errors = { encodeError: encodeAiError, encodeStreamError: encodeAiStreamError } as const;

/** Callers of `ai.v1.ChatService`, whose messages the edge has turned into protobuf's JSON; streams are events of JSON. */
export const aiChat: ClientCodec = {
  ...errors,
  dialect: "ai-v1",
  read: (body, target) => readComplete(body, target.isStream === true),
  decode: decodeComplete,
  encodeAnswer: encodeComplete,
  encodeStream: encodeAiStream,
  keepAlive: () => ping,
};

/** Callers of its method `Embed`. */
export const aiEmbed: ClientCodec = {
  ...errors,
  dialect: "ai-v1-embed",
  read: readEmbed,
  decode: decodeEmbed,
  encodeAnswer: encodeEmbed,
  encodeStream: () => unreachable("embeddings are not streamed"),
  keepAlive: () => "",
};
