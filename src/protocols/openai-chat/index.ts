import type { ClientCodec } from "../../exchange/codec.ts";
import { writeComment } from "../../framing/sse-write.ts";
import { decodeChat } from "./decode.ts";
import { encodeChat } from "./encode.ts";
import { encodeChatError, encodeChatStreamError } from "./encode-error.ts";
import { encodeChatStream } from "./encode-stream.ts";
import { readChat } from "./read.ts";

const ping = writeComment("ping");

/** How clients of OpenAI's Chat Completions speak to us. */
export const openaiChat: ClientCodec = {
  dialect: "openai-chat",
  read: readChat,
  decode: decodeChat,
  encodeAnswer: encodeChat,
  encodeStream: encodeChatStream,
  encodeError: encodeChatError,
  encodeStreamError: encodeChatStreamError,
  keepAlive: () => ping,
};
