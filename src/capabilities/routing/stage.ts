import type { Decision, Expectation, RefusedTarget } from "../../exchange/decision.ts";
import { type ClientDialect, purposeOf } from "../../exchange/dialect.ts";
import type { Assigned, Planned } from "../../exchange/exchange.ts";
import type { OneOfEach } from "../../exchange/identity.ts";
import type { MisfitOf } from "../../exchange/misfit.ts";
import type { Residency } from "../../exchange/permit.ts";
import type { Candidate, Target, Upstream } from "../../exchange/target.ts";
import { GatewayError } from "../../kernel/errors.ts";
import { nearestNames } from "../../kernel/nearest.ts";
import { allowedOf } from "./auto.ts";
import { type Taken, usedOf, withCase } from "./conditional.ts";
import { type Decided, decide } from "./decide.ts";
import { thatFit } from "./filters.ts";
import { narrowed, type RouteHints, usual } from "./hints.ts";
import type { LearnedRank } from "./learner.ts";
import type { Choosable } from "./rank.ts";
import type { RouteRules, RoutingTable, TargetRef } from "./shapes.ts";
import { resolveModel } from "./table.ts";

/** Whether a key with these globs may see `name`: identity's rule, handed in by the gateway. */
export type MayUse = (models: OneOfEach, name: string) => boolean;

/** Where the content of a request may go. */
export interface Bounds {
  readonly residency: Residency;
  /** Why a target may not be sent it; `isAsked`: by the request's own wish alone; `isPolicy`: by a policy. `undefined`: it may. */
  readonly refusalOf: (
    target: Upstream,
  ) => { readonly detail: string; readonly isAsked: boolean; readonly isPolicy: boolean } | undefined;
  /** Less is nearer, and asked first within its tier; absent: it does not count. */
  readonly nearnessOf?: (target: Upstream) => number;
}

/** What is expected of a target, and what its provider asks for a million tokens, US dollars. */
export type Expected = Expectation &
  Pick<Choosable, "price" | "qualityLow" | "kept"> & {
    /** From judged answers: then the operator's word counts no more. */
    readonly isQualityLearned?: boolean;
  };

/** What a choice among several targets needs to know. */
export interface Chooser {
  readonly misfitOf: MisfitOf;
  readonly expect: (target: Target) => Expected;
  readonly random: () => number;
  /** The turns of one pool. */
  readonly turnsOf: (pool: string) => Map<string, number>;
  /** For a pool that learns; absent: nothing is remembered. */
  readonly learned?: LearnedRank | undefined;
  /** Who served the same before, `provider/model`. */
  readonly kept?: string | undefined;
  /** Of a conditional route; absent: it is none. */
  readonly taken?: Taken | undefined;
  /** What the request itself asks for; it can only narrow. */
  readonly hints: RouteHints;
  readonly bounds: Bounds;
}

/** Door 6: the candidates of this request, best first. */
export function plan(assigned: Assigned, table: RoutingTable, mayUse: MayUse, chooser: Chooser): Planned {
  const { model } = assigned.facts;
  const resolution = resolveModel(table, model);
  if (resolution.kind === "unknown") throw unknownModel(assigned, resolution.known, mayUse);
  const { models } = assigned.constraints;
  const targets = table.virtual.has(model)
    ? allowedOf(resolution.targets, table, (name) => mayUse(models, name))
    : resolution.targets;
  const found = targets.flatMap((reference) => {
    const target = table.providers.get(reference.provider)?.targetOf(reference.model);
    const candidate = target === undefined ? undefined : candidateOf(target, assigned.route.codec.dialect);
    return candidate === undefined ? [] : [{ reference, target: candidate.target, candidate }];
  });
  const { taken } = chooser;
  const { within: allowed, outside } = withinBounds(model, usedOf(found, taken), chooser.bounds);
  const within = nearestFirst(allowed, chooser.bounds);
  const rules = taken?.rules ?? narrowed(table.routes.get(model), chooser.hints);
  const { candidates, refused: unfit, decision } = inOrder(model, within, chooser, rules);
  const refused = [...outside, ...unfit];
  const [first, ...others] = candidates;
  if (first === undefined) {
    throw new GatewayError("no_eligible_upstream", `no endpoint for ${model}`, {
      message: `No provider of \`${model}\` has an endpoint that this request can be sent to.`,
    });
  }
  return {
    ...assigned,
    residency: chooser.bounds.residency,
    plan: {
      candidates: [first, ...others],
      // What a decision refuses it tells itself.
      reason: `${resolution.reason}${(decision === undefined ? refused : outside).map(inWords).join("")}`,
      ...(decision === undefined
        ? {}
        : { decision: { ...withCase(decision, taken), refused }, isExposed: rules?.expose === "full" }),
    },
  };
}

/** What is nearer makes a tier of its own before what is farther, inside each of the operator's tiers. */
function nearestFirst<Some extends Found>(
  found: readonly Some[],
  { nearnessOf }: Pick<Bounds, "nearnessOf">,
): readonly Some[] {
  if (nearnessOf === undefined) return found;
  const ordered = found
    .map((one) => ({ one, tier: one.reference.tier ?? 0, nearness: nearnessOf(one.target) }))
    .toSorted((left, right) => left.tier - right.tier || left.nearness - right.nearness);
  let tier = 0;
  return ordered.map(({ one, ...place }, index) => {
    const before = ordered[index - 1];
    if (before !== undefined && (before.tier !== place.tier || before.nearness !== place.nearness)) tier += 1;
    return { ...one, reference: { ...one.reference, tier } };
  });
}

const inWords = ({ provider, model, detail }: RefusedTarget): string =>
  `; not ${provider}/${model}: ${detail}`;

/**
 * The targets that a request may be sent to, and those that it may not: no health, price or failure ever widens this.
 *
 * @throws GatewayError where that leaves nobody: `policy_denied` where policies deny each, `constraints_unsatisfiable` by the
 * request's own wish, else
 * `no_eligible_upstream`.
 */
export function withinBounds<Some extends { readonly target: Upstream }>(
  name: string,
  found: readonly Some[],
  { refusalOf }: Bounds,
): { readonly within: readonly Some[]; readonly outside: readonly RefusedTarget[] } {
  const within: Some[] = [];
  const outside: (RefusedTarget & { readonly isAsked: boolean; readonly isPolicy: boolean })[] = [];
  for (const one of found) {
    const refusal = refusalOf(one.target);
    const { provider, model } = one.target;
    if (refusal === undefined) within.push(one);
    else outside.push({ provider, model, by: "residency", ...refusal });
  }
  if (within.length > 0 || outside.length === 0)
    return {
      within,
      outside: outside.map(({ isAsked: _isAsked, isPolicy: _isPolicy, ...refused }) => refused),
    };
  const why = outside.map(({ provider, model, detail }) => `${provider}/${model}: ${detail}`).join("; ");
  if (outside.every(({ isPolicy }) => isPolicy))
    throw new GatewayError("policy_denied", why, {
      message: `Policies deny every target of \`${name}\`. ${why}.`,
    });
  const code = outside.some(({ isAsked }) => isAsked) ? "constraints_unsatisfiable" : "no_eligible_upstream";
  const message = `No target of \`${name}\` is where the content of this request may be. ${why}.`;
  throw new GatewayError(code, why, { message });
}

const hopeful = 0.9;

/** A target, and the name that led to it. */
interface Found {
  readonly reference: TargetRef;
  readonly target: Target;
}

/**
 * Who is asked, in this order: by the rules of the pool, or, without any, whoever of the list can serve the request.
 *
 * @throws GatewayError when nobody is left, by why that is.
 */
function inOrder(
  pool: string,
  found: readonly (Found & { readonly candidate: Candidate })[],
  chooser: Chooser,
  rules: RouteRules | undefined,
): {
  readonly candidates: readonly Candidate[];
  readonly refused: readonly RefusedTarget[];
  readonly decision?: Decision;
} {
  if (rules !== undefined && found.length > 0) {
    const { order, decision } = decideRoute(pool, found, rules, chooser);
    const candidates = order.map(({ candidate, tier }) => ({ ...candidate, tier }));
    return { candidates, refused: decision.refused, decision };
  }
  const { misfitOf } = chooser;
  const held = found.map((one) => ({ ...one.reference, one, misfit: misfitOf(one.target) }));
  const { feasible, refused } = thatFit(held);
  if (feasible.length === 0 && refused.length > 0)
    throw nobodyLeft(pool, held, { refused, nearest: undefined });
  return { candidates: inTiers(feasible.map(({ one }) => one)), refused };
}

/**
 * The targets of a pool in the order in which they are to be asked, and why.
 *
 * @throws GatewayError when nobody is left, by why that is.
 */
export function decideRoute<Some extends Found>(
  pool: string,
  found: readonly Some[],
  rules: RouteRules = usual,
  { expect, misfitOf, random, turnsOf, learned, kept }: Omit<Chooser, "hints" | "bounds">,
): { readonly order: readonly (Some & { readonly tier: number })[]; readonly decision: Decision } {
  const expected = found.map((one) => ({ one, figures: expect(one.target) }));
  // Who has never been asked is taken to be a little quicker than the quickest: so it is asked.
  const quickest =
    hopeful *
    Math.min(...expected.flatMap(({ figures }) => (figures.answers > 0 ? [figures.latencyMs] : [])));
  const choosable = expected.map(({ one, figures }) => ({
    ...figures,
    ...(figures.answers === 0 && quickest < figures.latencyMs ? { latencyMs: quickest } : {}),
    quality: figures.isQualityLearned === true ? figures.quality : (one.reference.quality ?? figures.quality),
    name: `${one.reference.provider}/${one.reference.model}`,
    provider: one.reference.provider,
    model: one.reference.model,
    tier: one.reference.tier ?? 0,
    weight: one.reference.weight ?? 1,
    misfit: misfitOf(one.target),
    one,
  }));
  const decided = decide(choosable, rules, { random, turns: turnsOf(pool), learned, kept });
  if (decided.kind === "nobody") throw nobodyLeft(pool, choosable, decided);
  // Where the order is the operator's, each is a tier of its own.
  const isOrdered = rules.strategy === "priority";
  return {
    order: decided.order.map(({ one, tier }, index) => ({ ...one, tier: isOrdered ? index : tier })),
    decision: decided.decision,
  };
}

/**
 * What cannot be asked of any of the models is told by the first of them; what only the request's own limits forbid is
 * for the client to change, all else for the operator.
 */
function nobodyLeft(
  pool: string,
  targets: readonly Pick<Choosable, "misfit">[],
  { refused, nearest }: Omit<Extract<Decided<unknown>, { kind: "nobody" }>, "kind">,
): GatewayError {
  const [first] = targets;
  if (first?.misfit !== undefined && targets.every(({ misfit }) => misfit !== undefined))
    return first.misfit.error;
  const why = refused
    .map(({ provider, model, by, detail }) => `${provider}/${model}: ${by} (${detail})`)
    .join("; ");
  const hint = nearest === undefined || nearest === "" ? "" : ` The nearest that would do: ${nearest}.`;
  const message = `No target of \`${pool}\` is within the limits of this request. ${why}.${hint}`;
  const code = nearest === undefined ? "no_eligible_upstream" : "constraints_unsatisfiable";
  return new GatewayError(code, why, { message });
}

/** One model at several providers, side by side in the list, is one tier: there the next is as good as the one before. */
function inTiers(found: readonly (Found & { readonly candidate: Candidate })[]): readonly Candidate[] {
  if (found.length === 1) return found.map(({ candidate }) => candidate);
  let tier = 0;
  return found.map(({ candidate, reference }, index) => {
    const before = found[index - 1];
    const isOther =
      before?.target.model !== candidate.target.model || before.reference.tier !== reference.tier;
    if (before !== undefined && isOther) tier += 1;
    return { ...candidate, tier };
  });
}

/** How clients of one dialect reach a target; `undefined` where it has nothing for their purpose. */
export function candidateOf(target: Target, dialect: ClientDialect): Candidate | undefined {
  const fitting = target.endpoints.filter(({ codec }) => purposeOf(codec.dialect) === purposeOf(dialect));
  const own = fitting.find(({ codec }) => codec.dialect === dialect);
  if (own !== undefined) return { target, endpoint: own, lane: "bytes" };
  const [other] = fitting;
  return other === undefined ? undefined : { target, endpoint: other, lane: "canonical" };
}

function unknownModel(assigned: Assigned, known: readonly string[], mayUse: MayUse): GatewayError {
  const { model } = assigned.facts;
  const allowed = known.filter((name) => mayUse(assigned.constraints.models, name));
  const near = nearestNames(model, allowed);
  const hint =
    near.length === 0
      ? "`GET /v1/models` lists what this key may use."
      : `Did you mean ${near.map((name) => `\`${name}\``).join(", ")}?`;
  return new GatewayError("model_not_found", `unknown model ${model}`, {
    message: `The model \`${model}\` does not exist or this key may not use it. ${hint}`,
    param: "model",
  });
}
