import type { ClientCodec } from "../../exchange/codec.ts";
import { checkOf } from "../../exchange/stream-check.ts";
import { writeComment } from "../../framing/sse-write.ts";
import { decodeChat } from "./decode.ts";
import { encodeChat } from "./encode.ts";
import { encodeChatError, encodeChatStreamError } from "./encode-error.ts";
import { type ChatSettings, defaultSettings } from "./encode-settings.ts";
import { encodeChatStream } from "./encode-stream.ts";
import { advance, chatGrammar } from "./grammar.ts";
import { toolCallIdFor } from "./ids.ts";
import { readChat } from "./read.ts";

const ping = writeComment("ping");

/** How clients of OpenAI's Chat Completions speak to us, and how they want to be told of reasoning. */
export function createOpenaiChat(settings: ChatSettings): ClientCodec {
  return {
    dialect: "openai-chat",
    read: readChat,
    decode: decodeChat,
    encodeAnswer: (answer, context) => encodeChat(answer, context, settings),
    encodeStream: (context) => encodeChatStream(context, settings),
    checkStream: ({ wantsUsage }) => {
      let state = chatGrammar(wantsUsage);
      return checkOf(({ data }) => {
        const next = advance(state, data);
        if ("kind" in next) return next.message;
        state = next;
        return undefined;
      });
    },
    callIdOf: toolCallIdFor,
    encodeError: encodeChatError,
    encodeStreamError: encodeChatStreamError,
    keepAlive: () => ping,
  };
}

/** How clients of OpenAI's Chat Completions speak to us. */
export const openaiChat: ClientCodec = createOpenaiChat(defaultSettings);
