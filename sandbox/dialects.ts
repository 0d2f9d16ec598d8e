import type { IncomingMessage } from "node:http";
import { anthropicMessages } from "./anthropic-messages/index.ts";
import type { Dialect } from "./dialect.ts";
import { openaiChat } from "./openai-chat/index.ts";

/** Every dialect the sandbox speaks. */
export const dialects: readonly Dialect[] = [openaiChat, anthropicMessages];

/** The dialect in which a request is to be answered, right or wrong: Anthropic's clients always send their version. */
export function dialectOf(request: IncomingMessage): Dialect {
  const isAnthropic =
    request.headers["anthropic-version"] !== undefined || request.url?.startsWith(anthropicMessages.path);
  return isAnthropic ? anthropicMessages : openaiChat;
}
