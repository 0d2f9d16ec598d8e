import type { Permit } from "../../exchange/permit.ts";
import type { Features } from "./features.ts";
import { type KeptState, readKept } from "./kept-state.ts";
import { reservedOf } from "./pick.ts";
import type { Choosable } from "./rank.ts";
import { createReasked, reaskedWeight } from "./reasked.ts";
import { type LoggedDecision, type OtherPolicy, type Reevaluation, reevaluate } from "./reevaluate.ts";
import { createRouteMemory, type LearnedChoice, type RouteMemory } from "./route-memory.ts";
import type { RouteRules } from "./shapes.ts";

/** Who learns which target is good enough. Only the first tier is chosen from; the others follow by their scores. */
export interface LearnedRank {
  readonly choose: (
    targets: readonly [Choosable, ...Choosable[]],
  ) => Pick<LearnedChoice, "order" | "chosenBy" | "propensities" | "flip" | "why">;
}

interface Target {
  /** `provider/model`. */
  readonly name: string;
  readonly model: string;
}

/** What became of a request that a learned route had chosen for. */
export interface Ended {
  readonly requestId: string;
  /** The target that answered; `undefined`: nobody did. */
  readonly target: Target | undefined;
  /** The client has the whole answer. */
  readonly isWhole: boolean;
  readonly costNanoUsd: number | null;
  readonly outputTokens: number | undefined;
  /** Whether the answer holds what an answer must: words or calls, no refusal. `undefined`: it cannot be told. */
  readonly isSound: boolean | undefined;
  /** Whether it held its contract; `undefined`: nobody looked. */
  readonly isKept: boolean | undefined;
  /** Models whose answers broke theirs and went to nobody. */
  readonly broken: readonly string[];
}

/** A judgement of an answer by somebody who has read it. */
export interface Judgement {
  readonly requestId: string;
  /** Who judges must be who asked. */
  readonly keyId: string;
  /** What is judged: one judgement of each may be told. */
  readonly metric: string;
  /** 0 to 1. */
  readonly quality: number;
  /** Takes the place of an earlier one. */
  readonly replaces: boolean;
  /** How much it is worth, below 1, where it is a guess and no word of who asked; absent: 1. */
  readonly weight?: number;
}

export type Judged =
  | { readonly kind: "learned"; readonly route: string; readonly model: string; readonly isShift: boolean }
  /** There is no such request of this key, it was not chosen for by learning, or it was too long ago. */
  | { readonly kind: "unknown" }
  /** It has no answer yet, or none that could be judged. */
  | { readonly kind: "unanswered" }
  /** It was told before. */
  | { readonly kind: "repeated" }
  /** Another value was told before. */
  | { readonly kind: "contradicts" };

/** What all learned routes know. Owned by one gateway. */
export interface Learner {
  readonly routeOf: (route: string) => RouteMemory;
  readonly took: (request: Taken, rules: RouteRules, choice: LearnedChoice) => void;
  /** False: it was not chosen for by learning, or it is not known any more. */
  readonly ended: (ended: Ended) => boolean;
  readonly judge: (judgement: Judgement) => Judged;
  readonly forget: (route: string) => void;
  /** What another policy would have come to on the judged requests of this route since a moment, ms since 1970. */
  readonly reevaluate: (route: string, policy: OtherPolicy, since: number) => Reevaluation;
  /** `undefined`: nothing has been learned yet. */
  readonly kept: () => KeptState | undefined;
  /** Goes on from what was stored. False: it is no such state, and nothing changes. */
  readonly restore: (stored: unknown) => boolean;
}

/** A request that was chosen for. */
export interface Taken {
  readonly requestId: string;
  readonly route: string;
  readonly keyId: string;
  /** What it looked like, with the leave to remember that. */
  readonly looks: { readonly features: Features; readonly permit: Permit } | undefined;
  /** Of which it is a new question of its user; absent: it is none, or who asks again tells nothing here. */
  readonly conversation?: string | undefined;
}

interface Open extends Omit<Taken, "looks"> {
  readonly features: Features | undefined;
  readonly at: number;
  readonly choice: Pick<LearnedChoice, "arms" | "propensities">;
  readonly chosen: string;
  /** `undefined`: it is beside the budget. */
  readonly reserved: number | undefined;
  /** An answer that breaks its contract, or was asked for after another's that did, says nothing of other requests. */
  form?: "fine" | "broken" | "rescue";
  answered?: Target;
  readonly judged: Map<string, number>;
  /** The weight of what was told of it. */
  told: number;
  /** Judgements that are no word of who asked. */
  guesses: number;
  isNoted: boolean;
}

/** An open request takes about two KiB and a half, a logged one about one. */
const openMax = 10_000;
const loggedMax = 5000;
const openMs = 24 * 3_600_000;
/** What is worth less tells nothing of what a policy would have come to. */
const outcomeWorth = 0.5;
/** All judgements of one answer together. */
const weightMax = 1.5;
/** So many of the answers that hold what they must are learned from, each with its full weight. */
const soundShare = 0.1;

/** Whether a judgement tells what the choice came to: a guess that is made of bad answers only does not. */
const isOutcome = ({ isNoted, answered, chosen }: Open, worth: number): boolean =>
  worth >= outcomeWorth && !isNoted && answered?.name === chosen;

/** What one more judgement counts; then it is told. */
function weightOf(request: Open, worth: number, isChanged: boolean): number {
  const words = request.judged.size - request.guesses;
  const isGuess = worth < 1;
  if (isGuess) request.guesses += 1;
  const wanted = isGuess || (words === 0 && !isChanged) ? worth : 0.5 / Math.max(1, words);
  const weight = Math.min(wanted, weightMax - request.told);
  request.told += weight;
  return weight;
}

/**
 * Brings together what a request looked like, what it cost and how good its answer was. An answer that refuses or is
 * empty is bad; one in ten of those that hold what they must is taken for good, which is the same as each with a tenth
 * of the weight and costs a tenth of the work. Answers that were cut off, by whomever, teach nothing of quality.
 *
 * Source: routing specification, section 3.4.
 *
 * @param ports `now`: ms since 1970; `random`: in [0, 1); `onShift`: a model behaves unlike before.
 */
export function createLearner(ports: {
  readonly now: () => number;
  readonly random: () => number;
  readonly onShift: (route: string, model: string) => void;
}): Learner {
  const routes = new Map<string, RouteMemory>();
  const open = new Map<string, Open>();
  const routeOf = (route: string): RouteMemory => {
    const known = routes.get(route);
    if (known !== undefined) return known;
    const made = createRouteMemory(ports.random);
    routes.set(route, made);
    return made;
  };
  const logs = new Map<string, LoggedDecision[]>();
  /** A judged choice; one that was answered by another than the chosen says nothing of the choice. */
  const note = (request: Open, outcome: number): void => {
    const { route, at, choice, chosen } = request;
    request.isNoted = true;
    const log = logs.get(route) ?? [];
    logs.set(route, log);
    log.push({ at, ...choice, chosen, outcome });
    if (log.length > loggedMax) log.shift();
  };
  const again = createReasked(ports.now);
  const dropOld = (): void => {
    for (const [id, { at }] of open) {
      if (open.size <= openMax && ports.now() - at < openMs) return;
      open.delete(id);
    }
  };
  const learn = (
    { route, features }: Open,
    { model, quality, weight }: { readonly model: string; readonly quality: number; readonly weight: number },
  ): boolean => {
    const told = { features, shape: features?.shape ?? "other", quality, weight };
    const isShift = routeOf(route).judged(model, told);
    if (isShift) ports.onShift(route, model);
    return isShift;
  };
  /** What an answer tells by its form. */
  const answered = (
    request: Open,
    { target, outputTokens, isSound, isKept, broken }: Ended & { readonly target: Target },
    memory: RouteMemory,
  ): void => {
    request.answered = target;
    request.form = isKept === false ? "broken" : broken.length > 0 ? "rescue" : "fine";
    if (broken.length > 0) {
      memory.rescued(target.model, { sum: isKept === false ? 0 : 1, count: 1 });
      return;
    }
    if (isKept !== undefined) memory.checked(target.model, isKept);
    if (outputTokens !== undefined) memory.answered(target.name, request.features, outputTokens);
    if (isKept === false) return;
    if (isSound === false || (isSound === true && ports.random() < soundShare))
      learn(request, { model: target.model, quality: isSound ? 1 : 0, weight: 1 });
  };
  /** What a judgement means depends on how its answer came about. */
  const teach = (request: Open, told: Parameters<typeof learn>[1]): boolean => {
    if (request.form === "fine") return learn(request, told);
    // It was taken to be right, since it keeps its contract.
    if (request.form === "rescue" && request.judged.size === 1)
      routeOf(request.route).rescued(told.model, { sum: told.quality - 1, count: 0 });
    return false;
  };
  const judge = ({ requestId, keyId, metric, quality, replaces, weight: worth = 1 }: Judgement): Judged => {
    dropOld();
    const request = open.get(requestId);
    if (request === undefined || request.keyId !== keyId) return { kind: "unknown" };
    if (request.answered === undefined) return { kind: "unanswered" };
    const before = request.judged.get(metric);
    if (before === quality) return { kind: "repeated" };
    if (before !== undefined && !replaces) return { kind: "contradicts" };
    const { model } = request.answered;
    const weight = weightOf(request, worth, before !== undefined);
    request.judged.set(metric, quality);
    if (isOutcome(request, worth)) note(request, quality);
    const isShift = weight > 0 && teach(request, { model, quality, weight });
    return { kind: "learned", route: request.route, model, isShift };
  };
  return {
    routeOf,
    kept: () =>
      routes.size === 0
        ? undefined
        : { version: 1, routes: new Map([...routes].map(([name, memory]) => [name, memory.kept()])) },
    restore: (stored) => {
      const state = readKept(stored);
      for (const [name, route] of state?.routes ?? [])
        routes.set(name, createRouteMemory(ports.random, route));
      return state !== undefined;
    },
    took: ({ requestId, route, keyId, looks, conversation }, rules, choice) => {
      routeOf(route).took(rules, choice);
      const [first] = choice.order;
      open.set(requestId, {
        ...{ requestId, route, keyId, features: looks?.features, at: ports.now() },
        choice: { arms: choice.arms, propensities: choice.propensities },
        // What two gave together says nothing of the choice of one.
        chosen: choice.cascade === undefined ? (first?.arm.id ?? "") : "",
        reserved: choice.chosenBy === "guard" ? undefined : reservedOf(choice),
        ...{ judged: new Map(), told: 0, guesses: 0, isNoted: false },
      });
      dropOld();
      const before =
        conversation && looks && again.askedBefore(`${route} ${conversation}`, requestId, looks.features);
      if (before !== undefined)
        judge({
          requestId: before,
          keyId,
          metric: "asked-again",
          quality: 0,
          replaces: false,
          weight: reaskedWeight,
        });
    },
    ended: (ended) => {
      const request = open.get(ended.requestId);
      if (request === undefined) return false;
      const { target, costNanoUsd, broken } = ended;
      const memory = routeOf(request.route);
      const { reserved } = request;
      if (reserved !== undefined)
        memory.settled(costNanoUsd ?? (target === undefined ? 0 : reserved), reserved);
      for (const model of broken) memory.checked(model, false);
      if (target === undefined || !ended.isWhole) open.delete(ended.requestId);
      else answered(request, { ...ended, target }, memory);
      return true;
    },
    judge,
    reevaluate: (route, policy, since) =>
      reevaluate(
        (logs.get(route) ?? []).filter(({ at }) => at >= since),
        policy,
        routeOf(route).state().budgetNanoUsd,
      ),
    forget: (route) => {
      routes.delete(route);
      logs.delete(route);
      for (const [id, request] of open) if (request.route === route) open.delete(id);
    },
  };
}
