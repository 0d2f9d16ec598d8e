import type { AnswerContext } from "../exchange/codec.ts";
import type { ClientDialect, Framing } from "../exchange/dialect.ts";
import type { Funded } from "../exchange/exchange.ts";
import { envelopeMark, envelopeMarkBase64, mintedMark } from "../exchange/own-state.ts";
import type { Part } from "../exchange/part.ts";
import type { Candidate } from "../exchange/target.ts";
import { type ErrorCode, errorCatalog, GatewayError } from "../kernel/errors.ts";
import type { Clock } from "../ports/clock.ts";
import type { Transport } from "../ports/transport.ts";
import { attemptRecord } from "./attempt-record.ts";
import type { Caller } from "./caller.ts";
import { type BodyTools, type FittingBody, fittingBody, type Healer } from "./healer.ts";
import type { FrameReader } from "./live-stream.ts";
import {
  byLane,
  type DecodedOnce,
  decodeOnce,
  type Prepared,
  type PreparePorts,
  prepare,
} from "./prepare.ts";
import { sinceArrival, type Trail } from "./trail.ts";
import { type TryResult, tryCandidate } from "./try-candidate.ts";
import { upstreamHeaders } from "./upstream-headers.ts";

/** What door 8 needs from the world. */
export interface AttemptPorts extends PreparePorts, BodyTools {
  readonly clock: Clock;
  readonly transport: Transport;
  readonly newReader: (framing: Framing) => FrameReader;
  readonly answerBytesMax: number;
  /** Absent: nothing is learned. */
  readonly healer?: Healer;
  /** Who is told what is wrong with the streams of a candidate; `undefined`: they are not looked at. */
  readonly violations: (candidate: Candidate, client: ClientDialect) => ((fault: string) => void) | undefined;
  /** Told of each try's end: the upstream's health in the admin API. */
  readonly onTried: (
    candidate: Candidate,
    failure: { readonly code: string; readonly status: number | null } | undefined,
  ) => void;
}

/** After door 8: an answer, or the failure that the client will be told. */
export type Attempted = { readonly candidate: Candidate; readonly result: TryResult };

/** Door 8: tries the candidates in order until one answers; goes on only while no byte has gone to the client. */
export async function attempt(
  funded: Funded,
  trail: Trail<unknown>,
  caller: Caller,
  ports: AttemptPorts,
): Promise<Attempted> {
  try {
    const told = await walk(funded, trail, caller, ports);
    recordAttempt(trail, told);
    return told;
  } finally {
    caller.leave();
  }
}

/**
 * What the client is told: the answer, or the fault that ended the walk. When all have failed it is the error of the
 * first that was asked: the target the operator wanted; a refusal of our own only when nobody was asked.
 */
async function walk(
  funded: Funded,
  trail: Trail<unknown>,
  caller: Caller,
  ports: AttemptPorts,
): Promise<Attempted> {
  const decoded = decodeOnce(funded, ports.state);
  let asked: Attempted | undefined;
  let refused: Attempted | undefined;
  for (const planned of inOrder(funded, decoded, ports)) {
    const candidate = byLane(funded, planned, ports);
    const { result, wasAsked } = await tryOne(funded, { trail, caller, candidate, ports, decoded });
    const attempted = { candidate, result };
    const isOver =
      result.kind !== "failed" || caller.stopped() !== undefined || !isWorthAnother(result.failure.code);
    if (isOver) return attempted;
    if (wasAsked) asked ??= attempted;
    else refused ??= attempted;
  }
  const told = asked ?? refused;
  if (told === undefined) throw new GatewayError("no_eligible_upstream", "a plan without candidates");
  return told;
}

/** The planned candidates; first those that can go on with the state which the call brings. */
function inOrder(
  { plan: { candidates }, facts, body, identity }: Funded,
  decoded: DecodedOnce,
  { state, holds }: AttemptPorts,
): readonly Candidate[] {
  const mayBring =
    facts.continues !== undefined ||
    (candidates.length > 1 && holds(body, state.knowsState() ? callMarks : ownMarks));
  if (!mayBring) return candidates;
  return state.pinned(candidates, { facts, call: () => decoded().call, tenant: identity.keyId });
}

/** One of them stands in every body with state that the gateway has wrapped. */
const ownMarks = [envelopeMark, envelopeMarkBase64, mintedMark] as const;
/** One of them stands in every body with calls of tools, to which state may belong. */
const callMarks = [
  '"tool_calls"',
  '"tool_use"',
  '"functionCall"',
  '"function_call"',
  '"custom_tool_call"',
] as const;

interface TryOneParts {
  readonly trail: Trail<unknown>;
  readonly caller: Caller;
  readonly candidate: Candidate;
  readonly ports: AttemptPorts;
  readonly decoded: DecodedOnce;
}

/** One candidate: its tries, their records, and what they say of the upstream's health. */
async function tryOne(
  funded: Funded,
  parts: TryOneParts,
): Promise<{ readonly result: TryResult; readonly wasAsked: boolean }> {
  const { caller, candidate, ports } = parts;
  const prepared = strictly(prepare(funded, candidate, parts.decoded, ports), isStrict(caller));
  if (prepared.kind === "refused") {
    const result = refusal(prepared.error);
    keepRecord(parts, result, sinceArrival(parts.trail, ports.clock.monotonic()));
    return { result, wasAsked: false };
  }
  const healer = isStrict(caller) ? undefined : ports.healer;
  const fitting = healer && fittingBody(prepared.body, { candidate, healer, tools: ports });
  for (;;) {
    const startedAt = sinceArrival(parts.trail, ports.clock.monotonic());
    const result = await send(funded, { ...prepared, body: fitting?.body() ?? prepared.body }, parts);
    keepRecord(parts, result, startedAt);
    ports.onTried(candidate, countedFailure(result));
    if (isHealed(result, caller, fitting)) continue;
    if (result.kind !== "failed")
      parts.trail.warnings.push(...prepared.warnings, ...(fitting?.warnings() ?? []));
    return { result, wasAsked: true };
  }
}

const isHealed = (result: TryResult, caller: Caller, fitting: FittingBody | undefined): boolean =>
  result.kind === "failed" && caller.stopped() === undefined && fitting?.heal(result.failure) === true;

function keepRecord({ trail, candidate, ports }: TryOneParts, result: TryResult, startedAt: number): void {
  const endedAt = sinceArrival(trail, ports.clock.monotonic());
  trail.attempts.push(attemptRecord(candidate, result, { startedAt, endedAt }));
}

const isStrict = (caller: Caller): boolean => caller.header("x-sallyport-strict") === "1";

/** In strict mode whatever would be lost or changed on the way is a refusal. */
function strictly(prepared: Prepared, isStrictCall: boolean): Prepared {
  if (prepared.kind === "refused" || !isStrictCall) return prepared;
  // What is emulated, or was never asked for, is neither lost nor changed.
  const lost = prepared.warnings.find(({ kind }) => kind !== "emulated" && kind !== "defaulted");
  if (lost === undefined) return prepared;
  const what = `\`${lost.subject}\` would be ${lost.kind === "continuity-lost" ? "lost" : lost.kind}`;
  const note = lost.note === undefined ? "" : `: ${lost.note}`;
  const message = `${what} on the way to this model${note}. \`x-sallyport-strict: 1\` asks for a refusal instead.`;
  const error = new GatewayError("unsupported_parameter", message, { message, param: lost.subject });
  return { kind: "refused", error };
}

function send(
  funded: Funded,
  { body, emulation }: Extract<Prepared, { kind: "ready" }>,
  { trail, caller, candidate, ports, decoded }: TryOneParts,
): Promise<TryResult> {
  const { isStream, wantsUsage, streamForm = "sse" } = funded.facts;
  const client = funded.route.codec;
  const tenant = funded.identity.keyId;
  const asTheClientKnows = (part: Part): Part =>
    part.kind === "tool-call" ? { ...part, id: client.callIdOf?.(part.id) ?? part.id } : part;
  return tryCandidate({
    candidate,
    client,
    requestId: trail.id,
    isStream,
    facts: funded.facts,
    streamForm,
    hidesUsage: !wantsUsage,
    context: (): AnswerContext => ({
      requestId: trail.id,
      startedAt: trail.at,
      call: decoded().call,
      facts: funded.facts,
      streamForm,
      wrap: ports.state.wrapFor(candidate),
    }),
    emulation,
    onTold: (told) => {
      const earlier = ports.state.contextFor(tenant).earlier;
      const kept = client.transcriptOf?.(funded.body, told, earlier);
      if (kept !== undefined) ports.state.answers.keep(tenant, kept.id, kept);
    },
    onIssued: (ids) => ports.state.issued(ids, candidate, tenant),
    onViolation: ports.violations(candidate, client.dialect),
    onWhole: (parts) => ports.state.remember(parts.map(asTheClientKnows), candidate, tenant),
    headers: upstreamHeaders(candidate, caller.header, {
      framing: isStream ? candidate.endpoint.codec.framingOf(streamForm) : undefined,
      isOwnDialect: client.dialect === candidate.endpoint.codec.dialect,
    }),
    body,
    transport: ports.transport,
    newReader: ports.newReader,
    answerBytesMax: ports.answerBytesMax,
    onSent: caller.onStop,
  });
}

/** Another target may succeed unless the client's own request is at fault. */
function isWorthAnother(code: ErrorCode): boolean {
  return (
    errorCatalog[code].owner !== "client" ||
    code === "model_not_found" ||
    code === "unsupported_parameter" ||
    code === "unsupported_content" ||
    code === "context_length_exceeded"
  );
}

function refusal(error: GatewayError): TryResult {
  const { param } = error.facts;
  return {
    kind: "failed",
    failure: {
      code: error.code,
      status: error.status,
      message: error.publicMessage,
      ...(param === undefined ? {} : { param }),
    },
    native: undefined,
  };
}

/** What counts against an upstream: no fault of the client's, and none of the gateway's. */
function countedFailure(
  result: TryResult,
): { readonly code: string; readonly status: number | null } | undefined {
  if (result.kind !== "failed") return undefined;
  const { failure, native } = result;
  const { owner } = errorCatalog[failure.code];
  return owner === "upstream" || owner === "operator"
    ? { code: failure.code, status: native?.head.status ?? null }
    : undefined;
}

function recordAttempt(trail: Trail<unknown>, { candidate, result }: Attempted): void {
  const isOwn = candidate.endpoint.codec.dialect === trail.received?.route.codec.dialect;
  const why = isOwn && candidate.lane === "canonical" ? ": it brings state that is not this provider's" : "";
  const where = `\`${candidate.target.provider}\` (${candidate.target.model}, ${candidate.lane} lane${why})`;
  const tries = trail.attempts.length;
  const before = tries > 1 ? ` after ${tries - 1} failed ${tries === 2 ? "try" : "tries"}` : "";
  trail.candidate = candidate;
  if (result.kind === "failed")
    trail.stages.record("attempt", "fail", `${where}: ${result.failure.code}${before}`);
  else trail.stages.record("attempt", tries > 1 ? "failover" : "answer", `${where} answers${before}`);
}
