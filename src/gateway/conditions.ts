import {
  type RouteHints,
  type RouteRules,
  type RoutingTable,
  routeFacts,
  type Taken,
  takeCase,
} from "../capabilities/routing/index.ts";
import type { TokenCount } from "../capabilities/token-count/index.ts";
import type { Assigned } from "../exchange/exchange.ts";
import type { DecodedOnce } from "../pipeline/prepare.ts";
import type { Clock } from "../ports/clock.ts";
import type { Condition, Expressions } from "../ports/expressions.ts";
import type { Logger } from "../ports/logger.ts";
import { type Asking, askingOf, factsOf } from "./route-facts.ts";

/** Whose case a request is. Owned by one gateway. */
export interface Conditions {
  /** The case of a request; `undefined`: its route is not conditional. @throws GatewayError as `takeCase` does. */
  readonly take: (
    assigned: Assigned,
    table: RoutingTable,
    asked: {
      readonly hints: RouteHints;
      readonly header: Asking["header"];
      readonly decoded: DecodedOnce;
    },
  ) => Taken | undefined;
  /** The same for a question. */
  readonly takeAsked: (
    rules: RouteRules | undefined,
    hints: RouteHints,
    asking: Omit<Asking, "now">,
  ) => Taken | undefined;
}

/** Conditions of a route, each compiled once, and which of them a fault was told of. */
interface Kept {
  readonly conditions: readonly Condition[];
  readonly told: Set<number>;
}

const faultText = "a condition of a route cannot be told, and counts as false";

export function createConditions(
  { expressions, clock }: { readonly expressions: Expressions; readonly clock: Pick<Clock, "now"> },
  tokenCount: Pick<TokenCount, "estimate">,
  { warn }: Pick<Logger, "warn">,
): Conditions {
  const compiled = new WeakMap<RouteRules, Kept>();
  const keptOf = (rules: RouteRules): Kept => {
    const known = compiled.get(rules) ?? {
      conditions: (rules.cases ?? []).map(({ when }) => conditionOf(when, expressions)),
      told: new Set<number>(),
    };
    compiled.set(rules, known);
    return known;
  };
  const takeAsked: Conditions["takeAsked"] = (rules, hints, asking) => {
    if (rules?.strategy !== "conditional") return undefined;
    const { conditions, told } = keptOf(rules);
    const factOf = factsOf({ ...asking, now: clock.now() });
    return takeCase(rules, hints, (when, index) => {
      const { isTrue, fault } = conditions[index]?.(factOf) ?? { isTrue: false };
      if (fault !== undefined && !told.has(index)) {
        told.add(index);
        warn(faultText, { route: asking.model, case: index + 1, when, fault });
      }
      return isTrue;
    });
  };
  return {
    takeAsked,
    take: (assigned, { routes, pools }, { hints, header, decoded }) => {
      const { model } = assigned.facts;
      const first = pools.get(model)?.[0] ?? { provider: "", model };
      /** Of the whole body, as the first target of its pool would count it. */
      const inputTokens = (): number => tokenCount.estimate(first, assigned.body.byteLength).tokens;
      return takeAsked(routes.get(model), hints, askingOf(assigned, { header, inputTokens }, decoded));
    },
  };
}

/** A configuration with one that does not compile is not taken; where there was none to be checked, it never holds. */
function conditionOf(when: string, expressions: Expressions): Condition {
  const compiled = expressions.compile(when, routeFacts);
  if (compiled.kind === "condition") return compiled.condition;
  return () => ({ isTrue: false, fault: compiled.message });
}
