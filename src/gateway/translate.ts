import { candidateOf, type RoutingTable, resolveModel } from "../capabilities/routing/index.ts";
import type { CallFacts, ClientCodec, RequestContext, UpstreamCodec } from "../exchange/codec.ts";
import { type ClientDialect, purposeOf, type UpstreamDialect } from "../exchange/dialect.ts";
import type { Candidate } from "../exchange/target.ts";
import { GatewayError } from "../kernel/errors.ts";
import { nearestNames } from "../kernel/nearest.ts";
import { problemsError } from "../pipeline/problems.ts";
import { spliceBody } from "./body-tools.ts";
import type { Translated, WantedTranslation } from "./book-states.ts";
import { clientCodecs, isUpstreamDialect, upstreamCodecOf, upstreamDialects } from "./codecs.ts";

/** Where a request would go. */
interface Destination {
  readonly codec: UpstreamCodec;
  readonly lane: "bytes" | "canonical";
  readonly context: RequestContext;
  /** The whole path, where a provider of the configuration is meant. */
  readonly pathOf?: (call: Parameters<UpstreamCodec["pathOf"]>[0]) => string;
}

/**
 * What an upstream would be sent for a client's request, and what would be lost on the way; nothing is sent.
 *
 * @param table Of the configuration; absent: destinations are dialects only.
 * @throws GatewayError `malformed_request` for a body that is no request of the dialect, or names that nobody knows.
 */
export function translate(wanted: WantedTranslation, table?: RoutingTable): Translated {
  const client = clientOf(wanted.from);
  const body = new TextEncoder().encode(wanted.body);
  const target = wanted.model === undefined ? {} : { model: wanted.model };
  const reading = client.read(body, target);
  if (reading.kind === "invalid") throw problemsError(reading.problems);
  const { facts } = reading;
  const to = destinationOf(wanted, { client: client.dialect, facts, table });
  const shape = { model: to.context.model, isStream: facts.isStream, streamForm: "sse" } as const;
  const common = { lane: to.lane, dialect: to.codec.dialect, path: (to.pathOf ?? to.codec.pathOf)(shape) };
  if (to.lane === "bytes") {
    const sent = spliceBody(body, to.codec.splices(facts, to.context));
    return { ...common, body: new TextDecoder().decode(sent), warnings: [], emulated: null, refusal: null };
  }
  const decoding = client.decode(body, { target });
  if (decoding.kind === "invalid") throw problemsError(decoding.problems);
  const encoded = to.codec.encodeRequest(decoding.call, to.context);
  if (encoded.kind === "refused") {
    const { code, publicMessage, facts: about } = encoded.error;
    const refusal = { code, message: publicMessage, param: about.param ?? null };
    return { ...common, body: null, warnings: decoding.warnings, emulated: null, refusal };
  }
  const { stop = [], toolsAmong = [] } = encoded.emulation ?? {};
  return {
    ...common,
    body: encoded.body,
    warnings: [...decoding.warnings, ...encoded.warnings],
    emulated: stop.length + toolsAmong.length === 0 ? null : { stop, toolsAmong },
    refusal: null,
  };
}

function clientOf(name: string): ClientCodec {
  const codec = Object.values(clientCodecs).find(({ dialect }) => dialect === name);
  if (codec !== undefined) return codec;
  throw unknown("from", `\`${name}\` is no dialect of clients`, name, Object.keys(clientCodecs));
}

function destinationOf(
  { to, model }: WantedTranslation,
  {
    client,
    facts,
    table,
  }: { readonly client: ClientDialect; readonly facts: CallFacts; readonly table: RoutingTable | undefined },
): Destination {
  if (isUpstreamDialect(to)) return { ...byDialect(to, client), context: { model: model ?? facts.model } };
  const candidate = table && candidateFor(to, client, table);
  if (candidate === undefined) {
    const what =
      table === undefined ? "dialect of upstreams" : "dialect of upstreams and no model of this gateway";
    throw unknown("to", `\`${to}\` is no ${what}`, to, upstreamDialects);
  }
  const { target, endpoint, lane } = candidate;
  const { outputTokensMax } = target;
  return {
    codec: endpoint.codec,
    lane: lane === "bytes" ? "bytes" : "canonical",
    context: { model: target.model, ...(outputTokensMax === undefined ? {} : { outputTokensMax }) },
    pathOf: endpoint.pathOf,
  };
}

/** The first that a model's name leads to. */
function candidateFor(name: string, client: ClientDialect, table: RoutingTable): Candidate | undefined {
  const resolution = resolveModel(table, name);
  const [first] = resolution.kind === "found" ? resolution.targets : [];
  const target = first && table.providers.get(first.provider)?.targetOf(first.model);
  return target && candidateOf(target, client);
}

function byDialect(to: UpstreamDialect, client: ClientDialect): Pick<Destination, "codec" | "lane"> {
  if (purposeOf(to) !== purposeOf(client)) {
    const message = `\`${client}\` and \`${to}\` are not for the same purpose`;
    throw new GatewayError("malformed_request", message, { message: `${message}.`, param: "to" });
  }
  return { codec: upstreamCodecOf(to), lane: to === client ? "bytes" : "canonical" };
}

function unknown(param: string, what: string, name: string, known: readonly string[]): GatewayError {
  const [near] = nearestNames(name, known);
  const hint = near === undefined ? `; there are ${known.join(", ")}` : `; did you mean \`${near}\`?`;
  return new GatewayError("malformed_request", what, { message: `${what}${hint}`, param });
}
