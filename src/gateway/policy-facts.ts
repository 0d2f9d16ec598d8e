import type { OperationFactName, RequestFactName } from "../capabilities/policy/index.ts";
import type { Call } from "../exchange/call.ts";
import type { Scope } from "../exchange/identity.ts";
import type { FactOf, FactValue } from "../ports/expressions.ts";
import { valueFactsOf } from "./asked-values.ts";
import { boundedFact, headerLists, type Lists, listsOf, unknown } from "./bounded-facts.ts";
import type { Asked } from "./guards.ts";
import { type TargetCosts, targetCosts } from "./policy-costs.ts";
import { addressOf } from "./socket-door.ts";

const nanoUsdPerUsd = 1e9;
const bytesPerToken = 4;
const msPerHour = 3_600_000;
const hoursPerDay = 24;
/** 1 January 1970 was a Thursday; 0 is Sunday. */
const firstWeekday = 4;

type Maker = (asked: Asked) => FactValue;

/** What guards of content have found in a request. */
export interface GuardFacts {
  readonly pii: number;
  readonly secrets: number;
  /** 0 to 1. */
  readonly injection: number;
}

/** What is looked at by others, when a policy asks for it first. */
export type GuardFactsOf = (asked: Asked) => GuardFacts;

/** By which way a request goes through the gateway, as policies name it. */
export function protocolOf({ identified: { route } }: Asked): string {
  if (route.kind === "service") return route.rule.target.model;
  return route.kind === "raw" || route.kind === "realtime" ? route.kind : "ai";
}

/** The name of its route: of a service as in the configuration, else that of the gateway's own. */
export const routeOf = ({ identified: { route } }: Asked): string => route.id;

const facts: Readonly<Record<Exclude<RequestFactName, `guard.${string}`> | OperationFactName, Maker>> = {
  "request.id": ({ trail }) => trail.id,
  "request.method": ({ identified }) => identified.method,
  "request.host": ({ identified }) => identified.host,
  "request.path": ({ identified }) => identified.path,
  "request.query": ({ identified }) => listsOf(new URLSearchParams(identified.query)),
  "request.headers": ({ inbound }) => headerLists(inbound.rawHeaders),
  "request.ip": ({ inbound, trail }) => addressOf(inbound, trail.snapshot),
  "request.protocol": protocolOf,
  "request.bytes": ({ inbound, call }) =>
    call?.body.byteLength ?? (Number(inbound.header("content-length") ?? 0) || 0),
  authenticated: ({ identified: { identity } }) => identity.method !== "anonymous",
  auth_required: ({ identified: { route } }) => route.kind !== "service" || route.rule.auth !== "none",
  endpoint: ({ identified }) => identified.path,
  method: ({ identified }) => identified.method,
  user_id: ({ identified: { identity } }) => identity.user ?? identity.keyId,
  "auth.method": ({ identified: { identity } }) => identity.method,
  "auth.subject": ({ identified: { identity } }) => identity.subject,
  "auth.tenant": ({ identified: { identity } }) => identity.tenant,
  "auth.team": ({ identified: { identity } }) => identity.project,
  "auth.user": ({ identified: { identity } }) => identity.user ?? "",
  "auth.key": ({ identified: { identity } }) => identity.keyId,
  "auth.roles": ({ identified: { identity } }) => identity.roles,
  "auth.scopes": ({ identified: { identity } }) => identity.scopes.flatMap(scopeNames),
  "auth.claims": ({ identified: { identity } }) => claimsOf(identity.claims),
  "auth.spiffe_id": ({ inbound }) =>
    inbound.clientCertificate?.altNames.find((name) => name.startsWith("URI:spiffe:"))?.slice(4) ?? "",
  "route.id": routeOf,
  "route.labels": labelsOf,
  "ai.model": (asked) => {
    const { route } = asked.identified;
    return route.kind === "realtime" && route.model !== undefined
      ? route.model
      : (readCall(asked)?.facts.model ?? "");
  },
  "ai.operation": ({ call, identified: { route } }) => (call === undefined ? "" : route.codec.dialect),
  "ai.stream": (asked) =>
    asked.identified.route.kind === "realtime" || (readCall(asked)?.facts.isStream ?? false),
  "ai.max_tokens": (asked) => readCall(asked)?.facts.outputTokensMax ?? 0,
  "ai.input_tokens": (asked) => Math.ceil((readCall(asked)?.body.byteLength ?? 0) / bytesPerToken),
  "ai.tools": (asked) => contentOf(asked)?.tools.flatMap(({ name }) => name ?? []) ?? [],
  "ai.modalities": (asked) => modalitiesOf(contentOf(asked)),
  "cost.estimate_usd": (asked) => usd(asked, (costs) => costs.estimate),
  "cost.worst_usd": (asked) => usd(asked, (costs) => costs.worst),
  "grpc.service": (asked) => grpcOf(asked)[0],
  "grpc.method": (asked) => grpcOf(asked)[1],
  "graphql.operation": (asked) => noOperation(asked, ""),
  "graphql.type": (asked) => noOperation(asked, ""),
  "graphql.cost": (asked) => noOperation(asked, 0),
  "graphql.depth": (asked) => noOperation(asked, 0),
  "time.hour": ({ trail }) => Math.floor(trail.at / msPerHour) % hoursPerDay,
  "time.weekday": ({ trail }) => (Math.floor(trail.at / (msPerHour * hoursPerDay)) + firstWeekday) % 7,
  "time.unix": ({ trail }) => Math.floor(trail.at / 1000),
};

const isFact = (name: string): name is keyof typeof facts => Object.hasOwn(facts, name);

/** The facts of a request, each made when it is asked for. */
export function requestFacts(asked: Asked, guardFactsOf: GuardFactsOf): FactOf {
  let found: GuardFacts | undefined;
  const made = new Map<string, FactValue>();
  const wholeOf = (name: string): FactValue => {
    const known = made.get(name);
    if (known !== undefined) return known;
    const value = isFact(name) ? facts[name](asked) : "";
    made.set(name, value);
    return value;
  };
  return (name, key) => {
    switch (name) {
      case "guard.pii":
      case "guard.secrets":
      case "guard.injection": {
        found ??= guardFactsOf(asked);
        return name === "guard.pii" ? found.pii : name === "guard.secrets" ? found.secrets : found.injection;
      }
      default:
        return boundedFact(name, wholeOf(name), key);
    }
  };
}

/** What no model is asked for costs nothing. */
function usd(asked: Asked, of: (costs: TargetCosts) => number | undefined): number {
  if (readCall(asked) === undefined) return 0;
  const costs = targetCosts(asked);
  const nanoUsd = costs && of(costs);
  if (nanoUsd === undefined) throw unknown("nobody knows what it costs");
  return nanoUsd / nanoUsdPerUsd;
}

/** The call as it was read. `undefined`: no model is asked. @throws Where one is, in a lane that does not read it. */
function readCall({ call, identified: { route } }: Asked): Asked["call"] {
  if (call === undefined && (route.kind === "raw" || route.kind === "realtime"))
    throw unknown(`a request of the lane \`${route.kind}\` is not read`);
  return call;
}

/** What is not of GraphQL has none. */
function noOperation(asked: Asked, none: FactValue): FactValue {
  if (protocolOf(asked) === "graphql") throw unknown("its operation was not read");
  return none;
}

function labelsOf({ identified: { route }, trail }: Asked): Lists {
  const labels = route.kind === "service" ? trail.snapshot.serviceRoutes.labelsOf(route.id) : {};
  return listsOf(Object.entries(labels));
}

const scopeNames = ({ lanes, routes, methods, tools }: Scope): readonly string[] => [
  ...lanes.map((lane) => `lane:${lane}`),
  ...routes.map((route) => `route:${route}`),
  ...methods.map((method) => `method:${method}`),
  ...tools.map((tool) => `tool:${tool}`),
];

const claimsOf = (claims: Readonly<Record<string, unknown>>): Lists =>
  listsOf(
    Object.entries(claims).flatMap(([name, value]) =>
      (Array.isArray(value) ? value : [value]).flatMap((one) =>
        typeof one === "string" || typeof one === "number" || typeof one === "boolean"
          ? [[name, String(one)] as const]
          : [],
      ),
    ),
  );

/** What is in a call; a body that cannot be read is refused where it is sent, and here there is nothing in it. */
function contentOf(asked: Asked): Call | undefined {
  const call = readCall(asked);
  const { route } = asked.identified;
  if (call === undefined || route.kind !== "ai") return undefined;
  try {
    const decoding = route.codec.decode(call.body, { target: route.facts });
    return decoding.kind === "call" ? decoding.call : undefined;
  } catch {
    return undefined;
  }
}

function modalitiesOf(call: Call | undefined): readonly string[] {
  if (call === undefined) return [];
  const kinds = new Set(call.turns.flatMap(({ parts }) => parts.map(({ kind }) => kind)));
  const known = ["text", "image", "audio", "video", "document"] as const;
  return known.filter((kind) => kinds.has(kind)).map((kind) => (kind === "document" ? "file" : kind));
}

/** As the service is asked: a route may lead from one path to another. */
function grpcOf({ identified, inbound, trail: { snapshot } }: Asked): readonly [string, string] {
  const { route, path: asked } = identified;
  if (route.kind !== "service" || route.rule.target.model !== "grpc") return ["", ""];
  const transforms = snapshot.serviceRoutes.transformsOf(route.id, () =>
    valueFactsOf({ ...identified, route }, inbound, snapshot),
  );
  const path = transforms?.rewrite(asked, route.captures) ?? asked;
  const end = path.lastIndexOf("/");
  return [path.slice(path.lastIndexOf("/", end - 1) + 1, end), path.slice(end + 1)];
}
