import { type Learner, type Oversight, type RouteRules } from "../capabilities/routing/index.ts";
import type { Call } from "../exchange/call.ts";
import type { SeenAnswer } from "../exchange/contract.ts";
import type { Planned } from "../exchange/exchange.ts";
import type { Target } from "../exchange/target.ts";
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
} from "./own-calls.ts";
import type { Snapshot } from "./snapshot.ts";

/** What reads some answers of pools that learn, besides their clients: a judge, and a guard beside the reference. */
export interface OverseerParts extends AsidePorts {
  readonly logger: Pick<Logger, "warn">;
  readonly oversight: Oversight;
  readonly learner: Pick<Learner, "judge">;
  readonly metrics: Pick<RequestMetrics, "asideEnded" | "guardUpper">;
  readonly onFault: (fault: unknown) => void;
}

type GuardRules = NonNullable<RouteRules["guard"]>;

/** One answer that is read. */
interface Reading extends Occasion {
  readonly route: string;
  readonly answer: SeenAnswer;
  readonly target: Target;
}

/** So many answers are read at once; others are not. */
const readingsMax = 8;

/**
 * Door 6 with a look at what comes of it: some requests, drawn by chance, have their answers read once they are settled. No
 * client waits for that, and none is told.
 */
export function createOverseer(
  parts: OverseerParts,
): (plan: Doors<Snapshot>["plan"]) => Doors<Snapshot>["plan"] {
  const { random, oversight } = parts;
  let readings = 0;
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
    trail.onAnswered = (answer) => {
      if (trail.candidate === undefined) return;
      if (readings >= readingsMax) return seen.unseen("busy");
      readings += 1;
      const reading = { route, seen, call, planned, trail, answer, target: trail.candidate.target };
      read(reading, { rules, isGraded, isPaired }, parts)
        .catch(parts.onFault)
        .finally(() => {
          readings -= 1;
        });
    };
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
  reading: Reading,
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
    grade = await gradeAside(reading, answer, { judge, by: target, purse }, ports);
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
    await compare(reading, { guard, judge, reference, grade }, ports);
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
  const { route, seen, call, planned, trail, answer, target } = reading;
  const { contract } = planned;
  const other = planned.plan.candidates.find((one) => nameOf(one.target) === reference);
  if (other === undefined) return seen.unseen("out-of-reach");
  // The same is asked of what the reference itself has answered: else its pairs, which cost nothing, would thin out the others.
  if (contract === undefined && judge === undefined) return seen.unseen("no-verdict");
  const purse = { money: seen.money.guard, usdPerDay: guard.usdPerDay };
  const worth = (one: SeenAnswer, by: Target): Promise<number | undefined> | number | undefined => {
    if (contract !== undefined) return contract.faultOf(one) === undefined ? 1 : 0;
    return judge && gradeAside(reading, one, { judge, by, purse }, ports);
  };
  const size = { inputTokens: inputOf(trail), outputTokens: 1.5 * (trail.usage?.output.total ?? 500) };
  const asked = { purpose: "shadow", candidate: other, size, call, contract } as const;
  const pair = async (): Promise<number | undefined> => {
    if (nameOf(target) === reference) return hasMoney(reading, asked, purse, ports) ? 0 : undefined;
    const shadow = await askWithin(reading, asked, purse, ports);
    if (shadow?.answer === undefined) return undefined;
    const own = contract === undefined && grade !== undefined ? grade : await worth(answer, target);
    const others = own === undefined ? undefined : await worth(shadow.answer, other.target);
    return own === undefined || others === undefined ? undefined : own - others;
  };
  const difference = await pair();
  if (difference === undefined) return;
  const isNew = seen.guard.note(difference, guard);
  const { upper, pairs } = seen.guard.state();
  ports.metrics.guardUpper(route, upper);
  if (isNew) ports.logger.warn(guardedText, { route, reference, pairs });
}

const guardedText =
  "a pool that learns answers worse than its reference by more than it may; the reference serves";

const nameOf = ({ provider, model }: Target): string => `${provider}/${model}`;

const inputOf = ({ usage, bytesIn }: Trail<unknown>): number =>
  usage?.input.total ?? bytesIn / charactersPerToken;
