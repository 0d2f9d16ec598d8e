import type { AnswerContext } from "../exchange/codec.ts";
import type { ClientDialect, Framing } from "../exchange/dialect.ts";
import type { Funded } from "../exchange/exchange.ts";
import type { Part } from "../exchange/part.ts";
import type { Permit, Residency } from "../exchange/permit.ts";
import type { Candidate } from "../exchange/target.ts";
import { elapsed } from "../kernel/units.ts";
import type { Clock } from "../ports/clock.ts";
import type { Timer } from "../ports/timer.ts";
import type { Transport } from "../ports/transport.ts";
import { type AnswerCheck, checkOf } from "./answer-check.ts";
import { attemptRecord } from "./attempt-record.ts";
import type { Caller } from "./caller.ts";
import { counted, flowTo } from "./counted-transport.ts";
import { createDelivered } from "./delivered.ts";
import { countedFailure, isEvidence, isTooMuch } from "./failure-class.ts";
import type { Guard, GuardedCall } from "./guard.ts";
import { type BodyTools, type FittingBody, fittingBody, type Healer } from "./healer.ts";
import type { Hedges } from "./hedges.ts";
import type { FrameReader } from "./live-stream.ts";
import type { Loads, OpenLoad } from "./loads.ts";
import { heldBack, refusal } from "./not-asked.ts";
import { bothLoads, candidateAt, type Place, type Places, placeFor } from "./places.ts";
import { type DecodedOnce, outOfBounds, type Prepared, type PreparePorts } from "./prepare.ts";
import { withinBounds } from "./ran-in.ts";
import type { RecoveryMode, ResilienceRules, Retrier } from "./resilience.ts";
import { type Asks, noRoom, type Slot, type Slots, withSlot } from "./slots.ts";
import { isStrict, strictly } from "./strict.ts";
import { tellHealth, tookOf } from "./tell-health.ts";
import { sinceArrival, type Trail } from "./trail.ts";
import { tryCandidate } from "./try-candidate.ts";
import { createFirstNote, type FirstNote, holdOf, limitsOf } from "./try-limits.ts";
import type { TryParts, TryResult } from "./try-result.ts";
import { upstreamHeaders } from "./upstream-headers.ts";

/** What door 8 needs from the world. */
export interface AttemptPorts extends PreparePorts, BodyTools {
  readonly clock: Clock;
  readonly timer: Timer;
  readonly transport: Transport;
  readonly newReader: (framing: Framing) => FrameReader;
  readonly answerBytesMax: number;
  readonly guard: Guard;
  readonly loads: Loads;
  readonly slots: Slots;
  /** How urgent a request of somebody is. @throws GatewayError `malformed_request` for another word. */
  readonly priorityOf: (header: Caller["header"], by: Funded["identity"]) => Asks["priority"];
  readonly places: Places;
  readonly retrier: Retrier;
  readonly hedges: Hedges;
  /** Absent: nothing is learned. */
  readonly healer?: Healer;
  /** Who is told what is wrong with the streams of a candidate; `undefined`: they are not looked at. */
  readonly violations: (candidate: Candidate, client: ClientDialect) => ((fault: string) => void) | undefined;
  /** Told of each try's end: the upstream's health in the admin API. */
  readonly onTried: (
    candidate: Candidate,
    failure: { readonly code: string; readonly status: number | null } | undefined,
  ) => void;
  /** Told when a request got no slot in time, and why. */
  readonly onShed: (shed: string, priority: Asks["priority"]) => void;
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
  /** Of a target, a slot. */
  readonly asks: Asks;
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
  /** Whether another would be asked at once if its first word is late; absent: it is waited for. */
  readonly mayLeave?: () => boolean;
  /** Waited before it, ms. */
  readonly waitMs: number;
  readonly prepare: () => Prepared;
  /** The slot it was given after a wait; absent: it takes one if there is one. */
  readonly slot?: Slot;
  readonly resumed?: TryParts["resumed"];
}

/** With the address that was chosen for it, where there are several. */
type PlacedTry = Try & { readonly place: Place | undefined };

/** `refused` by us, for what it asks; `held` back, since the target fails, or since it is `full`; or `asked`. */
export interface Tried {
  readonly result: TryResult;
  readonly way: "refused" | "held" | "full" | "asked";
}

/** One candidate: its tries, their records, and what they say of the upstream's health. */
export async function tryOne(attempting: Attempting, parts: Try): Promise<Tried> {
  const { caller, ports, trail } = attempting;
  const { candidate } = parts;
  const prepared = strictly(parts.prepare(), isStrict(caller));
  if (prepared.kind === "refused") {
    parts.slot?.leave("unknown");
    const result = refusal(prepared.error);
    keepRecord(attempting, parts, { result, startedAt: sinceArrival(trail, ports.clock.monotonic()) });
    return { result, way: "refused" };
  }
  const slot = parts.slot ?? ports.slots.enter(candidate.target, attempting.asks);
  if (slot === undefined) {
    trail.passedOver.push({ candidate, why: "full" });
    return {
      result: { kind: "failed", failure: noRoom(candidate, "full", 1000), native: undefined },
      way: "full",
    };
  }
  const guarded = ports.guard.admit(candidate.target, parts.hasOther);
  if (guarded.kind === "refused") {
    slot.leave("unknown");
    trail.passedOver.push({ candidate, why: "failures" });
    return { result: heldBack(candidate, guarded.retryAfterMs), way: "held" };
  }
  const place = placeFor(ports.places, candidate, {
    ...attempting,
    attempts: trail.attempts,
    mayRemember: () => ports.permits.here(attempting.funded.residency, "memory") !== undefined,
  });
  const load = withSlot(bothLoads(ports.loads.begin(candidate.target), place), slot);
  try {
    const from = ports.clock.monotonic();
    const result = await askIt(attempting, { ...parts, place }, prepared, guarded.call);
    if (result.kind === "stream") slot.began(elapsed(from, ports.clock.monotonic()));
    if (result.kind === "failed" && isTooMuch(result.failure.code)) slot.leave("overloaded");
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
    const check = checkOf(attempting.funded, parts, trail.pieces.length === 0);
    const first = createFirstNote(attempting, candidate);
    const ready = { ...prepared, body: fitting?.body() ?? prepared.body };
    const result = withinBounds(
      { residency: attempting.funded.residency, permits: ports.permits },
      candidate,
      await send(attempting, { ...parts, check, first }, ready),
    );
    keepRecord(attempting, parts, { result, startedAt });
    ports.onTried(candidate, countedFailure(result));
    if (isHealed(result, caller, fitting)) continue;
    const tookMs = sinceArrival(trail, ports.clock.monotonic()) - startedAt;
    tellHealth(
      ports.retrier,
      { guarded, candidate, place: parts.place },
      result,
      tookOf(result, candidate, { isStream: attempting.funded.facts.isStream, ms: tookMs }),
    );
    first.ended(result, tookMs);
    if (result.kind !== "failed") {
      trail.warnings.push(...prepared.warnings, ...(fitting?.warnings() ?? []));
      trail.onBroken = guarded.broke;
      if (parts.resumed === undefined) trail.check = check;
    } else if (result.spent !== undefined) trail.pieces.push({ candidate, ...result.spent });
    return result;
  }
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

const isState = ({ kind }: Part): boolean => kind === "reasoning" || kind === "tool-call";

function send(
  attempting: Attempting,
  {
    candidate,
    place,
    resumed,
    check,
    first,
    mayLeave,
  }: PlacedTry & { readonly check: AnswerCheck | undefined; readonly first: FirstNote },
  { permit: planned, body, emulation }: Extract<Prepared, { kind: "ready" }>,
): Promise<TryResult> {
  const { funded, trail, caller, ports, decoded } = attempting;
  const { isStream, wantsUsage, streamForm = "sse" } = funded.facts;
  const client = funded.route.codec;
  const tenant = funded.identity.keyId;
  const { residency } = funded;
  /** What is kept of the answer, where that may be. */
  const kept = (keep: (whose: { tenant: string; permit: Permit; residency: Residency }) => void): void => {
    const memory = ports.permits.here(residency, "memory");
    if (memory !== undefined) keep({ tenant, permit: memory, residency });
  };
  const asTheClientKnows = (part: Part): Part =>
    part.kind === "tool-call" ? { ...part, id: client.callIdOf?.(part.id) ?? part.id } : part;
  const at = candidateAt(candidate, place);
  // What was prepared is for the first of its addresses.
  const permit =
    place === undefined
      ? planned
      : ports.permits.to(candidate.target, at.endpoint.origin, { residency, sink: "attempt" });
  if (permit === undefined) return Promise.resolve(refusal(outOfBounds(candidate)));
  const flow = flowTo(candidate.target, place?.address);
  trail.flows.push(flow);
  return tryCandidate({
    permit,
    candidate: at,
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
      const transcript = client.transcriptOf?.(funded.body, told, earlier);
      if (transcript !== undefined)
        kept((whose) => ports.state.answers.keep(transcript.id, transcript, whose));
    },
    onIssued: (ids) => ports.state.issued(ids, candidate, tenant),
    onViolation: ports.violations(candidate, client.dialect),
    onWhole: (parts) => {
      if (parts.some(isState))
        kept((whose) => ports.state.remember(parts.map(asTheClientKnows), candidate, whose));
    },
    headers: upstreamHeaders(candidate, caller.header, {
      framing: isStream ? candidate.endpoint.codec.framingOf(streamForm) : undefined,
      isOwnDialect: client.dialect === candidate.endpoint.codec.dialect,
      edits: attempting.trail.edits.headers,
    }),
    body,
    transport: counted(ports.transport, flow),
    newReader: ports.newReader,
    answerBytesMax: ports.answerBytesMax,
    clock: ports.clock,
    timer: ports.timer,
    limits: { ...limitsOf(attempting, candidate, mayLeave), onFirst: first.came },
    hold: resumed === undefined ? holdOf({ rules: attempting.rules, timer: ports.timer }, check) : undefined,
    delivered: attempting.isRecoverable && isStream ? createDelivered() : undefined,
    resumed,
    check,
    guard: trail.guardAnswer?.(),
    onSent: caller.onStop,
  });
}
