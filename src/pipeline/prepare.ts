import type { Call } from "../exchange/call.ts";
import type { Emulation, RequestContext, Splice } from "../exchange/codec.ts";
import type { Assigned, Funded } from "../exchange/exchange.ts";
import type { Permit } from "../exchange/permit.ts";
import type { Candidate } from "../exchange/target.ts";
import type { Warning } from "../exchange/warning.ts";
import { GatewayError } from "../kernel/errors.ts";
import { parseJson } from "../kernel/json.ts";
import type { Permits } from "./permits.ts";
import { problemsError } from "./problems.ts";
import type { StateKeeper } from "./state-keeper.ts";

export type Prepared =
  | {
      readonly kind: "ready";
      readonly permit: Permit;
      readonly body: Uint8Array | string;
      readonly warnings: readonly Warning[];
      readonly emulation?: Emulation | undefined;
    }
  | { readonly kind: "refused"; readonly error: GatewayError };

export type DecodedOnce = () => { readonly call: Call; readonly warnings: readonly Warning[] };

/** What bodies are made with. */
export interface PreparePorts {
  /** `framing/json-splice`. */
  readonly splice: (body: Uint8Array, splices: readonly Splice[]) => Uint8Array;
  /** Whether one of the texts stands in the body. */
  readonly holds: (body: Uint8Array, texts: readonly string[]) => boolean;
  readonly state: StateKeeper;
  readonly permits: Permits;
}

/** The canonical form is made at most once, and only if some candidate needs it. */
export function decodeOnce(
  { route, body, identity }: Assigned,
  state: Pick<StateKeeper, "contextFor">,
): DecodedOnce {
  let made: ReturnType<DecodedOnce> | undefined;
  return () => {
    if (made !== undefined) return made;
    const decoding = route.codec.decode(body, { target: route.facts, ...state.contextFor(identity.keyId) });
    if (decoding.kind === "invalid") throw problemsError(decoding.problems);
    made = { call: decoding.call, warnings: decoding.warnings };
    return made;
  };
}

/** Our only member of bodies: it is no provider's. Source: AI models specification, part 3 and rule 4. */
function ownMembers(body: Uint8Array, { holds }: Pick<PreparePorts, "holds">): readonly Splice[] {
  return holds(body, ['"sallyport"']) ? [{ member: "sallyport", value: undefined }] : [];
}

/**
 * The candidate by the lane that this body can take: one that brings state which the upstream must not be given is
 * translated, though both sides speak the same dialect.
 */
export function byLane(
  { body }: Funded,
  candidate: Candidate,
  { holds }: Pick<PreparePorts, "holds">,
): Candidate {
  const { endpoint, lane, target } = candidate;
  const marks = lane === "bytes" ? endpoint.codec.foreignMarks?.(target.model) : undefined;
  return marks === undefined || !holds(body, marks) ? candidate : { ...candidate, lane: "canonical" };
}

/** What is sent to one candidate: the client's own bytes with their splices, or its call in the candidate's dialect. */
export function prepare(
  funded: Funded,
  candidate: Candidate,
  decoded: DecodedOnce,
  ports: PreparePorts,
): Prepared {
  const permit = permitOf(funded, candidate, ports);
  if (permit === undefined) return { kind: "refused", error: outOfBounds(candidate) };
  const wish = wishOutOfBounds(funded, decoded, ports);
  if (wish !== undefined) return wish;
  const upstream = candidate.endpoint.codec;
  const context = contextOf(candidate);
  if (candidate.lane === "bytes") {
    const splices = [...upstream.splices(funded.facts, context), ...ownMembers(funded.body, ports)];
    return {
      kind: "ready",
      permit,
      body: splices.length === 0 ? funded.body : ports.splice(funded.body, splices),
      warnings: [],
    };
  }
  return prepareCall(decoded(), candidate, funded, ports);
}

const permitOf = (
  { residency }: Funded,
  { target, endpoint }: Candidate,
  { permits }: Pick<PreparePorts, "permits">,
): Permit | undefined => permits.to(target, endpoint.origin, { residency, sink: "attempt" });

/** Door 6 does not plan what is out of bounds: whoever comes here by another way is held all the same. */
export function outOfBounds({ target: { provider } }: Candidate): GatewayError {
  const message = `What this request brings may not leave its zone, and \`${provider}\` is outside.`;
  return new GatewayError("no_eligible_upstream", "residency", { message });
}

const place = "inference_geo";

/** Some providers take a wish where they shall run a call, in the body that passes. */
function wishOutOfBounds(
  { residency, body }: Funded,
  decoded: DecodedOnce,
  { permits, holds }: Pick<PreparePorts, "permits" | "holds">,
): Prepared | undefined {
  if (residency.length === 0 || !holds(body, [`"${place}"`])) return undefined;
  const wish = decoded().call.extensions.get(place);
  const region = wish === undefined ? undefined : parseJson(wish.text);
  if (region === undefined || region === null) return undefined;
  if (typeof region === "string" && permits.keeps(residency, region)) return undefined;
  const message = `\`${place}\` asks for a place where the content of this request may not be.`;
  return {
    kind: "refused",
    error: new GatewayError("constraints_unsatisfiable", "residency", { message, param: place }),
  };
}

function contextOf({ target: { model, outputTokensMax } }: Candidate): RequestContext {
  return { model, ...(outputTokensMax === undefined ? {} : { outputTokensMax }) };
}

/** A call in the candidate's dialect. */
export function prepareCall(
  { call, warnings }: ReturnType<DecodedOnce>,
  candidate: Candidate,
  funded: Funded,
  ports: Pick<PreparePorts, "state" | "permits">,
): Prepared {
  const permit = permitOf(funded, candidate, ports);
  if (permit === undefined) return { kind: "refused", error: outOfBounds(candidate) };
  const upstream = candidate.endpoint.codec;
  const context = contextOf(candidate);
  const restored = ports.state.restore(call, candidate, funded.identity.keyId);
  const encoded = upstream.encodeRequest(restored.call, context);
  if (encoded.kind === "refused") return encoded;
  return {
    kind: "ready",
    permit,
    body: encoded.body,
    emulation: encoded.emulation,
    warnings: [...warnings, ...restored.warnings, ...encoded.warnings],
  };
}
