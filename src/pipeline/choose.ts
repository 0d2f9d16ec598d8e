import type { Candidate } from "../exchange/target.ts";
import { classOf, type FailureClass } from "./failure-class.ts";
import type { ResilienceRules, Retrier, TryKind } from "./resilience.ts";
import type { TryResult } from "./try-result.ts";

/** A candidate as the walk of one request sees it. */
export interface Seat {
  readonly candidate: Candidate;
  /** Seats of one tier are as good as each other; a later tier is another model. */
  readonly tier: number;
  tries: number;
  /** Nothing more is to be hoped for from it. */
  isOut: boolean;
  /** Its breaker has held this request back. */
  isHeld: boolean;
  /** It is at its limit: others are asked, and if there are none, a slot is waited for. */
  isFull: boolean;
}

/** The try that failed last. */
export interface Failed {
  readonly seat: Seat;
  readonly result: Extract<TryResult, { kind: "failed" }>;
}

export type Move =
  | { readonly kind: "ask"; readonly seat: Seat; readonly waitMs: number }
  /** Nobody is left, or nobody in time. */
  | { readonly kind: "end" };

/** What a choice is made by. */
export interface Choice {
  readonly seats: readonly Seat[];
  readonly rules: Pick<ResilienceRules, "retry" | "fallbackOn" | "cooldownMaxWaitMs">;
  readonly retrier: Pick<Retrier, "mayTry" | "coolsFor" | "waitsFor" | "usualMs" | "backoffMs">;
  /** Tries so far, of all seats. */
  readonly tries: number;
  /** How often a seat may be tried by this request. */
  readonly perTarget: number;
  /** ms until the request's deadline. */
  readonly leftMs: number;
  /** Who may be asked at all; absent: everybody. */
  readonly fits?: (candidate: Candidate) => boolean;
}

/**
 * The next move of a request: a healthy sibling at once; else the same target once more, after its wait; else the first
 * fallback; else whoever cools down soonest. Only the last asks for patience that the client may not have.
 *
 * Source: resilience specification, parts 4 to 6.
 */
export function nextMove(choice: Choice, last: Failed | undefined): Move {
  const { seats, rules, retrier, tries } = choice;
  if (tries >= rules.retry.total) return { kind: "end" };
  const isOpen = (seat: Seat): boolean =>
    !seat.isOut && !seat.isHeld && !seat.isFull && (choice.fits?.(seat.candidate) ?? true);
  const isReady = (seat: Seat): boolean => isOpen(seat) && retrier.coolsFor(seat.candidate.target) === 0;
  const isFresh = (seat: Seat): boolean => seat.tries === 0 && isReady(seat);
  if (last === undefined) {
    const first = seats.find(isFresh);
    return first === undefined ? whoCoolsSoonest(choice, isOpen) : { kind: "ask", seat: first, waitMs: 0 };
  }
  const failure = classOf(last.result.failure.code);
  if (failure.others === "none") return { kind: "end" };
  const mayFollow = followersOf(last, failure, rules);
  const sibling = seats.find((seat) => seat.tier === last.seat.tier && isFresh(seat) && mayFollow(seat));
  if (sibling !== undefined) return paid(choice, sibling, 0);
  const again = onceMore(choice, last.seat, failure, isOpen);
  if (again !== undefined) return again;
  const isOther = (seat: Seat): boolean => seat !== last.seat && mayFollow(seat);
  const next = seats.find((seat) => isFresh(seat) && isOther(seat));
  return next === undefined
    ? whoCoolsSoonest(choice, (seat) => isOpen(seat) && isOther(seat))
    : paid(choice, next, 0);
}

/** Who is at its limit and may be waited for, by the last failure; in their order. */
export function fullSeats(choice: Choice, last: Failed | undefined): readonly Seat[] {
  const { seats, rules, retrier, tries } = choice;
  if (tries >= rules.retry.total) return [];
  const isWaitedFor = (seat: Seat): boolean =>
    seat.isFull &&
    !seat.isOut &&
    !seat.isHeld &&
    seat.tries === 0 &&
    retrier.coolsFor(seat.candidate.target) === 0;
  const waitedFor = seats.filter(isWaitedFor);
  if (last === undefined) return waitedFor;
  const failure = classOf(last.result.failure.code);
  return failure.others === "none" ? [] : waitedFor.filter(followersOf(last, failure, rules));
}

/** Who may be asked after a failure: large enough for what did not fit, and of the same tier unless a fallback is allowed. */
function followersOf(
  last: Failed,
  failure: FailureClass,
  { fallbackOn }: Choice["rules"],
): (seat: Seat) => boolean {
  const mayFallBack = fallbackOn.has(failure.name) || isOurs(failure);
  return (seat) =>
    (failure.others === "all" || isLarger(seat, last.seat)) && (mayFallBack || seat.tier === last.seat.tier);
}

/** Whether the budget has this try; takes it. */
export const isPaid = (choice: Choice, seat: Seat): boolean => paid(choice, seat, 0).kind === "ask";

/** What the gateway itself did not ask is no failure that a setting should know. */
const isOurs = ({ name }: FailureClass): boolean =>
  name === "unfit" || name === "circuit-open" || name === "contract" || name === "full";

function isLarger(seat: Seat, than: Seat): boolean {
  const window = seat.candidate.target.abilities.contextTokens?.value;
  const known = than.candidate.target.abilities.contextTokens?.value;
  return window === undefined || known === undefined || window > known;
}

function onceMore(
  choice: Choice,
  seat: Seat,
  failure: FailureClass,
  isOpen: (seat: Seat) => boolean,
): Move | undefined {
  const { rules, retrier, perTarget } = choice;
  if (failure.again === "never" || !isOpen(seat) || seat.tries >= perTarget) return undefined;
  const cools = retrier.waitsFor(seat.candidate.target);
  if (failure.again === "after-wait") {
    return cools > rules.retry.waitForRetryAfterMs ? undefined : waited(choice, seat, cools);
  }
  return waited(choice, seat, Math.max(cools, hasFreshAddress(seat) ? 0 : retrier.backoffMs(seat.tries)));
}

/** Whether there is an address of the target that this request has not asked: nobody there needs a rest. */
const hasFreshAddress = ({ candidate, tries }: Seat): boolean =>
  (candidate.target.addresses?.addresses.length ?? 1) > tries;

/** Nobody is ready: whoever may be asked soonest, if that is soon enough. */
function whoCoolsSoonest(choice: Choice, isOpen: (seat: Seat) => boolean): Move {
  const { seats, rules, retrier, perTarget } = choice;
  let soonest: Seat | undefined;
  let waitMs = Number.POSITIVE_INFINITY;
  for (const seat of seats) {
    // Without a moment to wait for, a second try would find what the first has found.
    const cools = retrier.waitsFor(seat.candidate.target);
    if (!isOpen(seat) || seat.tries >= (cools === 0 ? 1 : perTarget)) continue;
    if (cools >= waitMs) continue;
    soonest = seat;
    waitMs = cools;
  }
  if (soonest === undefined || waitMs > rules.cooldownMaxWaitMs) return { kind: "end" };
  return waited(choice, soonest, waitMs) ?? { kind: "end" };
}

/** The same seat after `waitMs`, if there is time for that and for its answer. */
function waited(choice: Choice, seat: Seat, waitMs: number): Move | undefined {
  const needs = waitMs + (choice.retrier.usualMs(seat.candidate.target) ?? 0);
  return needs >= choice.leftMs ? undefined : orUndefined(paid(choice, seat, waitMs));
}

const orUndefined = (move: Move): Move | undefined => (move.kind === "end" ? undefined : move);

/** A first try is free; what follows is paid from a budget, so that an outage is never multiplied. */
function paid(choice: Choice, seat: Seat, waitMs: number): Move {
  const { seats, tries, retrier } = choice;
  if (tries === 0) return { kind: "ask", seat, waitMs };
  const asked = seats.filter((other) => other.tries > 0).length;
  const kind: TryKind = seat.tries > 0 ? "again" : asked <= 1 ? "over" : "further";
  return retrier.mayTry(seat.candidate.target, kind) ? { kind: "ask", seat, waitMs } : { kind: "end" };
}
