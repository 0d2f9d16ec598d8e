import type { Candidate } from "../exchange/target.ts";
import { milliseconds } from "../kernel/units.ts";
import type { Timer } from "../ports/timer.ts";
import type { Caller } from "./caller.ts";
import { type Choice, nextMove, type Seat } from "./choose.ts";
import { classOf } from "./failure-class.ts";
import type { Attempting, AttemptPorts, Tried } from "./one-try.ts";

/** The candidates of one request, in their order. */
export const seatsOf = (candidates: readonly Candidate[]): readonly Seat[] =>
  candidates.map((candidate, index) => ({
    candidate,
    tier: candidate.tier ?? index,
    tries: 0,
    isOut: false,
    isHeld: false,
    isFull: false,
  }));

/** What a choice of this request is made by, at this moment. */
export function choiceOf({ rules, ports, leftMs, caller }: Attempting, seats: readonly Seat[]): Choice {
  return {
    seats,
    rules,
    retrier: ports.retrier,
    tries: seats.reduce((tries, seat) => tries + seat.tries, 0),
    perTarget: Math.max(1, rules.retry.perTarget - triesOfClient(caller)),
    leftMs: leftMs(),
  };
}

/** How often the client's SDK has tried already: client and gateway must not multiply each other. */
function triesOfClient({ header }: Caller): number {
  const tries = Number(header("x-stainless-retry-count") ?? 0);
  return Number.isSafeInteger(tries) && tries > 0 ? tries : 0;
}

/** Whether a seat could serve a request that another cannot. */
export const isOpen = (
  { isOut, isHeld, candidate: { target } }: Seat,
  { guard, retrier }: Pick<AttemptPorts, "guard" | "retrier">,
): boolean => !isOut && !isHeld && guard.isAvailable(target) && retrier.coolsFor(target) === 0;

/** Whether another would be asked at once, were the one that is being asked given up for its silence. */
export function couldFollow(attempting: Attempting, seats: readonly Seat[], asked: Seat): boolean {
  const { asks } = attempting;
  const { guard, retrier, slots } = attempting.ports;
  const gone: Seat = { ...asked, tries: asked.tries + 1, isOut: true };
  const choice = choiceOf(
    attempting,
    seats.map((seat) => (seat === asked ? gone : seat)),
  );
  const failure = { code: "upstream_timeout", status: 504, message: "" } as const;
  const move = nextMove(
    {
      ...choice,
      retrier: { ...retrier, mayTry: retrier.couldTry },
      fits: ({ target }) => guard.isAvailable(target) && slots.hasRoom(target, asks),
    },
    { seat: gone, result: { kind: "failed", failure, native: undefined } },
  );
  return move.kind === "ask" && move.waitMs === 0;
}

/** What a try means for its seat. */
export function noteTry(
  seat: Seat,
  { result, way }: Tried,
  { retrier }: Pick<AttemptPorts, "retrier">,
): void {
  if (way === "held") seat.isHeld = true;
  else if (way === "full") seat.isFull = true;
  else if (way === "refused") seat.isOut = true;
  else {
    if (seat.tries === 0) retrier.begun(seat.candidate.target);
    seat.tries += 1;
    if (result.kind !== "failed") return;
    const { code, isFinal = false } = result.failure;
    seat.isOut ||= isFinal || classOf(code).again === "never";
  }
}

/** Waits, unless the client goes before. */
export function pause(ms: number, timer: Timer, caller: Pick<Caller, "onStop">): Promise<void> {
  return new Promise((resolve) => {
    const cancel = timer.after(milliseconds(ms), resolve);
    caller.onStop(() => {
      cancel();
      resolve();
    });
  });
}
