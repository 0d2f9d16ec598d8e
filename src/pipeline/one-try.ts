import type { AnswerContext } from "../exchange/codec.ts";
import type { ClientDialect, Framing } from "../exchange/dialect.ts";
import type { Funded } from "../exchange/exchange.ts";
import type { Part } from "../exchange/part.ts";
import type { Candidate } from "../exchange/target.ts";
import { GatewayError } from "../kernel/errors.ts";
import { milliseconds } from "../kernel/units.ts";
import type { Clock } from "../ports/clock.ts";
import type { Timer } from "../ports/timer.ts";
import type { Transport } from "../ports/transport.ts";
import { type AnswerCheck, createAnswerCheck } from "./answer-check.ts";
import { attemptRecord } from "./attempt-record.ts";
import type { Caller } from "./caller.ts";
import { createDelivered } from "./delivered.ts";
import { countedFailure, isEvidence } from "./failure-class.ts";
import type { Guard, GuardedCall } from "./guard.ts";
import { type BodyTools, type FittingBody, fittingBody, type Healer } from "./healer.ts";
import type { FrameReader, Hold } from "./live-stream.ts";
import type { Loads, OpenLoad } from "./loads.ts";
import { heldBack, refusal } from "./not-asked.ts";
import { bothLoads, candidateAt, type Place, type Places, placeFor } from "./places.ts";
import type { DecodedOnce, Prepared, PreparePorts } from "./prepare.ts";
import type { RecoveryMode, ResilienceRules, Retrier } from "./resilience.ts";
import { isReasoner, tellHealth, tookOf } from "./tell-health.ts";
import { sinceArrival, type Trail } from "./trail.ts";
import { tryCandidate } from "./try-candidate.ts";
import type { TryParts, TryResult } from "./try-result.ts";
import { upstreamHeaders } from "./upstream-headers.ts";
import type { TryLimits } from "./watch.ts";

/** What door 8 needs from the world. */
export interface AttemptPorts extends PreparePorts, BodyTools {
  readonly clock: Clock;
  readonly timer: Timer;
  readonly transport: Transport;
  readonly newReader: (framing: Framing) => FrameReader;
  readonly answerBytesMax: number;
  readonly guard: Guard;
  readonly loads: Loads;
  readonly places: Places;
  readonly retrier: Retrier;
  /** Absent: nothing is learned. */
  readonly healer?: Healer;
  /** Who is told what is wrong with the streams of a candidate; `undefined`: they are not looked at. */
  readonly violations: (candidate: Candidate, client: ClientDialect) => ((fault: string) => void) | undefined;
  /** Told of each try's end: the upstream's health in the admin API. */
  readonly onTried: (
    candidate: Candidate,
    failure: { readonly code: string; readonly status: number | null } | undefined,
  ) => void;
  /** Told when a broken stream was taken up, or could not be. */
  readonly onRecovery: (mode: RecoveryMode, result: "ok" | "mismatch" | "failed") => void;
}

/** One request at door 8. */
export interface Attempting {
  readonly funded: Funded;
  readonly trail: Trail<unknown>;
  readonly caller: Caller;
  readonly rules: ResilienceRules;
  readonly ports: AttemptPorts;
  readonly decoded: DecodedOnce;
  /** ms until the deadline. */
  readonly leftMs: () => number;
  /** Whether a stream that breaks may be taken up by another target. */
  readonly isRecoverable: boolean;
}

/** One try of it. */
export interface Try {
  readonly candidate: Candidate;
  /** Whether another candidate could serve this request. */
  readonly hasOther: () => boolean;
  /** Waited before it, ms. */
  readonly waitMs: number;
  readonly prepare: () => Prepared;
  readonly resumed?: TryParts["resumed"];
}

/** With the address that was chosen for it, where there are several. */
type PlacedTry = Try & { readonly place: Place | undefined };

/** `refused` by us, for what it asks; `held` back, since the target fails; or `asked`. */
export interface Tried {
  readonly result: TryResult;
  readonly way: "refused" | "held" | "asked";
}

/** One candidate: its tries, their records, and what they say of the upstream's health. */
export async function tryOne(attempting: Attempting, parts: Try): Promise<Tried> {
  const { caller, ports, trail } = attempting;
  const { candidate } = parts;
  const prepared = strictly(parts.prepare(), isStrict(caller));
  if (prepared.kind === "refused") {
    const result = refusal(prepared.error);
    keepRecord(attempting, parts, { result, startedAt: sinceArrival(trail, ports.clock.monotonic()) });
    return { result, way: "refused" };
  }
  const guarded = ports.guard.admit(candidate.target, parts.hasOther);
  if (guarded.kind === "refused") {
    trail.passedOver.push(candidate);
    return { result: heldBack(candidate, guarded.retryAfterMs), way: "held" };
  }
  const place = placeFor(ports.places, candidate, { ...attempting, attempts: trail.attempts });
  const load = bothLoads(ports.loads.begin(candidate.target), place);
  try {
    const result = await askIt(attempting, { ...parts, place }, prepared, guarded.call);
    holdLoad(trail, load, result);
    return { result, way: "asked" };
  } catch (thrown) {
    load.left();
    throw thrown;
  } finally {
    guarded.call.dropped();
  }
}

/** Who answers is at work until the request is settled; a fault of the client's is none of the target's. */
function holdLoad(trail: Pick<Trail<unknown>, "load">, load: OpenLoad, result: TryResult): void {
  if (result.kind !== "failed") {
    // Another took up what this one had begun, and broken off.
    trail.load?.failed();
    trail.load = load;
  } else if (isEvidence(result.failure.code)) load.failed();
  else load.left();
}

/** Asks it, again for each parameter that it turns out not to take. */
async function askIt(
  attempting: Attempting,
  parts: PlacedTry,
  prepared: Extract<Prepared, { kind: "ready" }>,
  guarded: GuardedCall,
): Promise<TryResult> {
  const { caller, ports, trail } = attempting;
  const { candidate } = parts;
  const healer = isStrict(caller) ? undefined : ports.healer;
  const fitting = healer && fittingBody(prepared.body, { candidate, healer, tools: ports });
  for (;;) {
    const startedAt = sinceArrival(trail, ports.clock.monotonic());
    const check = checkOf(attempting, parts);
    const ready = { ...prepared, body: fitting?.body() ?? prepared.body };
    const result = await send(attempting, { ...parts, check }, ready);
    keepRecord(attempting, parts, { result, startedAt });
    ports.onTried(candidate, countedFailure(result));
    if (isHealed(result, caller, fitting)) continue;
    const tookMs = sinceArrival(trail, ports.clock.monotonic()) - startedAt;
    tellHealth(
      ports.retrier,
      { guarded, candidate, place: parts.place },
      result,
      tookOf(result, candidate, tookMs),
    );
    if (result.kind !== "failed") {
      trail.warnings.push(...prepared.warnings, ...(fitting?.warnings() ?? []));
      trail.onBroken = guarded.broke;
      if (parts.resumed === undefined) trail.check = check;
    } else if (result.spent !== undefined) trail.pieces.push({ candidate, ...result.spent });
    return result;
  }
}

/** Who is asked on trial must keep the contract; what others make of it is only noted. */
function checkOf({ funded, trail }: Attempting, { candidate, resumed }: Try): AnswerCheck | undefined {
  const { contract, isCascade = false, plan } = funded;
  if (contract === undefined || resumed !== undefined) return undefined;
  const isOnTrial = candidate.target === plan.candidates[0].target && trail.pieces.length === 0;
  return createAnswerCheck(contract, isCascade && isOnTrial);
}

const isHealed = (result: TryResult, caller: Caller, fitting: FittingBody | undefined): boolean =>
  result.kind === "failed" && caller.stopped() === undefined && fitting?.heal(result.failure) === true;

function keepRecord(
  { trail, ports }: Attempting,
  { candidate, waitMs, place }: Try & Partial<PlacedTry>,
  { result, startedAt }: { readonly result: TryResult; readonly startedAt: number },
): void {
  const endedAt = sinceArrival(trail, ports.clock.monotonic());
  trail.attempts.push(attemptRecord(candidate, result, { startedAt, endedAt, waitMs, place }));
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

/** A token is about four bytes: enough for a limit of time. */
const bytesPerKiloToken = 4096;

function limitsOf({ funded, rules, leftMs }: Attempting, candidate: Candidate): TryLimits {
  const { timeouts } = rules;
  const isReasoning = isReasoner(candidate);
  const firstMs = isReasoning ? timeouts.firstReasoningMs : timeouts.firstMs;
  const forPrompt = (funded.body.byteLength / bytesPerKiloToken) * timeouts.firstPerKiloTokenMs;
  return {
    firstMs: funded.facts.isStream ? firstMs + forPrompt : timeouts.wholeMs,
    idleMs: isReasoning ? timeouts.idleReasoningMs : timeouts.idleMs,
    leftMs: leftMs(),
  };
}

/** More of a stream is never kept back. */
const heldBytesMax = 256 * 1024;
const heldMsMax = 10_000;

function holdOf({ rules, ports: { timer } }: Attempting, check: AnswerCheck | undefined): Hold | undefined {
  const hold = check?.isEnforced === true ? "all" : rules.hold;
  if (hold === undefined) return undefined;
  const { bytes, ms } = hold === "all" ? { bytes: heldBytesMax, ms: heldMsMax } : hold;
  return { bytes, start: (release) => void timer.after(milliseconds(ms), release) };
}

function send(
  attempting: Attempting,
  { candidate, place, resumed, check }: PlacedTry & { readonly check: AnswerCheck | undefined },
  { body, emulation }: Extract<Prepared, { kind: "ready" }>,
): Promise<TryResult> {
  const { funded, trail, caller, ports, decoded } = attempting;
  const { isStream, wantsUsage, streamForm = "sse" } = funded.facts;
  const client = funded.route.codec;
  const tenant = funded.identity.keyId;
  const asTheClientKnows = (part: Part): Part =>
    part.kind === "tool-call" ? { ...part, id: client.callIdOf?.(part.id) ?? part.id } : part;
  return tryCandidate({
    candidate: candidateAt(candidate, place),
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
    clock: ports.clock,
    timer: ports.timer,
    limits: limitsOf(attempting, candidate),
    hold: resumed === undefined ? holdOf(attempting, check) : undefined,
    delivered: attempting.isRecoverable && isStream ? createDelivered() : undefined,
    resumed,
    check,
    onSent: caller.onStop,
  });
}
