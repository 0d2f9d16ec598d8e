import type { FactSchema } from "../../ports/expressions.ts";
import type { Phase } from "./policy.ts";

const headerKeys = { pattern: /^[^A-Z]{1,200}$/, rule: '`request.headers["…"]`, in small letters' };

const ofRequest = {
  "request.id": { kind: "text", about: "as in `x-sallyport-request-id`" },
  "request.method": { kind: "text", about: "in capital letters" },
  "request.host": { kind: "text", about: "as the client names it, in small letters" },
  "request.path": { kind: "text", about: "canonical" },
  "request.query": { kind: "lists", about: "all values of each parameter", sizeMax: 256 },
  "request.headers": {
    kind: "lists",
    about: "all values of each header, by names in small letters",
    sizeMax: 100,
    keys: headerKeys,
  },
  "request.ip": { kind: "text", about: "behind the proxies that are trusted" },
  "request.protocol": {
    kind: "text",
    about: "`ai`, `raw`, `realtime`, `rest`, `grpc`, `graphql`, `websocket`",
  },
  "request.bytes": { kind: "int", about: "of its body, as far as it tells them" },
  authenticated: { kind: "bool", about: "whether a key was presented and is good" },
  auth_required: { kind: "bool", about: "whether its route asks for one" },
  endpoint: { kind: "text", about: "its canonical path" },
  method: { kind: "text", about: "as `request.method`" },
  user_id: { kind: "text", about: "the user, or else the key, empty where nobody is known" },
  "auth.method": {
    kind: "text",
    about: "how it was proved who asks: `api-key`, `jwt`, `mtls`, `signature`, `session`, `anonymous`",
  },
  "auth.subject": { kind: "text", about: "who asks" },
  "auth.tenant": { kind: "text", about: "whose request it is" },
  "auth.team": { kind: "text", about: "empty where none is known" },
  "auth.user": { kind: "text", about: "empty where none is known" },
  "auth.key": { kind: "text", about: "the id of the gateway key" },
  "auth.roles": { kind: "list", about: "in the control plane", sizeMax: 64 },
  "auth.scopes": { kind: "list", about: "what a key may touch", sizeMax: 128 },
  "auth.claims": { kind: "lists", about: "all values of each claim of its token", sizeMax: 64 },
  "auth.spiffe_id": { kind: "text", about: "of its certificate" },
  "route.id": { kind: "text", about: "the route's name" },
  "route.labels": {
    kind: "lists",
    about: "what the configuration says of the route, a list of one for each label",
    sizeMax: 64,
  },
  "ai.model": { kind: "text", about: "as the client names it, empty where no model is asked" },
  "ai.operation": { kind: "text", about: "the dialect it is asked in" },
  "ai.stream": { kind: "bool", about: "whether it asks for a stream" },
  "ai.max_tokens": { kind: "int", about: "the most it asks for, 0 where it does not say" },
  "ai.input_tokens": { kind: "int", about: "as counted before it is sent" },
  "ai.tools": { kind: "list", about: "the names of its tools", sizeMax: 128 },
  "ai.modalities": { kind: "list", about: "`text`, `image`, `audio`, `file`", sizeMax: 8 },
  "cost.estimate_usd": { kind: "double", about: "what it will probably cost at the first that may serve it" },
  "cost.worst_usd": { kind: "double", about: "the most that it can cost there" },
  "guard.pii": { kind: "int", about: "personal data found in it" },
  "guard.secrets": { kind: "int", about: "secrets found in it" },
  "guard.injection": { kind: "double", about: "how much it looks like an injected prompt, 0 to 1" },
  "grpc.service": { kind: "text", about: "`pkg.Service`, as the service is asked" },
  "grpc.method": { kind: "text", about: "of the service" },
  "time.hour": { kind: "int", about: "of the tenant's day, 0 to 23" },
  "time.weekday": { kind: "int", about: "0 is Sunday" },
  "time.unix": { kind: "int", about: "seconds since 1970" },
} as const satisfies FactSchema;

/** Told of an operation once it was read: after door 2, and after targets were asked about. */
const ofOperation = {
  "graphql.operation": { kind: "text", about: "its name, empty where it has none" },
  "graphql.type": { kind: "text", about: "`query`, `mutation` or `subscription`; empty where it is none" },
  "graphql.cost": { kind: "int", about: "by the rules of its route" },
  "graphql.depth": { kind: "int", about: "of its fields" },
} as const satisfies FactSchema;

const ofTarget = {
  "target.provider": { kind: "text", about: "by its name in the configuration, or that of a service" },
  "target.model": { kind: "text", about: "as the provider names it" },
  "target.region": { kind: "text", about: "where it is, empty where nobody knows" },
  "target.private": {
    kind: "bool",
    about: "whether its hosts, as they are written, are of a private network",
  },
  "target.price_in": { kind: "double", about: "US dollars for a million tokens of a prompt" },
  "target.price_out": { kind: "double", about: "US dollars for a million tokens of an answer" },
} as const satisfies FactSchema;

const ofResponse = {
  "response.status": { kind: "int", about: "of the upstream" },
  "response.headers": { kind: "lists", about: "all values of each header", sizeMax: 100, keys: headerKeys },
  "response.region": { kind: "text", about: "where the upstream says it ran" },
} as const satisfies FactSchema;

export type RequestFactName = keyof typeof ofRequest;
export type OperationFactName = keyof typeof ofOperation;
export type TargetFactName = keyof typeof ofTarget;
export type ResponseFactName = keyof typeof ofResponse;

/** What a policy of each phase may ask. */
export const policyFacts: Readonly<Record<Phase, FactSchema>> = {
  request: { ...ofRequest, ...ofOperation },
  target: { ...ofRequest, ...ofTarget },
  response: { ...ofRequest, ...ofTarget, ...ofResponse },
};

export const isOfOperation = (name: string): boolean => Object.hasOwn(ofOperation, name);

/** Names whose values say who somebody is: kept as keyed hashes only. */
export const personalFacts: ReadonlySet<string> = new Set([
  ...["request.ip", "request.headers", "request.query", "user_id"],
  ...["auth.subject", "auth.user", "auth.claims", "auth.spiffe_id"],
]);

/** What is on record of every request, read by a policy or not. */
export const standardFacts = [
  ...["request.id", "request.method", "request.host", "request.path", "request.protocol", "request.bytes"],
  ...["authenticated", "auth_required", "endpoint", "method", "user_id"],
  ...["auth.method", "auth.tenant", "auth.team", "auth.user", "auth.key", "auth.roles", "auth.scopes"],
  ...["route.id", "ai.model", "ai.operation", "ai.stream", "ai.max_tokens"],
  ...["time.hour", "time.weekday", "time.unix"],
] as const satisfies readonly RequestFactName[];
