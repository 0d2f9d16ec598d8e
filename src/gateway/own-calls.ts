import { candidateOf, type RouteOversight, type RouteRules } from "../capabilities/routing/index.ts";
import type { Call } from "../exchange/call.ts";
import type { SeenAnswer } from "../exchange/contract.ts";
import type { Funded, Planned } from "../exchange/exchange.ts";
import type { Aside } from "../exchange/settlement.ts";
import type { Candidate, Target } from "../exchange/target.ts";
import { uuidv7 } from "../kernel/ids.ts";
import { bytes, type EpochMs } from "../kernel/units.ts";
import { type AsideAnswer, askAside } from "../pipeline/aside.ts";
import type { Waiting } from "../pipeline/caller.ts";
import type { AttemptPorts } from "../pipeline/one-try.ts";
import { type Ending, openTrail, type Trail } from "../pipeline/trail.ts";
import type { Clock } from "../ports/clock.ts";
import type { Random } from "../ports/random.ts";
import { type AsideSize, costOfAside } from "./aside-cost.ts";
import { clientCodecs } from "./codecs.ts";
import { gradeOf, gradeTokensMax, gradingCall } from "./grading.ts";
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
  /** With which probability it was drawn. */
  readonly share: number;
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
  const size = { inputTokens: charactersOf(question) / charactersPerToken, outputTokens: gradeTokensMax };
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

/** Sets aside what a call may cost; `undefined`: the day's money does not have it, or nobody knows its price. */
function setAside(
  { seen, trail: { snapshot } }: Occasion,
  { candidate, size }: Pick<OwnCall, "candidate" | "size">,
  { money, usdPerDay }: Purse,
  at: EpochMs,
): number | undefined {
  const expected = costOfAside(snapshot.rateCard, candidate.target, size, at);
  if (expected === undefined) {
    seen.unseen("unpriced");
    return undefined;
  }
  if (money.take(expected, usdPerDay)) return expected;
  seen.unseen("money");
  return undefined;
}

/** Whether the day's money would have it; it is not asked. */
export function hasMoney(
  occasion: Occasion,
  call: Pick<OwnCall, "candidate" | "size">,
  purse: Purse,
  { clock }: Pick<AsidePorts, "clock">,
): boolean {
  const expected = setAside(occasion, call, purse, clock.now());
  if (expected !== undefined) purse.money.settle(expected, 0);
  return expected !== undefined;
}

/** Asks aside, if the day's money has it. */
export async function askWithin(
  occasion: Occasion,
  asked: OwnCall,
  purse: Purse,
  ports: AsidePorts,
): Promise<AsideAnswer | undefined> {
  const at = ports.clock.now();
  const expected = setAside(occasion, asked, purse, at);
  if (expected === undefined) return undefined;
  const { seen } = occasion;
  let costNanoUsd: number | undefined = expected;
  try {
    const told = await askNow(occasion, asked, at, ports);
    ({ costNanoUsd } = told);
    if (told.answer === undefined) seen.unseen("out-of-reach");
    ports.metrics.asideEnded(asked.purpose, told.answer === undefined ? "failed" : "ok");
    return told;
  } finally {
    purse.money.settle(expected, costNanoUsd ?? expected);
  }
}

function askNow(
  { planned, trail, share }: Occasion,
  { purpose, candidate, call, contract }: OwnCall,
  at: EpochMs,
  ports: AsidePorts,
): Promise<AsideAnswer> {
  const { snapshot } = trail;
  const { provider, model } = candidate.target;
  const own = openTrail({
    id: uuidv7(at, ports.random.bytes(10)),
    at,
    startedAt: ports.clock.monotonic(),
    monotonic: ports.clock.monotonic,
    snapshot,
    method: "POST",
    target: purpose,
    aside: { purpose, of: trail.id, share },
  });
  const of: Funded = { ...planned, funding: trail.funded?.funding ?? unfunded };
  return askAside(
    { call, candidate, contract, of, route: ownRoute },
    { trail: own, rules: snapshot.resilienceOf(`${provider}/${model}`), waiting: ports.waiting },
    { ports: ports.attemptPorts, settle: ports.settle },
  );
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
