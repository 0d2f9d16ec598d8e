import type { UpstreamCodec } from "../../exchange/codec.ts";
import { readFailure } from "./error.ts";
import { chatSplices, encodeChatRequest } from "./request.ts";
import { decodeChatAnswer, tapChatAnswer } from "./response.ts";
import { decodeChatStream } from "./stream.ts";
import { tapChatStream } from "./tap.ts";

/** How we speak Chat Completions to OpenAI and to every server compatible with it. */
export const openaiCompatible: UpstreamCodec = {
  dialect: "openai-chat",
  pathOf: () => "/chat/completions",
  framingOf: () => "sse",
  encodeRequest: encodeChatRequest,
  splices: chatSplices,
  decodeAnswer: decodeChatAnswer,
  decodeStream: decodeChatStream,
  tapStream: tapChatStream,
  tapAnswer: tapChatAnswer,
  readFailure,
};
