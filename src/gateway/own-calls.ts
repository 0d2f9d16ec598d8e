import { candidateOf, type RouteOversight, type RouteRules } from "../capabilities/routing/index.ts";
import type { Call } from "../exchange/call.ts";
import type { SeenAnswer } from "../exchange/contract.ts";
import type { Funded, Planned } from "../exchange/exchange.ts";
import type { Aside } from "../exchange/settlement.ts";
import type { Candidate, Target } from "../exchange/target.ts";
import { uuidv7 } from "../kernel/ids.ts";
import { bytes } from "../kernel/units.ts";
import { type AsideAnswer, askAside } from "../pipeline/aside.ts";
import type { Waiting } from "../pipeline/caller.ts";
import type { AttemptPorts } from "../pipeline/one-try.ts";
import { type Ending, openTrail, type Trail } from "../pipeline/trail.ts";
import type { Clock } from "../ports/clock.ts";
import type { Random } from "../ports/random.ts";
import { type AsideSize, costOfAside } from "./aside-cost.ts";
import { clientCodecs } from "./codecs.ts";
import { gradeOf, gradingCall } from "./grading.ts";
import type { RequestMetrics } from "./metrics.ts";
import type { Snapshot } from "./snapshot.ts";

/** What the gateway asks with on its own account. */
export interface AsidePorts {
  readonly clock: Clock;
  readonly random: Random;
  readonly waiting: Waiting;
  readonly attemptPorts: AttemptPorts;
  readonly metrics: Pick<RequestMetrics, "asideEnded">;
  /** Door 10. */
  readonly settle: (trail: Trail<Snapshot>, ending: Ending) => void;
}

/** The client's request on whose occasion it asks. */
export interface Occasion {
  readonly seen: RouteOversight;
  readonly call: Call;
  readonly planned: Planned;
  readonly trail: Trail<Snapshot>;
}

/** A day's money, and how much of it there may be. */
export interface Purse {
  readonly money: RouteOversight["money"]["guard"];
  readonly usdPerDay: number;
}

export type JudgeRules = NonNullable<RouteRules["judge"]>;

export const charactersPerToken = 4;
const ownRoute = {
  kind: "ai",
  id: "aside",
  method: "POST",
  facts: {},
  codec: clientCodecs["openai-chat"],
} as const;
const gradeTokens = 400;

/** What a judge says of an answer, 0 to 1; `undefined`: it was not asked, or did not say. */
export async function gradeAside(
  occasion: Occasion,
  answer: SeenAnswer,
  { judge, by, purse }: { readonly judge: JudgeRules; readonly by: Target; readonly purse: Purse },
  ports: AsidePorts,
): Promise<number | undefined> {
  const { seen, call, trail } = occasion;
  const candidate = judgeOf(judge, trail.snapshot);
  if (candidate === undefined) {
    seen.unseen("out-of-reach");
    return undefined;
  }
  if (!seen.mayJudge(candidate.target.model, by.model)) return undefined;
  const mark = Buffer.from(ports.random.bytes(9)).toString("hex");
  const question = gradingCall({ call, answer: answer.parts }, judge.rubric, mark);
  const size = { inputTokens: charactersOf(question) / charactersPerToken, outputTokens: gradeTokens };
  const asked = { purpose: "judge", candidate, size, call: question, contract: undefined } as const;
  const told = await askWithin(occasion, asked, purse, ports);
  if (told?.answer === undefined) return undefined;
  const grade = gradeOf(told.answer.parts);
  if (grade === undefined) seen.unseen("no-verdict");
  else seen.graded(grade);
  return grade;
}

/** A call on the gateway's own account. */
interface OwnCall {
  readonly purpose: Aside["purpose"];
  readonly candidate: Candidate;
  readonly size: AsideSize;
  readonly call: Call;
  readonly contract: Planned["contract"];
}

/** Whether the day's money would have it; it is not asked. */
export function hasMoney(
  { seen, trail: { snapshot } }: Occasion,
  { candidate, size }: Pick<OwnCall, "candidate" | "size">,
  { money, usdPerDay }: Purse,
  { clock }: Pick<AsidePorts, "clock">,
): boolean {
  const expected = costOfAside(snapshot.rateCard, candidate.target, size, clock.now());
  const has = money.take(expected, usdPerDay);
  if (has) money.settle(expected, 0);
  else seen.unseen("money");
  return has;
}

/** Asks aside, if the day's money has it. */
export async function askWithin(
  { seen, planned, trail }: Occasion,
  { purpose, candidate, size, call, contract }: OwnCall,
  { money, usdPerDay }: Purse,
  ports: AsidePorts,
): Promise<AsideAnswer | undefined> {
  const { snapshot } = trail;
  const at = ports.clock.now();
  const expected = costOfAside(snapshot.rateCard, candidate.target, size, at);
  if (!money.take(expected, usdPerDay)) {
    seen.unseen("money");
    return undefined;
  }
  let costNanoUsd = 0;
  try {
    const own = openTrail({
      id: uuidv7(at, ports.random.bytes(10)),
      at,
      startedAt: ports.clock.monotonic(),
      monotonic: ports.clock.monotonic,
      snapshot,
      method: "POST",
      target: purpose,
      aside: { purpose, of: trail.id },
    });
    const of: Funded = { ...planned, funding: trail.funded?.funding ?? unfunded };
    const told = await askAside(
      { call, candidate, contract, of, route: ownRoute },
      {
        trail: own,
        rules: snapshot.resilienceOf(`${candidate.target.provider}/${candidate.target.model}`),
        waiting: ports.waiting,
      },
      { ports: ports.attemptPorts, settle: ports.settle },
    );
    ({ costNanoUsd } = told);
    if (told.answer === undefined) seen.unseen("out-of-reach");
    ports.metrics.asideEnded(purpose, told.answer === undefined ? "failed" : "ok");
    return told;
  } finally {
    money.settle(expected, costNanoUsd);
  }
}

const unfunded: Funded["funding"] = { worstCaseNanoUsd: null, inputBytes: bytes(0) };

const charactersOf = ({ instructions, turns }: Call): number =>
  [...instructions, ...turns.flatMap(({ parts }) => parts)].reduce(
    (sum, part) => sum + (part.kind === "text" ? part.text.length : 0),
    0,
  );

function judgeOf({ use }: JudgeRules, { table }: Snapshot): Candidate | undefined {
  const slash = use.indexOf("/");
  const target = table.providers.get(use.slice(0, slash))?.targetOf(use.slice(slash + 1));
  return target && candidateOf(target, "openai-chat");
}
