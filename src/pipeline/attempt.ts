import type { AnswerContext } from "../exchange/codec.ts";
import type { ClientDialect, Framing } from "../exchange/dialect.ts";
import type { Funded } from "../exchange/exchange.ts";
import type { Part } from "../exchange/part.ts";
import type { Candidate } from "../exchange/target.ts";
import { GatewayError } from "../kernel/errors.ts";
import type { Clock } from "../ports/clock.ts";
import type { Transport } from "../ports/transport.ts";
import { attemptRecord } from "./attempt-record.ts";
import type { Caller } from "./caller.ts";
import { countedFailure, isEvidence, isWorthAnother } from "./failure-class.ts";
import type { Guard, GuardedCall, Took } from "./guard.ts";
import { type BodyTools, type FittingBody, fittingBody, type Healer } from "./healer.ts";
import type { FrameReader } from "./live-stream.ts";
import { inOrder } from "./order-candidates.ts";
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
  readonly guard: Guard;
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
 * first that was asked: the target the operator wanted; when nobody was asked, when it may be tried again, or a refusal of our own.
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
  let held: Attempted | undefined;
  const candidates = inOrder(funded, decoded, ports);
  for (const planned of candidates) {
    const candidate = byLane(funded, planned, ports);
    const hasOther = (): boolean =>
      candidates.some((other) => other !== planned && ports.guard.isAvailable(other.target));
    const { result, way } = await tryOne(funded, { trail, caller, candidate, ports, decoded, hasOther });
    const attempted = { candidate, result };
    if (way === "held") {
      held = soonest(held, attempted);
      continue;
    }
    const isOver =
      result.kind !== "failed" || caller.stopped() !== undefined || !isWorthAnother(result.failure.code);
    if (isOver) return attempted;
    if (way === "asked") asked ??= attempted;
    else refused ??= attempted;
  }
  const told = asked ?? held ?? refused;
  if (told === undefined) throw new GatewayError("no_eligible_upstream", "a plan without candidates");
  return told;
}

/** Of two that were held back, the one that may be asked again first. */
function soonest(known: Attempted | undefined, next: Attempted): Attempted {
  const waitOf = ({ result }: Attempted): number =>
    result.kind === "failed" ? (result.failure.retryAfterMs ?? 0) : 0;
  return known === undefined || waitOf(next) < waitOf(known) ? next : known;
}

interface TryOneParts {
  readonly trail: Trail<unknown>;
  readonly caller: Caller;
  readonly candidate: Candidate;
  readonly ports: AttemptPorts;
  readonly decoded: DecodedOnce;
  /** Whether another candidate could serve this request. */
  readonly hasOther: () => boolean;
}

/** `refused` by us, for what it asks; `held` back, since the target fails; or `asked`. */
interface Tried {
  readonly result: TryResult;
  readonly way: "refused" | "held" | "asked";
}

/** One candidate: its tries, their records, and what they say of the upstream's health. */
async function tryOne(funded: Funded, parts: TryOneParts): Promise<Tried> {
  const { caller, candidate, ports } = parts;
  const prepared = strictly(prepare(funded, candidate, parts.decoded, ports), isStrict(caller));
  if (prepared.kind === "refused") {
    const result = refusal(prepared.error);
    keepRecord(parts, result, sinceArrival(parts.trail, ports.clock.monotonic()));
    return { result, way: "refused" };
  }
  const guarded = ports.guard.admit(candidate.target, parts.hasOther);
  if (guarded.kind === "refused") {
    parts.trail.passedOver.push(candidate);
    return { result: heldBack(candidate, guarded.retryAfterMs), way: "held" };
  }
  try {
    const result = await askIt(funded, prepared, parts, guarded.call);
    return { result, way: "asked" };
  } finally {
    guarded.call.dropped();
  }
}

/** Asks it, again for each parameter that it turns out not to take. */
async function askIt(
  funded: Funded,
  prepared: Extract<Prepared, { kind: "ready" }>,
  parts: TryOneParts,
  guarded: GuardedCall,
): Promise<TryResult> {
  const { caller, candidate, ports, trail } = parts;
  const healer = isStrict(caller) ? undefined : ports.healer;
  const fitting = healer && fittingBody(prepared.body, { candidate, healer, tools: ports });
  for (;;) {
    const startedAt = sinceArrival(trail, ports.clock.monotonic());
    const result = await send(funded, { ...prepared, body: fitting?.body() ?? prepared.body }, parts);
    keepRecord(parts, result, startedAt);
    ports.onTried(candidate, countedFailure(result));
    if (isHealed(result, caller, fitting)) continue;
    const tookMs = sinceArrival(trail, ports.clock.monotonic()) - startedAt;
    tellGuard(guarded, result, tookOf(result, candidate, tookMs));
    if (result.kind !== "failed") {
      trail.warnings.push(...prepared.warnings, ...(fitting?.warnings() ?? []));
      trail.onBroken = guarded.broke;
    }
    return result;
  }
}

function tellGuard(guarded: GuardedCall, result: TryResult, took: Took): void {
  if (result.kind !== "failed") guarded.succeeded(took);
  else if (isEvidence(result.failure.code)) guarded.failed(result.failure.retryAfterMs);
}

/** Source: resilience specification, part 3. */
const slowFloorMs = { usual: 5000, reasoning: 60_000 } as const;

const tookOf = ({ kind }: TryResult, { target }: Candidate, ms: number): Took => ({
  of: kind === "stream" ? "first" : "total",
  ms,
  slowFloorMs: target.abilities.reasoning?.value === true ? slowFloorMs.reasoning : slowFloorMs.usual,
});

function heldBack({ target: { provider, model } }: Candidate, retryAfterMs: number): TryResult {
  const message = `\`${provider}\` has failed at \`${model}\` too often just now and is left alone for a moment`;
  return {
    kind: "failed",
    failure: { code: "circuit_open", status: 503, message, retryAfterMs },
    native: undefined,
  };
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

function recordAttempt(trail: Trail<unknown>, { candidate, result }: Attempted): void {
  const isOwn = candidate.endpoint.codec.dialect === trail.received?.route.codec.dialect;
  const why = isOwn && candidate.lane === "canonical" ? ": it brings state that is not this provider's" : "";
  const where = `\`${candidate.target.provider}\` (${candidate.target.model}, ${candidate.lane} lane${why})`;
  const tries = trail.attempts.length;
  const passed = trail.passedOver.map(({ target }) => `\`${target.provider}\``);
  const over = passed.length === 0 ? "" : `; passed over for its failures: ${passed.join(", ")}`;
  const before = tries > 1 ? ` after ${tries - 1} failed ${tries === 2 ? "try" : "tries"}` : "";
  trail.candidate = candidate;
  if (result.kind === "failed")
    trail.stages.record("attempt", "fail", `${where}: ${result.failure.code}${before}${over}`);
  else
    trail.stages.record(
      "attempt",
      tries > 1 || passed.length > 0 ? "failover" : "answer",
      `${where} answers${before}${over}`,
    );
}
