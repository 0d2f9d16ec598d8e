import type { Funded } from "../exchange/exchange.ts";
import { errorCatalog, GatewayError } from "../kernel/errors.ts";
import { elapsed } from "../kernel/units.ts";
import type { Caller } from "./caller.ts";
import { type Failed, fullSeats, isPaid, nextMove, type Seat } from "./choose.ts";
import { readTimeLimit } from "./deadline.ts";
import { classOf } from "./failure-class.ts";
import { tryHedged } from "./hedge.ts";
import { coolingDown } from "./not-asked.ts";
import type { Attempting, AttemptPorts, Tried, Try } from "./one-try.ts";
import { inOrder } from "./order-candidates.ts";
import { byLane, decodeOnce, prepare } from "./prepare.ts";
import { isRecoverable, recoverable } from "./recovery.ts";
import type { ResilienceRules } from "./resilience.ts";
import { choiceOf, couldFollow, isOpen, noteTry, pause, seatsOf } from "./seats.ts";
import { noRoom, type Slot } from "./slots.ts";
import { sinceArrival, type Trail } from "./trail.ts";
import type { Attempted } from "./try-result.ts";

/** Door 8: tries the candidates by the rules until one answers; what has begun may be taken up after a break. */
export async function attempt(
  funded: Funded,
  {
    trail,
    caller,
    rules,
  }: {
    readonly trail: Trail<unknown>;
    readonly caller: Caller;
    readonly rules: ResilienceRules;
  },
  ports: AttemptPorts,
): Promise<Attempted> {
  try {
    const limitMs = readTimeLimit(caller.header, rules.timeouts.totalMs);
    const decoded = funded.decoded ?? decodeOnce(funded, ports.state);
    const attempting: Attempting = {
      funded,
      trail,
      caller,
      rules,
      ports,
      decoded,
      asks: {
        keyId: funded.identity.keyId,
        priority: ports.priorityOf(caller.header, funded.identity),
        tokens: tokensOf(funded),
      },
      leftMs: () => limitMs - sinceArrival(trail, ports.clock.monotonic()),
      isRecoverable: isRecoverable(funded, rules, decoded),
    };
    if (rules.hedge !== undefined) ports.hedges.begun(rules.hedge);
    const seats = seatsOf(inOrder(funded, decoded, ports));
    const told = await walk(attempting, seats);
    recordAttempt(trail, told);
    return recoverable(told, attempting, seats);
  } finally {
    caller.leave();
  }
}

/**
 * What the client is told: the answer, or the fault that ended the walk. When all have failed it is the error of the
 * first that was asked: the target the operator wanted; when nobody was asked, when it may be tried again, or a refusal of our own.
 */
async function walk(attempting: Attempting, seats: readonly Seat[]): Promise<Attempted> {
  const { caller } = attempting;
  const failures: Failures = {};
  let last: Failed | undefined;
  for (;;) {
    const move = nextMove(choiceOf(attempting, seats), last);
    const next = move.kind === "ask" ? move : await freed(attempting, seats, { failures, last });
    if (next === undefined) break;
    const { seat } = next;
    const { attempted, way } = await ask(attempting, seats, next);
    const { result } = attempted;
    if (result.kind !== "failed" || caller.stopped() !== undefined) return attempted;
    if (way !== "held" && classOf(result.failure.code).others === "none") return attempted;
    note(failures, attempted, way);
    if (way === "asked") last = { seat, result };
  }
  return withTrueWait(toldOf(failures) ?? cooled(attempting, seats), attempting, seats);
}

const toldOf = ({ asked, full, held, refused }: Failures): Attempted | undefined =>
  asked ?? full ?? held ?? refused;

/** Who is asked next, after which wait, and with the slot that was waited for. */
interface Next {
  readonly seat: Seat;
  readonly waitMs: number;
  readonly slot?: Slot;
}

/** Nobody else is left: a slot at a target that was at its limit, the first that has one in time. */
async function freed(
  attempting: Attempting,
  seats: readonly Seat[],
  { failures, last }: { readonly failures: Failures; readonly last: Failed | undefined },
): Promise<Next | undefined> {
  const { ports, asks, caller } = attempting;
  const startedAt = ports.clock.monotonic();
  for (;;) {
    const choice = choiceOf(attempting, seats);
    const waitedFor = fullSeats(choice, last);
    const [first] = waitedFor;
    if (first === undefined) return undefined;
    const got = slotNow(attempting, waitedFor) ?? (await slotAt(attempting, first));
    // Who has gone is told by the next step, as ever.
    if (caller.stopped() !== undefined) {
      got.slot?.leave("unknown");
      return { seat: got.seat, waitMs: 0 };
    }
    if (got.slot === undefined) {
      got.seat.isOut = true;
      failures.full = {
        candidate: got.seat.candidate,
        result: {
          kind: "failed",
          failure: noRoom(got.seat.candidate, got.shed, got.retryAfterMs),
          native: undefined,
        },
      };
      ports.onShed(got.shed, asks.priority);
      continue;
    }
    if (!isPaid(choice, got.seat)) {
      got.slot.leave("unknown");
      return undefined;
    }
    got.seat.isFull = false;
    return { seat: got.seat, slot: got.slot, waitMs: elapsed(startedAt, ports.clock.monotonic()) };
  }
}

type Got =
  | { readonly seat: Seat; readonly slot: Slot }
  | { readonly seat: Seat; readonly slot?: undefined; readonly shed: string; readonly retryAfterMs: number };

function slotNow({ ports, asks }: Attempting, seats: readonly Seat[]): Got | undefined {
  for (const seat of seats) {
    const slot = ports.slots.enter(seat.candidate.target, asks);
    if (slot !== undefined) return { seat, slot };
  }
  return undefined;
}

async function slotAt({ ports, asks, caller, leftMs }: Attempting, seat: Seat): Promise<Got> {
  const { target } = seat.candidate;
  const withinMs = leftMs() - (ports.retrier.usualMs(target) ?? 0);
  const slot = await ports.slots.wait(target, asks, { withinMs, onStop: caller.onStop });
  return "leave" in slot ? { seat, slot } : { seat, ...slot };
}

/** Of an answer of which nobody has said how long it may be. */
const usualOutputTokens = 300;
const bytesPerToken = 4;

const tokensOf = ({ facts: { outputTokensMax }, funding: { inputBytes } }: Funded): number =>
  Math.ceil(inputBytes / bytesPerToken) + (outputTokensMax ?? usualOutputTokens);

async function ask(
  attempting: Attempting,
  seats: readonly Seat[],
  { seat, waitMs, slot }: Next,
): Promise<{ readonly attempted: Attempted; readonly way: Tried["way"] }> {
  const { funded, ports, decoded, caller } = attempting;
  const candidate = byLane(funded, seat.candidate, ports);
  if (waitMs > 0 && slot === undefined) await pause(waitMs, ports.timer, caller);
  const stopped = caller.stopped();
  if (stopped !== undefined) {
    slot?.leave("unknown");
    return {
      attempted: { candidate, result: { kind: "failed", failure: stopped, native: undefined } },
      way: "asked",
    };
  }
  const partsOf = (asked: Seat): Try => {
    const of = asked === seat ? candidate : byLane(funded, asked.candidate, ports);
    return {
      candidate: of,
      waitMs: asked === seat ? waitMs : 0,
      ...(slot === undefined || asked !== seat ? {} : { slot }),
      hasOther: () => seats.some((other) => other !== asked && isOpen(other, ports)),
      // A copy is the other that was asked: somebody must be waited for.
      ...(asked === seat && { mayLeave: () => couldFollow(attempting, seats, seat) }),
      prepare: () => prepare(funded, of, decoded, ports),
    };
  };
  const { seat: answered, tried } = await tryHedged(attempting, seats, { seat, partsOf });
  noteTry(answered, tried, ports);
  const told = answered === seat ? candidate : byLane(funded, answered.candidate, ports);
  return { attempted: { candidate: told, result: tried.result }, way: tried.way };
}

/** One failure of each kind: the first of those that were asked or refused, the soonest of those held back. */
type Failures = { [Way in Tried["way"]]?: Attempted };

function note(failures: Failures, attempted: Attempted, way: Tried["way"]): void {
  if (way === "held") failures.held = soonest(failures.held, attempted);
  else failures[way] ??= attempted;
}

/** Of two that were held back, the one that may be asked again first. */
function soonest(known: Attempted | undefined, next: Attempted): Attempted {
  const waitOf = ({ result }: Attempted): number =>
    result.kind === "failed" ? (result.failure.retryAfterMs ?? 0) : 0;
  return known === undefined || waitOf(next) < waitOf(known) ? next : known;
}

/** Nobody was asked, since all that could be are cooling down. */
function cooled({ ports, leftMs }: Attempting, seats: readonly Seat[]): Attempted {
  const [first] = seats;
  if (first === undefined) throw new GatewayError("no_eligible_upstream", "a plan without candidates");
  const cooling = coolingDown(first.candidate, ports.retrier.waitsFor(first.candidate.target));
  const code = "deadline_exceeded";
  const failure =
    leftMs() <= 0 ? ({ ...cooling, code, status: errorCatalog[code].status } as const) : cooling;
  return { candidate: first.candidate, result: { kind: "failed", failure, native: undefined } };
}

/** A client that was limited is told the earliest moment at which somebody can serve it. */
function withTrueWait(told: Attempted, { ports }: Attempting, seats: readonly Seat[]): Attempted {
  const { result } = told;
  if (result.kind !== "failed" || result.failure.code !== "upstream_rate_limited") return told;
  const waits = seats.map(({ candidate }) => ports.retrier.waitsFor(candidate.target)).filter((ms) => ms > 0);
  if (waits.length === 0) return told;
  return {
    ...told,
    result: { ...result, failure: { ...result.failure, retryAfterMs: Math.min(...waits) } },
  };
}

function recordAttempt(trail: Trail<unknown>, { candidate, result }: Attempted): void {
  const isOwn = candidate.endpoint.codec.dialect === trail.received?.route.codec.dialect;
  const why = isOwn && candidate.lane === "canonical" ? ": it brings state that is not this provider's" : "";
  const where = `\`${candidate.target.provider}\` (${candidate.target.model}, ${candidate.lane} lane${why})`;
  const tries = trail.attempts.filter(({ code }) => code !== "hedge_lost").length;
  const passed = trail.passedOver.map(
    ({ candidate: { target: other }, why: reason }) => `\`${other.provider}\` (${whyPassed[reason]})`,
  );
  const over = passed.length === 0 ? "" : `; passed over: ${passed.join(", ")}`;
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

const whyPassed = { failures: "it fails", full: "at its limit" } as const;
