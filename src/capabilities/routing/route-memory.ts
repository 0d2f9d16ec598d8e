import type { LearnedWhy } from "../../exchange/decision.ts";
import { type Amount, type AmountHead, type AmountState, createAmountHead } from "./amount-head.ts";
import type { Arm } from "./arm.ts";
import { type ContractMemory, type Contracts, type ContractsState, createContracts } from "./contracts.ts";
import type { Features } from "./features.ts";
import { createHead, type Head, type HeadState, type QualityEstimate } from "./head.ts";
import { whyOf } from "./learned-why.ts";
import { flipOf, type Pick, type PickRules, pick, reservedOf } from "./pick.ts";
import type { Choosable } from "./rank.ts";
import { referenceOf } from "./reference.ts";
import type { RouteRules } from "./shapes.ts";
import { createSpending, type Spending, type SpendingState } from "./spending.ts";

/** One request as a learned choice sees it. */
export interface LearnedRequest {
  readonly rules: RouteRules;
  /** Absent: what it asks could not be read; counts alone decide. */
  readonly features: Features | undefined;
  /** Nothing is tried with it. */
  readonly isCritical: boolean;
  /** The form of an answer can be checked: two may be asked one after the other within so many ms; absent: it cannot. */
  readonly cascadeWithinMs?: number | undefined;
  /** The pool was found wanting: its reference is asked. */
  readonly isGuarded?: boolean;
}

/** A choice within the first tier, not yet made known. */
export interface LearnedChoice extends Pick {
  readonly why: LearnedWhy;
  /** The budget at which the runner-up would have won. */
  readonly flip: string | undefined;
  readonly arms: readonly Arm[];
  readonly chosenModel: string | undefined;
  /** What the reference costs; `undefined`: nobody's price is known. */
  readonly referenceNanoUsd: number | undefined;
}

/** What is learned on one route; the admin API shows it. */
export interface LearnedState {
  readonly budgetNanoUsd: number;
  readonly price: number;
  readonly creditNanoUsd: number;
  readonly isFrozen: boolean;
  /** How many answers of late were not longer than their bound, by `provider/model`; 0.9 is right. */
  readonly coverage: readonly { readonly target: string; readonly share: number }[];
  readonly arms: readonly (QualityEstimate & {
    readonly model: string;
    /** Below with probability 5 %. */
    readonly low: number;
    readonly shifts: number;
    /** The share of its answers that held their contract, of those that were checked; `undefined`: none was. */
    readonly kept: number | undefined;
  })[];
}

/** What one route has learned. Costs in 10^-9 US dollars. Owned by the learner. */
export interface RouteMemory extends ContractMemory {
  readonly quality: (model: string, prior: number, features: Features | undefined) => QualityEstimate;
  /** What it is at least: below with probability 5 %. */
  readonly lowestQuality: (model: string, prior: number, features: Features | undefined) => number;
  /** Tokens of an answer; where too little is known of the target, the longest of the others' answers. `undefined`: nothing is known. */
  readonly outputTokens: (target: string, features: Features | undefined) => Amount | undefined;
  /** Chooses among the targets of a tier; nothing is spent and nothing remembered. */
  readonly choose: (request: LearnedRequest, targets: readonly [Choosable, ...Choosable[]]) => LearnedChoice;
  /** The choice was made: its money is set aside, and the others' biases fade. */
  readonly took: (rules: RouteRules, choice: LearnedChoice) => void;
  readonly settled: (costNanoUsd: number, reservedNanoUsd: number) => void;
  readonly answered: (target: string, features: Features | undefined, outputTokens: number) => void;
  /** True: the model behaves unlike before. */
  readonly judged: (model: string, told: Parameters<Head["learn"]>[0]) => boolean;
  readonly freeze: (isFrozen: boolean) => void;
  readonly state: () => LearnedState;
  readonly kept: () => KeptRoute;
}

/** What must survive a restart. */
export interface KeptRoute extends Partial<ContractsState> {
  readonly heads: ReadonlyMap<
    string,
    {
      readonly head: HeadState;
      readonly shifts: number;
      readonly prior: number;
      readonly asked?: number | undefined;
    }
  >;
  readonly amounts: ReadonlyMap<string, AmountState>;
  readonly spending: SpendingState | undefined;
  readonly referenceCost: number | undefined;
  readonly isFrozen: boolean;
}

interface KnownArm {
  readonly head: Head;
  readonly prior: number;
  /** How often it was noticed to have changed. */
  shifts: number;
  /** Requests that it was chosen for, up to twenty. */
  asked: number;
}

/** What is explored if nothing is said. */
const exploreUsual = 0.01;
const referenceShare = 0.5;
const newBelow = 20;
const unaskedBelow = 20;
/** The mean cost of the reference moves by this share with each request. */
const referenceStep = 0.02;
/** The price is found anew when the budget has moved by more than this share. */
const budgetMoved = 0.2;

const isKnown = (head: Head): boolean => head.judgements() >= newBelow;

export function createRouteMemory(random: () => number, from?: KeptRoute): RouteMemory {
  const heads = new Map(
    [...(from?.heads ?? [])].map(([model, { head, shifts, prior, asked }]): [string, KnownArm] => [
      model,
      // What was stored before they were counted is of models that had been asked.
      { head: createHead({ prior, random, from: head }), shifts, prior, asked: asked ?? unaskedBelow },
    ]),
  );
  const amounts = new Map(
    [...(from?.amounts ?? [])].map(([target, state]) => [target, createAmountHead(state)]),
  );
  const contracts = createContracts(from);
  let spending =
    from?.spending === undefined ? undefined : createSpending(from.spending.perRequest, from.spending);
  let { referenceCost, isFrozen } = { referenceCost: undefined, isFrozen: false, ...from };

  const headOf = (model: string, expected: number): KnownArm => {
    const known = heads.get(model);
    if (known !== undefined) return known;
    const prior = Math.max(0.02, Math.min(0.98, expected));
    const made = { head: createHead({ prior, random }), shifts: 0, prior, asked: 0 };
    heads.set(model, made);
    return made;
  };
  const budgetOf = (
    { budget = { ofReference: referenceShare } }: RouteRules,
    reference: number | undefined,
  ): number =>
    Math.max(
      1,
      "perRequestUsd" in budget
        ? budget.perRequestUsd * 1e9
        : budget.ofReference * (referenceCost ?? reference ?? 0),
    );
  /** What was spent so far; with a budget that has moved its price is found anew, in steps. */
  const spendingAt = (budget: number): Spending => {
    spending ??= createSpending(budget);
    if (Math.abs(budget / spending.perRequest() - 1) > budgetMoved) spending.setBudget(budget);
    return spending;
  };
  return {
    quality: (model, prior, features) =>
      headOf(model, prior).head.predict(features, features?.shape ?? "other"),
    lowestQuality: (model, prior, features) =>
      headOf(model, prior).head.lowest(features, features?.shape ?? "other"),
    outputTokens: (target, features) =>
      features && (amounts.get(target)?.predict(features) ?? longestOf([...amounts.values()], features)),
    choose: (request, targets) => {
      const { rules, features } = request;
      const cost = referenceOf(rules, targets);
      const money = spending ?? createSpending(budgetOf(rules, cost));
      const pickRules = pickRulesOf(request, money);
      const [first, ...others] = targets;
      const known = (target: Choosable): Arm => armOf(target, { heads, contracts });
      const arms = [known(first), ...others.map(known)] as const;
      const picked = pick([...arms], pickRules, random);
      return {
        ...picked,
        arms,
        chosenModel: targets.find(({ name }) => name === picked.order[0]?.arm.id)?.model,
        referenceNanoUsd: cost,
        flip: flipOf(picked, pickRules),
        why: whyOf(picked, pickRules, features?.shape),
      };
    },
    took: (rules, choice) => {
      const { arms, chosenModel, referenceNanoUsd } = choice;
      referenceCost ??= referenceNanoUsd;
      // What the trusted one serves in the place of the pool is beside its budget: neither its credit nor its price would outlast it.
      if (choice.chosenBy !== "guard")
        spendingAt(budgetOf(rules, referenceNanoUsd)).planned(arms, reservedOf(choice));
      if (isFrozen) return;
      if (referenceNanoUsd !== undefined && referenceCost !== undefined)
        referenceCost += referenceStep * (referenceNanoUsd - referenceCost);
      for (const [model, known] of heads)
        if (model === chosenModel) known.asked += 1;
        else known.head.fade();
    },
    settled: (cost, reserved) => spending?.settled(cost, reserved),
    answered: (target, features, outputTokens) => {
      if (features === undefined || isFrozen) return;
      const amount = amounts.get(target) ?? createAmountHead();
      amounts.set(target, amount);
      amount.learn(features, outputTokens);
    },
    judged: (model, told) => {
      const known = heads.get(model);
      if (known === undefined || isFrozen) return false;
      const isShift = known.head.learn(told);
      // Who was known once does not come to others when it has changed.
      if (isKnown(known.head)) known.asked = unaskedBelow;
      if (isShift) known.shifts += 1;
      return isShift;
    },
    checked: (model, isKept) => {
      if (!isFrozen) contracts.checked(model, isKept);
    },
    rescued: (model, more) => {
      if (!isFrozen) contracts.rescued(model, more);
    },
    keeps: contracts.keeps,
    contractsOf: contracts.contractsOf,
    freeze: (next) => {
      isFrozen = next;
    },
    state: () => ({
      budgetNanoUsd: spending?.perRequest() ?? 0,
      price: spending?.price() ?? 0,
      creditNanoUsd: spending?.credit() ?? 0,
      isFrozen,
      coverage: [...amounts].flatMap(([target, amount]) => {
        const share = amount.coverage();
        return share === undefined ? [] : [{ target, share }];
      }),
      arms: [...heads].map(([model, { head, shifts }]) => ({
        model,
        shifts,
        ...head.predict(undefined, "other"),
        low: head.lowest(undefined, "other"),
        kept: contracts.contractsOf(model)?.share,
      })),
    }),
    kept: () => ({
      heads: new Map(
        [...heads].map(([model, { head, shifts, prior, asked }]) => [
          model,
          { head: head.state(), shifts, prior, asked: Math.min(asked, unaskedBelow) },
        ]),
      ),
      amounts: new Map([...amounts].map(([target, amount]) => [target, amount.state()])),
      ...contracts.state(),
      spending: spending?.state(),
      referenceCost,
      isFrozen,
    }),
  };
}

/** Of what others are expected to answer, the longest: who answers at unknown length must not be taken for dear, and never be asked. */
function longestOf(known: readonly AmountHead[], features: Features): Amount | undefined {
  const amounts = known.flatMap((head) => head.predict(features) ?? []);
  const [first, ...others] = amounts;
  return first && others.reduce((longest, one) => (one.mean > longest.mean ? one : longest), first);
}

const pickRulesOf = (
  { rules, isCritical, cascadeWithinMs, isGuarded }: LearnedRequest,
  money: Spending,
): PickRules => ({
  price: money.price(),
  perRequest: money.perRequest(),
  credit: money.credit(),
  perSecond: rules.perSecond ?? 0,
  explore: isCritical ? 0 : (rules.explore ?? exploreUsual),
  cascadeWithinMs: rules.cascade === "auto" ? cascadeWithinMs : undefined,
  guardedBy: isGuarded === true ? rules.reference : undefined,
});

function armOf(
  target: Choosable,
  { heads, contracts }: { readonly heads: ReadonlyMap<string, KnownArm>; readonly contracts: Contracts },
): Arm {
  const known = heads.get(target.model);
  return {
    id: target.name,
    quality: target.quality,
    health: target.health,
    cost: target.costNanoUsd ?? 0,
    costHigh: target.costHighNanoUsd ?? 0,
    seconds: target.latencyMs / 1000,
    keeps: contracts.keeps(target.model),
    rescues: contracts.rescues(target.model, target.quality),
    isNew: known === undefined || !isKnown(known.head),
    isUnasked: (known?.asked ?? 0) < unaskedBelow,
  };
}
