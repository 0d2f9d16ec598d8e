import type { ClientCodec } from "../exchange/codec.ts";
import type { Route } from "../exchange/exchange.ts";

/** The paths of the data plane, fixed for the life of a process; `/v1/models` exists in two dialects and the asker's headers decide. */
export function dataRoutes(codecs: { readonly chat: ClientCodec; readonly messages: ClientCodec }): {
  readonly routesOf: (
    path: string,
    header: (name: string) => string | undefined,
  ) => readonly Route[] | undefined;
  /** The dialect in which a refusal is told before a route is known. */
  readonly codecFor: (path: string, header: (name: string) => string | undefined) => ClientCodec;
  readonly count: number;
} {
  const chat: readonly Route[] = [{ kind: "ai", id: "openai-chat", method: "POST", codec: codecs.chat }];
  const messages: readonly Route[] = [
    { kind: "ai", id: "anthropic-messages", method: "POST", codec: codecs.messages },
  ];
  const chatModels: readonly Route[] = [{ kind: "models", id: "models", method: "GET", codec: codecs.chat }];
  const messagesModels: readonly Route[] = [
    { kind: "models", id: "models", method: "GET", codec: codecs.messages },
  ];
  return {
    routesOf: (path, header) => {
      switch (path) {
        case "/v1/chat/completions":
          return chat;
        case "/v1/messages":
          return messages;
        case "/v1/models":
          return header("anthropic-version") === undefined ? chatModels : messagesModels;
        default:
          return undefined;
      }
    },
    codecFor: (path, header) =>
      path.startsWith("/v1/messages") || header("anthropic-version") !== undefined
        ? codecs.messages
        : codecs.chat,
    count: 3,
  };
}
