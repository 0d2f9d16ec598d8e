import type { UpstreamFailure } from "../exchange/failure.ts";
import { GatewayError } from "../kernel/errors.ts";
import { milliseconds } from "../kernel/units.ts";
import type { Caller } from "./caller.ts";
import type { Seat } from "./choose.ts";
import { refusal } from "./not-asked.ts";
import { type Attempting, type AttemptPorts, type Tried, type Try, tryOne } from "./one-try.ts";
import { isRepeatableCall } from "./repeatable.ts";
import { isOpen, noteTry } from "./seats.ts";
import type { Trail } from "./trail.ts";

/** What came of a try that may have had a copy. */
export interface Hedged {
  readonly seat: Seat;
  readonly tried: Tried;
}

/**
 * One try, and where its first word is late a copy of it at another target: who says something first goes on, the other is
 * given up at once. What that one has consumed is on the bill.
 *
 * Source: resilience specification, part 7; Dean and Barroso, "The Tail at Scale", 2013.
 *
 * @param partsOf What is tried at a seat.
 */
export async function tryHedged(
  attempting: Attempting,
  seats: readonly Seat[],
  { seat, partsOf }: { readonly seat: Seat; readonly partsOf: (seat: Seat) => Try },
): Promise<Hedged> {
  const { ports } = attempting;
  const afterMs = hedgeAfter(attempting, seat);
  if (afterMs === undefined) return { seat, tried: await tryOne(attempting, partsOf(seat)) };
  const legs = createLegs(attempting.caller);
  const first = runLeg(attempting, legs.open(), partsOf(seat));
  const { promise: late, resolve } = Promise.withResolvers<"late">();
  const cancel = ports.timer.after(milliseconds(afterMs), () => resolve("late"));
  const early = await Promise.race([first.done, late]).finally(cancel);
  const other = early === "late" ? copyAt(attempting, seats, seat) : undefined;
  if (other === undefined) {
    const tried = await first.done;
    first.adopt();
    return { seat, tried };
  }
  return raced(attempting, {
    first: { ...first, seat },
    second: { ...runLeg(attempting, legs.open(), partsOf(other)), seat: other },
  });
}

/** Both are under way: goes on with the one that says something first, and gives up the other. */
async function raced(
  { ports, trail }: Attempting,
  {
    first,
    second,
  }: { readonly first: Running & Pick<Hedged, "seat">; readonly second: Running & Pick<Hedged, "seat"> },
): Promise<Hedged> {
  const isSecond = await isSecondQuicker(first.done, second.done);
  const [won, lost] = isSecond ? [second, first] : [first, second];
  const tried = await won.done;
  const isGood = tried.result.kind !== "failed";
  ports.hedges.onHedge(isGood ? (isSecond ? "won" : "lost") : "failed");
  if (isGood) lost.giveUp();
  const left = await lost.done;
  if (isGood) {
    notAtFault(lost.seat, left, ports);
    lost.drop();
    answeredLast(trail, won.seat);
  } else noteTry(lost.seat, left, ports);
  won.adopt();
  return { seat: won.seat, tried };
}

/** It was given up, and may be asked again. */
function notAtFault(seat: Seat, { way }: Tried, { retrier }: Pick<AttemptPorts, "retrier">): void {
  if (way !== "asked") return;
  if (seat.tries === 0) retrier.begun(seat.candidate.target);
  seat.tries += 1;
}

/** Of two, whether the second is the one to go on with: the first that does not fail; if both do, the first. */
async function isSecondQuicker(first: Promise<Tried>, second: Promise<Tried>): Promise<boolean> {
  const isFirst = first.then(({ result }) => ({ isSecond: false, isGood: result.kind !== "failed" }));
  const isOther = second.then(({ result }) => ({ isSecond: true, isGood: result.kind !== "failed" }));
  const quicker = await Promise.race([isFirst, isOther]);
  if (quicker.isGood) return quicker.isSecond;
  const other = await (quicker.isSecond ? isFirst : isOther);
  return other.isGood && other.isSecond;
}

/** When this try is late, ms; `undefined`: it is not hedged. */
function hedgeAfter(
  { rules: { hedge }, ports, funded }: Attempting,
  { candidate: { target } }: Seat,
): number | undefined {
  // The second of a cascade is asked if the first will not do: that is another question.
  if (hedge === undefined || funded.isCascade === true) return undefined;
  return hedge.afterMs ?? ports.guard.lateAfterMs(target, funded.facts.isStream ? "first" : "total");
}

/** Where a copy may go, if there is a budget for it; taken then. */
function copyAt(attempting: Attempting, seats: readonly Seat[], seat: Seat): Seat | undefined {
  const { ports, rules, funded, caller } = attempting;
  const other = seats.find((one) => one !== seat && one.tries === 0 && !one.isFull && isOpen(one, ports));
  if (other === undefined || rules.hedge === undefined || caller.stopped() !== undefined) return undefined;
  const tries = seats.reduce((sum, one) => sum + one.tries, 0);
  if (tries + 1 >= rules.retry.total || !isRepeatable(attempting)) return undefined;
  const { provider, model } = other.candidate.target;
  const expected = funded.plan.decision?.ranked.find(
    (one) => one.provider === provider && one.model === model,
  )?.costNanoUsd;
  if (ports.hedges.take(rules.hedge, expected ?? funded.funding.worstCaseNanoUsd)) return other;
  ports.hedges.onHedge("refused");
  return undefined;
}

/** What a provider does on its own account while it answers must not be done twice. */
function isRepeatable({ decoded }: Attempting): boolean {
  try {
    return isRepeatableCall(decoded().call);
  } catch {
    return false;
  }
}

const givenUp: UpstreamFailure = {
  code: "hedge_lost",
  status: 499,
  message: "",
};

/** Two tries of one client: each can be given up alone, and both end when the client goes. */
function createLegs(caller: Caller): { readonly open: () => Leg } {
  const open: Leg[] = [];
  caller.onStop((failure) => {
    for (const leg of open) leg.stop(failure);
  });
  return {
    open: () => {
      let stopped: UpstreamFailure | undefined;
      let act: ((failure: UpstreamFailure) => void) | undefined;
      const leg: Leg = {
        stop: (failure) => {
          if (stopped !== undefined) return;
          stopped = failure;
          act?.(failure);
        },
        caller: {
          header: caller.header,
          stopped: () => stopped ?? caller.stopped(),
          onStop: (next) => {
            act = next;
            const reason = stopped ?? caller.stopped();
            if (reason !== undefined) next(reason);
          },
          leave: () => undefined,
        },
      };
      open.push(leg);
      return leg;
    },
  };
}

interface Leg {
  readonly caller: Caller;
  readonly stop: (failure: UpstreamFailure) => void;
}

interface Running {
  readonly done: Promise<Tried>;
  readonly giveUp: () => void;
  /** It goes on: what it left behind is the request's. */
  readonly adopt: () => void;
  /** It was given up: what it has consumed is on the bill. */
  readonly drop: () => void;
}

function runLeg(attempting: Attempting, { caller, stop }: Leg, parts: Try): Running {
  const { trail } = attempting;
  const own: Trail<unknown> = {
    ...trail,
    warnings: [],
    load: undefined,
    check: undefined,
    onBroken: undefined,
  };
  let ended: Tried | undefined;
  const run = async (): Promise<Tried> => {
    try {
      ended = await tryOne({ ...attempting, trail: own, caller }, parts);
    } catch (thrown) {
      // A fault of one must not leave the other without anybody who listens.
      ended = { result: refusal(GatewayError.from(thrown)), way: "asked" };
    }
    return ended;
  };
  return {
    done: run(),
    giveUp: () => stop(givenUp),
    adopt: () => {
      if (own.load !== undefined) {
        trail.load?.left();
        trail.load = own.load;
      }
      trail.check = own.check ?? trail.check;
      trail.onBroken = own.onBroken ?? trail.onBroken;
      trail.warnings.push(...own.warnings);
    },
    drop: () => {
      own.load?.left();
      if (ended === undefined || ended.way !== "asked") return;
      const { result } = ended;
      if (result.kind === "stream") result.stream.abort();
      if (result.kind === "failed" && result.failure.code !== "hedge_lost") return;
      const usage =
        result.kind === "failed"
          ? undefined
          : (result.kind === "stream" ? result.stream.lane.tapped() : result.tapped).usage;
      trail.pieces.push({ candidate: parts.candidate, usage, textBytes: 0 });
    },
  };
}

/** The record of the try that answered stands at the end, whoever ended last. */
function answeredLast({ attempts }: Pick<Trail<unknown>, "attempts">, { candidate: { target } }: Seat): void {
  const at = attempts.findLastIndex(
    ({ code, provider, model }) => code === null && provider === target.provider && model === target.model,
  );
  if (at === -1) return;
  attempts.push(...attempts.splice(at, 1));
}
