import { type Learner, type Oversight, type RouteRules } from "../capabilities/routing/index.ts";
import type { Call } from "../exchange/call.ts";
import type { SeenAnswer } from "../exchange/contract.ts";
import type { Planned } from "../exchange/exchange.ts";
import type { Candidate, Target } from "../exchange/target.ts";
import { uniformOf } from "../kernel/uniform.ts";
import type { Doors } from "../pipeline/handle.ts";
import { isRepeatableCall } from "../pipeline/repeatable.ts";
import type { Trail } from "../pipeline/trail.ts";
import type { Logger } from "../ports/logger.ts";
import type { RequestMetrics } from "./metrics.ts";
import {
  type AsidePorts,
  askWithin,
  charactersPerToken,
  gradeAside,
  hasMoney,
  type JudgeRules,
  type Occasion,
  type Purse,
} from "./own-calls.ts";
import type { Snapshot } from "./snapshot.ts";

/** What reads some answers of pools that learn, besides their clients: a judge, and a guard beside the reference. */
export interface OverseerParts extends AsidePorts {
  readonly logger: Pick<Logger, "warn">;
  readonly oversight: Oversight;
  readonly learner: Pick<Learner, "judge">;
  readonly metrics: Pick<RequestMetrics, "asideEnded" | "guardUpper">;
  readonly onFault: (fault: unknown) => void;
  /** A pool is guarded from now on. */
  readonly onGuarded: () => void;
  /** Whether the process has time for calls that no client has made. */
  readonly mayAsk: () => boolean;
}

type GuardRules = NonNullable<RouteRules["guard"]>;

/** One answer that is read. */
interface Reading extends Occasion {
  readonly route: string;
  readonly answer: SeenAnswer;
  readonly target: Target;
}

/** So many answers are read at once, of one pool and of all; others are not. */
const readingsMax = { pool: 4, all: 16 } as const;

/**
 * Door 6 with a look at what comes of it: some requests, drawn by chance, have their answers read once they are settled. No
 * client waits for that, and none is told.
 */
export function createOverseer(
  parts: OverseerParts,
): (plan: Doors<Snapshot>["plan"]) => Doors<Snapshot>["plan"] {
  const { random, oversight } = parts;
  const readings = new Map<string, number>();
  let all = 0;
  const count = (route: string, by: 1 | -1): void => {
    all += by;
    readings.set(route, (readings.get(route) ?? 0) + by);
  };
  const isDrawn = (share: number | undefined): boolean =>
    share !== undefined && share > 0 && uniformOf(random.bytes) < share;
  return (plan) => (assigned, inbound, trail) => {
    const planned = plan(assigned, inbound, trail);
    const route = assigned.facts.model;
    const rules = trail.snapshot.table.routes.get(route);
    if (!isOverseen(rules) || planned.plan.decision?.learned === undefined) return planned;
    const seen = oversight.of(route);
    const isGraded = isDrawn(rules.judge?.share);
    const isPaired = isDrawn(rules.guard?.share) && !seen.guard.isGuarded();
    const call = isGraded || isPaired ? repeatableOf(planned) : undefined;
    if (call === undefined) return planned;
    const onAnswered = (answer: SeenAnswer): void => {
      if (trail.candidate === undefined) return;
      const isBusy = all >= readingsMax.all || (readings.get(route) ?? 0) >= readingsMax.pool;
      if (isBusy || !parts.mayAsk()) return seen.unseen("busy");
      count(route, 1);
      const reading = { route, seen, call, planned, trail, answer, target: trail.candidate.target };
      read(reading, { rules, isGraded, isPaired }, parts)
        .catch(parts.onFault)
        .finally(() => count(route, -1));
    };
    trail.onAnswered = onAnswered;
    return { ...planned, isRead: true };
  };
}

const isOverseen = (rules: RouteRules | undefined): rules is RouteRules =>
  rules?.guard !== undefined || rules?.judge !== undefined;

/** The call, if it can be read and may be made again. */
function repeatableOf({ decoded }: Planned): Call | undefined {
  try {
    const call = decoded?.().call;
    return call !== undefined && isRepeatableCall(call) ? call : undefined;
  } catch {
    return undefined;
  }
}

async function read(
  reading: Omit<Reading, "share">,
  {
    rules: { judge, guard, reference },
    isGraded,
    isPaired,
  }: { readonly rules: RouteRules; readonly isGraded: boolean; readonly isPaired: boolean },
  ports: OverseerParts,
): Promise<void> {
  const { seen, trail, planned, answer, target } = reading;
  let grade: number | undefined;
  if (judge !== undefined && isGraded) {
    const purse = { money: seen.money.judge, usdPerDay: judge.usdPerDay };
    grade = await gradeAside({ ...reading, share: judge.share }, answer, { judge, by: target, purse }, ports);
    if (grade !== undefined)
      ports.learner.judge({
        requestId: trail.id,
        keyId: planned.identity.keyId,
        metric: "judge",
        quality: grade,
        replaces: false,
        weight: judgeWeight,
      });
  }
  if (guard !== undefined && reference !== undefined && isPaired)
    await compare({ ...reading, share: guard.share }, { guard, judge, reference, grade }, ports);
}

/** What a model says of another's answer, against what somebody says who asked. */
const judgeWeight = 0.7;

/** Holds the answer against the reference's to the same call, and tells the guard. */
async function compare(
  reading: Reading,
  {
    guard,
    judge,
    reference,
    grade,
  }: {
    readonly guard: GuardRules;
    readonly judge: JudgeRules | undefined;
    readonly reference: string;
    readonly grade: number | undefined;
  },
  ports: OverseerParts,
): Promise<void> {
  const { route, seen, planned } = reading;
  const other = planned.plan.candidates.find((one) => nameOf(one.target) === reference);
  if (other === undefined) return seen.unseen("out-of-reach");
  if (planned.contract === undefined && judge === undefined) return seen.unseen("no-verdict");
  const { begunAt } = seen.guard.state();
  const purse = { money: seen.money.guard, usdPerDay: guard.usdPerDay };
  const worth = (one: SeenAnswer, by: Target): Promise<number | undefined> | number | undefined => {
    if (planned.contract !== undefined) return planned.contract.faultOf(one) === undefined ? 1 : 0;
    return judge && gradeAside(reading, one, { judge, by, purse }, ports);
  };
  const known = planned.contract === undefined ? grade : undefined;
  const difference = await differenceOf(reading, { other, purse, worth, known }, ports);
  // It may have been begun anew meanwhile.
  if (difference === undefined || seen.guard.state().begunAt !== begunAt) return;
  const isNew = seen.guard.note(difference, guard);
  const { upper, pairs } = seen.guard.state();
  ports.metrics.guardUpper(route, upper);
  if (!isNew) return;
  ports.logger.warn(guardedText, { route, reference, pairs });
  ports.onGuarded();
}

/** By how much the answer is better than the reference's; `undefined`: it cannot be told. */
async function differenceOf(
  reading: Reading,
  {
    other,
    purse,
    worth,
    known,
  }: {
    readonly other: Candidate;
    readonly purse: Purse;
    readonly worth: (one: SeenAnswer, by: Target) => Promise<number | undefined> | number | undefined;
    /** What the answer is worth, where it has been found out already. */
    readonly known: number | undefined;
  },
  ports: OverseerParts,
): Promise<number | undefined> {
  const { call, seen, answer, target } = reading;
  // The same is asked of what the reference itself has answered: else its pairs, which cost less, would thin out the others.
  const own = known ?? (await worth(answer, target));
  if (own === undefined) return undefined;
  const shadow = shadowOf(reading, other);
  if (nameOf(target) === nameOf(other.target)) return hasMoney(reading, shadow, purse, ports) ? 0 : undefined;
  const told = await askWithin(reading, shadow, purse, ports);
  if (told?.answer === undefined) return undefined;
  if (told.answer.finish?.reason === "length" && call.sampling.outputTokensMax === undefined) {
    // Cut by us, and not by its client.
    seen.unseen("no-verdict");
    return undefined;
  }
  const others = await worth(told.answer, other.target);
  return others === undefined ? undefined : own - others;
}

/** Where its client has set no bound, the reference has so many tokens, or twice what the pool has used. */
const shadowTokensMax = 4096;
const thinkingTokensMax = 16_384;

/** The same call at the reference, and what it may cost. */
function shadowOf({ call, planned, trail }: Reading, candidate: Candidate) {
  const bound = candidate.target.abilities.reasoning?.value === true ? thinkingTokensMax : shadowTokensMax;
  const outputTokensMax =
    call.sampling.outputTokensMax ?? Math.max(bound, 2 * (trail.usage?.output.total ?? 0));
  return {
    purpose: "shadow",
    candidate,
    size: { inputTokens: inputOf(trail), outputTokens: outputTokensMax },
    call: { ...call, sampling: { ...call.sampling, outputTokensMax } },
    contract: planned.contract,
  } as const;
}

const guardedText =
  "a pool that learns answers worse than its reference by more than it may; the reference serves";

const nameOf = ({ provider, model }: Target): string => `${provider}/${model}`;

const inputOf = ({ usage, bytesIn }: Trail<unknown>): number =>
  usage?.input.total ?? bytesIn / charactersPerToken;
