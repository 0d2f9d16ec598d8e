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

/** Whose clients ask: the mount says it, else the headers. */
type Family = "openai" | "anthropic";

export function dataRoutes(codecs: ServedCodecs): DataRoutes {
  const codecOf: Readonly<Record<Family, ClientCodec>> = {
    openai: codecs["openai-chat"],
    anthropic: codecs["anthropic-messages"],
  };
  const ai = (codec: ClientCodec, facts: TargetFacts = {}): readonly Route[] => [
    { kind: "ai", id: codec.dialect, method: "POST", codec, facts },
  ];
  const chat = ai(codecs["openai-chat"]);
  const messages = ai(codecs["anthropic-messages"]);
  const models = (codec: ClientCodec): readonly Route[] => [
    { kind: "models", id: "models", method: "GET", codec },
  ];
  const raw = (codec: ClientCodec, provider: string, rest: string): readonly Route[] => [
    { kind: "raw", id: "raw", method: "*", codec, provider, rest },
  ];
  return {
    routesOf: (key) => {
      const place = placeOf(key);
      switch (place.path) {
        case "/v1/chat/completions":
          return chat;
        case "/v1/messages":
          return messages;
        case "/v1/models":
          return models(codecOf[place.family]);
        default: {
          const [, provider, rest = "/"] = /^\/p\/([^/]+)(\/.*)?$/.exec(key.path) ?? [];
          if (provider !== undefined) return raw(codecOf[place.family], provider, rest);
          // What a mount does not know may be known to the provider whose name it bears.
          return place.isMounted
            ? raw(codecOf[place.family], place.family, restOf(place.family, place.path))
            : undefined;
        }
      }
    },
    codecFor: (key) => codecOf[placeOf(key).family],
  };
}

interface Place {
  readonly family: Family;
  /** Without the mount. */
  readonly path: string;
  readonly isMounted: boolean;
}

const mounts: readonly (readonly [prefix: string, family: Family])[] = [
  ["/openai", "openai"],
  ["/anthropic", "anthropic"],
];

function placeOf({ path, header }: RouteKey): Place {
  for (const [prefix, family] of mounts) {
    if (path.startsWith(`${prefix}/`)) return { family, path: path.slice(prefix.length), isMounted: true };
  }
  const isMessages = /\/v1\/messages(?:\/|$)/.test(path) || header("anthropic-version") !== undefined;
  return { family: isMessages ? "anthropic" : "openai", path, isMounted: false };
}

/** The base URL of OpenAI holds the version, that of Anthropic does not. */
const restOf = (family: Family, path: string): string =>
  family === "openai" ? path.replace(/^\/v1(?=\/|$)/, "") : path;
