import type { ClientCodec, TargetFacts } from "../exchange/codec.ts";
import type { Route } from "../exchange/exchange.ts";

/** What decides where a request goes: its canonical path, its query and its headers. */
export interface RouteKey {
  readonly path: string;
  readonly query: string;
  readonly header: (name: string) => string | undefined;
}

/** The paths of the data plane, fixed for the life of a process; where one exists in several dialects the asker's headers decide. */
export interface DataRoutes {
  /** All routes of a path, one a method; `undefined` when it leads nowhere. */
  readonly routesOf: (key: RouteKey) => readonly Route[] | undefined;
  /** The dialect in which a refusal is told before a route is known. */
  readonly codecFor: (key: RouteKey) => ClientCodec;
}

/** The dialects that are served. */
export interface ServedCodecs {
  readonly "openai-chat": ClientCodec;
  readonly "anthropic-messages": ClientCodec;
}

export function dataRoutes(codecs: ServedCodecs): DataRoutes {
  const ai = (codec: ClientCodec, facts: TargetFacts = {}): readonly Route[] => [
    { kind: "ai", id: codec.dialect, method: "POST", codec, facts },
  ];
  const chat = ai(codecs["openai-chat"]);
  const messages = ai(codecs["anthropic-messages"]);
  const models = (codec: ClientCodec): readonly Route[] => [
    { kind: "models", id: "models", method: "GET", codec },
  ];
  const codecFor = ({ path, header }: RouteKey): ClientCodec => {
    const isMessages = path.startsWith("/v1/messages") || header("anthropic-version") !== undefined;
    return codecs[isMessages ? "anthropic-messages" : "openai-chat"];
  };
  return {
    routesOf: (key) => {
      switch (key.path) {
        case "/v1/chat/completions":
          return chat;
        case "/v1/messages":
          return messages;
        case "/v1/models":
          return models(codecFor(key));
        default:
          return undefined;
      }
    },
    codecFor,
  };
}
