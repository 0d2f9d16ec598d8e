import type { ClientCodec, Refuser, TargetFacts } from "../exchange/codec.ts";
import type { ClientDialect } from "../exchange/dialect.ts";
import type { Route } from "../exchange/exchange.ts";
import { geminiTarget } from "../protocols/gemini-generate/index.ts";
import { upgradeRequiredHeaders } from "../protocols/websocket/index.ts";

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
  /** The dialect in which a refusal is told before a route is known; `undefined`: the path is none of an AI API. */
  readonly codecFor: (key: RouteKey) => ClientCodec | undefined;
}

/** Whose clients ask: the mount says it, else the headers. Also the name of the provider behind a mount. */
type Family = "openai" | "anthropic" | "gemini";

interface Place {
  readonly family: Family;
  /** Without the mount. */
  readonly path: string;
  readonly isMounted: boolean;
}

export function dataRoutes(codecs: Readonly<Record<ClientDialect, ClientCodec>>): DataRoutes {
  const codecOf: Readonly<Record<Family, ClientCodec>> = {
    openai: codecs["openai-chat"],
    anthropic: codecs["anthropic-messages"],
    gemini: codecs["gemini-generate"],
  };
  const ai = (codec: ClientCodec, facts: TargetFacts = {}): readonly Route[] => [
    { kind: "ai", id: codec.dialect, method: "POST", codec, facts },
  ];
  const fixed: ReadonlyMap<string, readonly Route[]> = new Map([
    ["/v1/chat/completions", ai(codecs["openai-chat"])],
    ["/v1/responses", ai(codecs["openai-responses"])],
    ["/v1/messages", ai(codecs["anthropic-messages"])],
    ["/v1/messages/count_tokens", ai(codecs["anthropic-count"])],
    ["/v1/embeddings", ai(codecs["openai-embeddings"])],
    ["/v1/feedback", [{ kind: "feedback", id: "feedback", method: "POST", codec: codecs["openai-chat"] }]],
  ]);
  const models = (codec: ClientCodec): readonly Route[] => [
    { kind: "models", id: "models", method: "GET", codec },
  ];
  const raw = (codec: ClientCodec, provider: string, rest: string): readonly Route[] => [
    { kind: "raw", id: "raw", method: "*", codec, provider, rest },
  ];
  const geminiRoute = ({ path }: Place, query: string): readonly Route[] | undefined => {
    const target = geminiTarget(path, query);
    if (target?.action !== "generateContent" && target?.action !== "streamGenerateContent") return undefined;
    return ai(codecs["gemini-generate"], target.facts);
  };
  const azureRoute = ({ path }: Place): readonly Route[] | undefined => {
    const deployment = azureDeployment.exec(path)?.[1];
    return deployment === undefined ? undefined : ai(codecs["openai-chat"], { model: deployment });
  };
  const keptRoute = ({ family, path }: Place): readonly Route[] | undefined => {
    const [, answerId, items] = keptAnswer.exec(path) ?? [];
    if (answerId === undefined) return undefined;
    const part = items === undefined ? "answer" : "input_items";
    const onward = { provider: family, rest: restOf(family, path) };
    const codec = codecs["openai-responses"];
    return [{ kind: "kept", id: "kept", method: "*", codec, answerId, part, ...onward }];
  };
  return {
    routesOf: (key) => {
      const place = placeOf(key);
      const { path, family } = place;
      const found = fixed.get(path);
      if (found !== undefined) return found;
      if (path === "/v1/realtime") return [realtimeRoute(key.query, codecs["openai-chat"])];
      if (path === "/v1/models" || path === "/v1beta/models") return models(codecOf[family]);
      const [, provider, rest = "/"] = /^\/p\/([^/]+)(\/.*)?$/.exec(key.path) ?? [];
      if (provider !== undefined) return raw(codecOf[family], provider, rest);
      const known = azureRoute(place) ?? geminiRoute(place, key.query) ?? keptRoute(place);
      if (known !== undefined) return known;
      return isTheirs(place) ? raw(codecOf[family], family, restOf(family, path)) : undefined;
    },
    codecFor: (key) => {
      const { path, family, isMounted } = placeOf(key);
      if (path.startsWith("/ai.v1.ChatService/")) return codecs["ai-v1"];
      if (!isMounted && !aiRoots.test(path)) return undefined;
      return path === "/v1/responses" ? codecs["openai-responses"] : codecOf[family];
    },
  };
}

const keptAnswer = /^\/v1\/responses\/([^/]+)(\/input_items)?$/;
/** Paths that no other family has, so that the rest of its endpoints is reached without a mount. */
const ownPaths = /^\/v1\/(?:responses|conversations)(?:\/|$)/;

/** What stands below is an AI API's, whether it is there or not. */
const aiRoots = /^\/(?:v1|v1beta|p)(?:\/|$)/;

/** What a mount does not know, or a path that no other family has, may be known to the provider of that name. */
const isTheirs = ({ path, family, isMounted }: Place): boolean =>
  isMounted || ownPaths.test(path) || (family === "gemini" && path.startsWith("/v1beta/"));

/** Refusals before the switch are OpenAI's own errors. */
function realtimeRoute(query: string, { encodeError }: ClientCodec): Route {
  const codec: Refuser = {
    dialect: "openai-realtime",
    encodeError,
    errorHead: ({ status }) => ({
      status,
      headers: ["content-type", "application/json", ...(status === 426 ? upgradeRequiredHeaders : [])],
    }),
  };
  const model = new URLSearchParams(query).get("model") ?? undefined;
  return { kind: "realtime", id: "realtime", method: "GET", codec, model };
}

/** Azure's SDKs name the model in the path. */
const azureDeployment = /^\/deployments\/([^/]+)\/chat\/completions$/;

const mounts: readonly (readonly [prefix: string, family: Family])[] = [
  ["/azure/openai", "openai"],
  ["/openai", "openai"],
  ["/anthropic", "anthropic"],
  ["/gemini", "gemini"],
];

function placeOf({ path, query, header }: RouteKey): Place {
  for (const [prefix, family] of mounts) {
    if (path.startsWith(`${prefix}/`)) return { family, path: path.slice(prefix.length), isMounted: true };
  }
  return { family: familyOf(path, query, header), path, isMounted: false };
}

/** At the root, in this order: a path that only one family has, Anthropic's version header, Gemini's key or a method in the path, else OpenAI. */
function familyOf(path: string, query: string, header: RouteKey["header"]): Family {
  if (ownPaths.test(path)) return "openai";
  if (header("anthropic-version") !== undefined || /^\/v1\/messages(?:\/|$)/.test(path)) return "anthropic";
  const isGemini =
    header("x-goog-api-key") !== undefined ||
    /(?:^|&)key=/.test(query) ||
    path.startsWith("/v1beta/") ||
    /:[A-Za-z]+$/.test(path);
  return isGemini ? "gemini" : "openai";
}

/** The base URL of OpenAI holds the version, those of the others do not. */
const restOf = (family: Family, path: string): string =>
  family === "openai" ? path.replace(/^\/v1(?=\/|$)/, "") : path;
