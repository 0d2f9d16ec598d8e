import {
  type OperationFactName,
  type RequestFactName,
  type ResponseFactName,
  type TargetFactName,
} from "../capabilities/policy/index.ts";
import type { Call } from "../exchange/call.ts";
import type { Scope } from "../exchange/identity.ts";
import type { ServiceTarget } from "../exchange/service-target.ts";
import type { Site, Target, Upstream } from "../exchange/target.ts";
import { addressClass, isLocalName } from "../kernel/address-class.ts";
import { parseIpAddress } from "../kernel/ip-network.ts";
import type { FactOf, FactValue } from "../ports/expressions.ts";
import type { GraphqlOperation } from "../ports/graphql.ts";
import { valueFactsOf } from "./asked-values.ts";
import type { Asked } from "./guards.ts";
import { type TargetCosts, targetCosts } from "./policy-costs.ts";
import { addressOf } from "./socket-door.ts";

const textBytesMax = 8192;
const nameBytesMax = 256;
const nanoUsdPerUsd = 1e9;
const bytesPerToken = 4;
const msPerHour = 3_600_000;
const hoursPerDay = 24;
/** 1 January 1970 was a Thursday; 0 is Sunday. */
const firstWeekday = 4;

type Lists = Readonly<Record<string, readonly string[]>>;
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
  "request.query": ({ identified }) => queryOf(identified.query),
  "request.headers": ({ inbound }) => headersOf(inbound.rawHeaders),
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
  "auth.roles": ({ identified: { identity } }) => names(identity.roles, 64),
  "auth.scopes": ({ identified: { identity } }) => names(identity.scopes.flatMap(scopeNames), 128),
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
  "ai.tools": (asked) => names(contentOf(asked)?.tools.map(({ name }) => name) ?? [], 128),
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
    const value = isFact(name) ? cut(facts[name](asked)) : "";
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
      default: {
        const whole = wholeOf(name);
        return key === undefined ? whole : isLists(whole) ? (whole[key] ?? []) : [];
      }
    }
  };
}

/** Those of an operation of GraphQL besides, once it was read. */
export function operationFacts({ name, type, cost, depth }: ReadOperation): FactOf {
  const of: Readonly<Record<OperationFactName, FactValue>> = {
    "graphql.operation": cut(name ?? ""),
    "graphql.type": type,
    "graphql.cost": cost,
    "graphql.depth": depth,
  };
  const known = new Map<string, FactValue>(Object.entries(of));
  return (fact) => known.get(fact) ?? "";
}

/** What is known of the operation that a request of GraphQL asks for. */
export type ReadOperation = Pick<GraphqlOperation, "name" | "type" | "cost" | "depth">;

/**
 * Those of a target besides: a region that is not known is empty, and a service has no prices. A price that nobody knows
 * cannot be told.
 */
export function targetFacts(
  target: Upstream,
  price: () => { readonly in: number; readonly out: number } | undefined,
): FactOf {
  const of: Readonly<Record<TargetFactName, () => FactValue>> = {
    "target.provider": () => target.provider,
    "target.model": () => target.model,
    "target.region": () => target.region ?? "",
    "target.private": () => isPrivate(target),
    "target.price_in": () => priceIn(target, price()?.in),
    "target.price_out": () => priceIn(target, price()?.out),
  };
  const known = new Map<string, () => FactValue>(Object.entries(of));
  return (name) => known.get(name)?.() ?? "";
}

/** Those of an answer besides. `headers`: a flat list. */
export function responseFacts(status: number, headers: readonly string[], region: string): FactOf {
  const of: Readonly<Record<ResponseFactName, () => FactValue>> = {
    "response.status": () => status,
    "response.headers": () => headersOf(headers),
    "response.region": () => region,
  };
  const known = new Map<string, () => FactValue>(Object.entries(of));
  return (name, key) => {
    const whole = known.get(name)?.() ?? "";
    return key === undefined ? whole : isLists(whole) ? (whole[key] ?? []) : [];
  };
}

function priceIn(target: Upstream, known: number | undefined): number {
  if (known !== undefined) return known;
  if (isTarget(target)) throw unknown(`the price of \`${target.provider}/${target.model}\` is not known`);
  return 0;
}

/** Whether its addresses are of a private network, or names that only one knows. @throws Where some are and some are not. */
function isPrivate(target: Upstream): boolean {
  const sites = sitesOf(target).map(({ origin }) => isPrivateHost(new URL(origin).hostname));
  const [first = false] = sites;
  if (sites.some((one) => one !== first))
    throw unknown("some of its addresses are private, and some are not");
  return first;
}

function sitesOf(target: Upstream): readonly Site[] {
  if (isTarget(target))
    return target.addresses?.addresses.flatMap(({ endpoints }) => endpoints) ?? target.endpoints;
  if (!isService(target)) return [];
  return target.addresses?.addresses.flatMap(({ endpoints }) => endpoints) ?? [target.site];
}

function isPrivateHost(host: string): boolean {
  const name = host.replace(/^\[|\]$/g, "");
  return parseIpAddress(name) === undefined ? isLocalName(name) : addressClass(name) !== "public";
}

const isService = (target: Upstream): target is ServiceTarget => "site" in target;

const isTarget = (target: Upstream): target is Target => "endpoints" in target;

/** What no model is asked for costs nothing. */
function usd(asked: Asked, of: (costs: TargetCosts) => number | undefined): number {
  if (readCall(asked) === undefined) return 0;
  const costs = targetCosts(asked);
  const nanoUsd = costs && of(costs);
  if (nanoUsd === undefined) throw unknown("nobody knows what it costs");
  return nanoUsd / nanoUsdPerUsd;
}

/** A condition that asks for it cannot be told then: who guards refuses. */
const unknown = (why: string): Error => new Error(why);

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
  return recordOf(new Map(Object.entries(labels).map(([name, value]) => [name, [value]])), 64);
}

const isLists = (value: FactValue): value is Lists => typeof value === "object" && !Array.isArray(value);
const names = (texts: readonly (string | undefined)[], max: number): readonly string[] =>
  texts.flatMap((text) => (text === undefined ? [] : [text.slice(0, nameBytesMax)])).slice(0, max);
const cut = (value: FactValue): FactValue =>
  typeof value === "string" && value.length > textBytesMax ? value.slice(0, textBytesMax) : value;

const scopeNames = ({ lanes, routes, methods, tools }: Scope): readonly string[] => [
  ...lanes.map((lane) => `lane:${lane}`),
  ...routes.map((route) => `route:${route}`),
  ...methods.map((method) => `method:${method}`),
  ...tools.map((tool) => `tool:${tool}`),
];

/** Flat lists, by names in small letters. A prototype of its own would be a header too. */
function headersOf(flat: readonly string[]): Lists {
  const lists = new Map<string, string[]>();
  for (let at = 0; at + 1 < flat.length; at += 2)
    add(lists, (flat[at] ?? "").toLowerCase(), flat[at + 1] ?? "");
  return recordOf(lists, 100);
}

function queryOf(query: string): Lists {
  const lists = new Map<string, string[]>();
  for (const [name, value] of new URLSearchParams(query)) add(lists, name, value);
  return recordOf(lists, 256);
}

function add(lists: Map<string, string[]>, name: string, value: string): void {
  const known = lists.get(name);
  if (known === undefined) lists.set(name, [value.slice(0, textBytesMax)]);
  else known.push(value.slice(0, textBytesMax));
}

function recordOf(lists: ReadonlyMap<string, string[]>, max: number): Lists {
  const record: Record<string, readonly string[]> = Object.create(null);
  for (const [name, values] of [...lists].slice(0, max))
    record[name.slice(0, nameBytesMax)] = values.slice(0, max);
  return record;
}

function claimsOf(claims: Readonly<Record<string, unknown>>): Lists {
  const lists = new Map<string, string[]>();
  for (const [name, value] of Object.entries(claims))
    for (const one of Array.isArray(value) ? value : [value])
      if (typeof one === "string" || typeof one === "number" || typeof one === "boolean")
        add(lists, name, String(one));
  return recordOf(lists, 64);
}

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
