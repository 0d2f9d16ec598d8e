import { mayUse } from "../capabilities/identity/index.ts";
import { unreadModel } from "../capabilities/residency/index.ts";
import { type Bounds, type ProviderRoute, withinBounds } from "../capabilities/routing/index.ts";
import type { UpstreamDialect } from "../exchange/dialect.ts";
import type { Identified, Route } from "../exchange/exchange.ts";
import type { Permit } from "../exchange/permit.ts";
import type { Endpoint, Target } from "../exchange/target.ts";
import { GatewayError } from "../kernel/errors.ts";
import type { Permits } from "../pipeline/permits.ts";
import type { Places } from "../pipeline/places.ts";
import type { RawCall } from "../pipeline/raw-call.ts";
import { createRawTap } from "../pipeline/raw-tap.ts";
import { upstreamCodecOf } from "./codecs.ts";
import type { Snapshot } from "./snapshot.ts";

type RawRequest = Identified<Extract<Route, { kind: "raw" }>>;

/** What the raw lane does with one request. */
export interface RawPlan {
  readonly provider: ProviderRoute;
  readonly call: RawCall;
  /** Whose breaker, cool-downs and slots it is bound to. */
  readonly guarded: Target;
  /** Why it may, for its record. */
  readonly reason: string;
}

/**
 * Doors 2 and 6 of the raw lane: whether this caller may, and where the request goes. A key with a list of models may
 * only where its list holds all of a provider's, since the model is not read.
 *
 * @throws GatewayError `route_not_found`, `policy_denied`, `no_eligible_upstream`.
 */
export function planRaw(
  { route, query, method, identity }: RawRequest,
  { table, raw }: Snapshot,
  {
    newReader,
    bounds,
    permits,
    places,
  }: {
    readonly newReader: Parameters<typeof createRawTap>[2];
    readonly bounds: Bounds;
    readonly permits: Pick<Permits, "to">;
    readonly places: Places;
  },
): RawPlan {
  const provider = raw.isEnabled ? table.providers.get(route.provider) : undefined;
  if (provider === undefined) throw notServed(route.provider, [...table.providers.keys()], raw.isEnabled);
  if (!mayUse(identity.models, `${provider.id}/*`)) {
    throw denied(
      `This key may use some models only, and the raw lane does not read which one is asked for. A key whose list holds \`${provider.id}/*\` may.`,
    );
  }
  const dialect = dialectOf(route.rest);
  const codec = dialect === undefined ? undefined : upstreamCodecOf(dialect);
  if (raw.unmetered === "refuse" && codec === undefined && method !== "GET" && method !== "HEAD") {
    throw denied(
      "What this endpoint consumes cannot be read, and `raw.unmetered` is `refuse`: it is closed on this gateway.",
    );
  }
  const target = provider.targetOf("");
  const { endpoint, place } = placedAt(target, dialect, { places, keyId: identity.keyId });
  const permit = orLeft(place, () =>
    permitOf({ provider, path: route.rest, method, endpoint }, bounds, permits),
  );
  const kept = query.split("&").filter((pair) => pair !== "" && !pair.startsWith("key=sp-"));
  return {
    provider,
    call: {
      permit,
      target,
      endpoint,
      place,
      path: `${endpoint.basePath}${route.rest}${kept.length === 0 ? "" : `?${kept.join("&")}`}`,
      tap: (head) => (codec === undefined ? undefined : createRawTap(codec, head, newReader)),
      isForWords: dialect !== undefined,
    },
    guarded: { ...target, model: guardedModel(route.rest, method, dialect) },
    reason: codec === undefined ? "its usage cannot be read" : `its usage is read as ${codec.dialect}`,
  };
}

/** Who is not asked after all is at work on nothing. */
function orLeft<Value>(place: RawCall["place"], make: () => Value): Value {
  try {
    return make();
  } catch (thrown) {
    place?.left();
    throw thrown;
  }
}

/** @throws GatewayError where the content may not go: `constraints_unsatisfiable`, `no_eligible_upstream`. */
function permitOf(
  to: {
    readonly provider: ProviderRoute;
    readonly path: string;
    readonly method: string;
    readonly endpoint: Endpoint;
  },
  bounds: Bounds,
  permits: Pick<Permits, "to">,
): Permit {
  const { origin, codec } = to.endpoint;
  const named = modelIn(to.path);
  // Where Bedrock runs a model is told by its name; what names none in its path may name it in its body.
  const isRead = to.method === "GET" || to.method === "HEAD";
  const isHidden = named === "" && !isRead && codec.dialect === "bedrock-converse";
  const target = to.provider.targetOf(isHidden ? unreadModel : named);
  withinBounds(to.provider.id, [{ target }], bounds);
  const permit = permits.to(target, origin, { residency: bounds.residency, sink: "raw" });
  if (permit === undefined) throw new GatewayError("no_eligible_upstream", "residency");
  return permit;
}

/** The model that a path names, where one does: it may say where it is run. */
function modelIn(path: string): string {
  const name = /\/models?\/([^/:?]+(?:%3A[^/:?]*|:\d+)?)/i.exec(path)?.[1] ?? "";
  try {
    return decodeURIComponent(name);
  } catch {
    return name;
  }
}

/**
 * What stands for the model in the name of a raw call's target: the model that its path names, where it is asked for an
 * answer; else the operation, which has limits of its own (counting, tuning, batches) or names its model in the body, which
 * is not read: its dialect, or a word of its path.
 */
function guardedModel(path: string, method: string, dialect: UpstreamDialect | undefined): string {
  const named = method === "POST" ? modelIn(path) : "";
  const isAnswered = (dialect !== undefined && dialect !== "openai-embeddings") || invoked.test(path);
  if (named !== "" && isAnswered) return named;
  if (dialect !== undefined) return `raw:${dialect}`;
  const word = named === "" ? firstWord(path) : path.split(/[/:]/).at(-1);
  return `raw:${word !== undefined && /^[\w.-]{1,40}$/.test(word) ? word : "other"}`;
}

/** Bedrock's other way to ask a model for an answer, in the model's own dialect: it counts against the same limits. */
const invoked = /\/model\/[^/]+\/invoke(?:-with-response-stream)?$/;

/** The first word of a path behind its version. */
const firstWord = (path: string): string | undefined =>
  path.split("/").find((part) => part !== "" && !/^v\d+\w{0,10}$/.test(part));

/** The dialect that a provider's path belongs to, as far as the usage of its answers can be read. */
function dialectOf(path: string): UpstreamDialect | undefined {
  for (const [pattern, dialect] of dialects) if (pattern.test(path)) return dialect;
  return undefined;
}

const dialects: readonly (readonly [RegExp, UpstreamDialect])[] = [
  [/\/chat\/completions$/, "openai-chat"],
  [/\/responses$/, "openai-responses"],
  [/\/messages$/, "anthropic-messages"],
  [/:(?:generateContent|streamGenerateContent)$/, "gemini-generate"],
  [/\/converse(?:-stream)?$/, "bedrock-converse"],
  [/\/v2\/chat$/, "cohere-chat"],
  [/\/embeddings$/, "openai-embeddings"],
];

/** Its body is not read: neither its length nor its conversation is known where an address is chosen. */
function placedAt(
  target: Target,
  dialect: UpstreamDialect | undefined,
  { places, keyId }: { readonly places: Places; readonly keyId: string },
): Pick<RawCall, "endpoint" | "place"> {
  const place = places.begin(target, { keyId, asked: [] });
  const endpoint = endpointFor(target.endpoints, dialect);
  return { endpoint: place?.endpointAt(endpoint) ?? endpoint, place };
}

/** The endpoint whose credential counts: that of the path's dialect, else the provider's first. */
function endpointFor(endpoints: readonly Endpoint[], dialect: UpstreamDialect | undefined): Endpoint {
  const found = endpoints.find(({ codec }) => codec.dialect === dialect) ?? endpoints[0];
  if (found === undefined) throw new GatewayError("no_eligible_upstream", "a provider without endpoints");
  return found;
}

function notServed(provider: string, known: readonly string[], isEnabled: boolean): GatewayError {
  const message = isEnabled
    ? `There is no provider \`${provider}\`. Configured: ${known.map((id) => `\`${id}\``).join(", ")}.`
    : "The raw lane is off (`raw.isEnabled`).";
  return new GatewayError("route_not_found", message, { message });
}

const denied = (message: string): GatewayError => new GatewayError("policy_denied", message, { message });
