/** What is expected of one call at one target. Costs in 10^-9 US dollars, times in ms. */
export interface Expectation {
  /** `null`: no price is known. */
  readonly costNanoUsd: number | null;
  /** Not more than this in nine of ten calls. */
  readonly costHighNanoUsd: number | null;
  /** To the first word of a stream, or to the end of a whole answer; the median. */
  readonly latencyMs: number;
  /** Not longer than this in nine of ten calls. */
  readonly latencyHighMs: number;
  /** To the end of the answer, among what is in flight there now. */
  readonly doneMs: number;
  /** Requests that it is at work on for this gateway. */
  readonly inFlight: number;
  /** What is left of its limits by its provider's word, 0 to 1; absent: nothing was told, it is taken to be free. */
  readonly freeShare?: number | undefined;
  /** How likely it answers at all, 0 to 1. */
  readonly health: number;
  /** How good its answers are held to be, 0 to 1. */
  readonly quality: number;
  /** Answers of the target that the times are learned from; 0: they are assumed. */
  readonly answers: number;
}

export interface RankedTarget extends Expectation {
  readonly provider: string;
  readonly model: string;
  /** Lower tiers are asked first, whatever their scores. */
  readonly tier: number;
  /** Less is better; what it counts depends on the strategy. */
  readonly score: number;
}

/** Why a target may be out of the question, in the order in which it is looked at. */
export const filterNames = [
  "residency",
  "abilities",
  "context_window",
  "contract",
  "unpriced",
  "max_price",
  "max_cost",
  "max_latency",
  "quality_floor",
] as const;

/** A target that cannot serve the request, or that the limits of the request, or those of who asks, shut out. */
export interface RefusedTarget {
  readonly provider: string;
  readonly model: string;
  readonly by: (typeof filterNames)[number];
  readonly detail: string;
}

/** Which case of a conditional route was taken. */
export interface CaseTaken {
  /** Cases count from 1. `else`: none held; `none`: none held, and there is no `else`. */
  readonly taken: number | "else" | "none";
  /** Its condition. */
  readonly when?: string;
  /** How one of its targets was chosen. */
  readonly strategy: string;
}

/** Why a request goes where it goes: made by door 6, shown in headers and by the admin API. */
export interface Decision {
  readonly strategy: string;
  readonly chosenBy: "score" | "draw" | "turn" | "order" | "explore" | "sticky" | "guard";
  /** With which probability the first one was chosen. */
  readonly propensity: number;
  /** The order in which targets are asked. */
  readonly ranked: readonly RankedTarget[];
  readonly refused: readonly RefusedTarget[];
  /** What would have put the runner-up first: `openai/gpt-5 at 82 % of its cost`; absent: nobody else is in the tier. */
  readonly flip?: string;
  /** How a learned choice came about. */
  readonly learned?: LearnedWhy;
  /** Of a conditional route. */
  readonly case?: CaseTaken;
  /** The quality floor shut everybody out: the best of them goes on. */
  readonly isFloorMissed?: boolean;
}

/**
 * Two are asked for one answer, if need be: what the first says goes to nobody where it breaks its contract, and the
 * second is asked. Names are `provider/model`, costs in 10^-9 US dollars.
 */
export interface CascadeWhy {
  readonly first: string;
  readonly second: string;
  /** How likely the first's answer will do: that it comes, keeps its contract and is right. */
  readonly rightShare: number;
  /** How likely the second is asked. */
  readonly escalatedShare: number;
  /** Of both, as often as the second is asked. */
  readonly costNanoUsd: number;
  /** Of both at most, in nine of ten calls. */
  readonly costHighNanoUsd: number;
  /** Who would be asked alone otherwise. */
  readonly alone: { readonly name: string; readonly costNanoUsd: number };
}

/** What a learned choice weighed. Costs in 10^-9 US dollars. */
export interface LearnedWhy {
  /** The kind of request: `code`, `math`, `tools`. */
  readonly shape: string;
  /** Of one request, on average. */
  readonly budgetNanoUsd: number;
  /** Quality that a budget's worth of money must buy. */
  readonly price: number;
  /** What may be spent at once. */
  readonly creditNanoUsd: number;
  /** Nobody was within the credit: the cheapest was asked. */
  readonly isOutOfCredit: boolean;
  /** The first is asked on trial; absent: it is not. */
  readonly cascade?: CascadeWhy;
  /** With which probability each target of the first tier was chosen, by `provider/model`. */
  readonly propensities: Readonly<Record<string, number>>;
}
