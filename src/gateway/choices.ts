import { mayUse } from "../capabilities/identity/index.ts";
import {
  decideRoute,
  narrowed,
  plan,
  readHints,
  resolveModel,
  strategyNamed,
} from "../capabilities/routing/index.ts";
import type { TokenCount } from "../capabilities/token-count/index.ts";
import type { Decision } from "../exchange/decision.ts";
import { GatewayError } from "../kernel/errors.ts";
import { nearestNames } from "../kernel/nearest.ts";
import { uniformOf } from "../kernel/uniform.ts";
import type { Doors } from "../pipeline/handle.ts";
import type { Clock } from "../ports/clock.ts";
import type { Random } from "../ports/random.ts";
import { decisionText } from "./decision-text.ts";
import { createExpectations, type Expectations } from "./expectations.ts";
import type { RouteState, RoutingControl, WantedDecision } from "./route-control.ts";
import type { Snapshot } from "./snapshot.ts";

/** Door 6 with all that it knows, learns and has decided. Owned by one gateway. */
export interface Choices {
  readonly door: Doors<Snapshot>["plan"];
  readonly settled: Expectations["settled"];
  readonly control: RoutingControl;
}

const decisionsMax = 50;

export function createChoices(
  { clock, random }: { readonly clock: Clock; readonly random: Random },
  snapshot: () => Snapshot,
  tokenCount: Pick<TokenCount, "estimate">,
): Choices {
  const expectations = createExpectations(clock, tokenCount);
  const last = new Map<string, RouteState["decisions"]>();
  const turns = new Map<string, Map<string, number>>();
  const uniform = (): number => uniformOf(random.bytes);
  /** Only pools have turns: they are the configuration's, and few; other names are the clients'. */
  const turnsOf = (pool: string): Map<string, number> => {
    const known = turns.get(pool) ?? new Map<string, number>();
    if (snapshot().table.pools.has(pool)) turns.set(pool, known);
    return known;
  };
  const note = (pool: string, requestId: string, decision: Decision): void => {
    const noted = { ...decision, requestId, at: clock.now() };
    last.set(pool, [noted, ...(last.get(pool) ?? [])].slice(0, decisionsMax));
  };
  return {
    settled: expectations.settled,
    door: (assigned, inbound, trail) => {
      const { table, rateCard } = trail.snapshot;
      const { isStream, outputTokensMax, model } = assigned.facts;
      const asked = { prompt: { bytes: assigned.body.byteLength }, isStream, outputTokensMax };
      const planned = plan(assigned, table, mayUse, {
        expect: (target) => expectations.expect(target, asked, rateCard),
        random: uniform,
        turnsOf,
        hints: readHints(inbound.header),
      });
      const { reason, decision, candidates } = planned.plan;
      if (decision !== undefined && table.routes.has(model)) note(model, trail.id, decision);
      const [first, ...others] = candidates.map(({ target }) => target.provider);
      const after = others.length === 0 ? "" : `, then ${others.join(", ")}`;
      const why = decision === undefined ? "" : `; ${decisionText(decision)}`;
      trail.stages.record("plan", "route", `${reason}: \`${first}\`${after}${why}`);
      return planned;
    },
    control: {
      routes: () =>
        [...snapshot().table.routes].map(([name, rules]) => ({
          name,
          rules,
          decisions: last.get(name) ?? [],
        })),
      decide: (wanted) => decideOnly(wanted, snapshot(), { expectations, random: uniform }),
    },
  };
}

/** The code of the door, without a request and without a trace. */
function decideOnly(
  wanted: WantedDecision,
  { table, rateCard }: Snapshot,
  { expectations, random }: { readonly expectations: Expectations; readonly random: () => number },
): ReturnType<RoutingControl["decide"]> {
  const { model, maxCostUsd, maxLatencyMs } = wanted;
  const resolution = resolveModel(table, model);
  if (resolution.kind === "unknown") throw unknown(model, resolution.known);
  const strategy = wanted.strategy === undefined ? undefined : strategyNamed(wanted.strategy);
  if (wanted.strategy !== undefined && strategy === undefined) {
    const message = `\`${wanted.strategy}\` is no strategy.`;
    throw new GatewayError("malformed_request", message, { message, param: "strategy" });
  }
  const rules = narrowed(table.routes.get(model), { strategy, maxCostUsd, maxLatencyMs });
  const { isStream, outputTokensMax, inputTokens } = wanted;
  const asked = { prompt: { tokens: inputTokens }, isStream, outputTokensMax };
  const targets = resolution.targets.flatMap((reference) => {
    const target = table.providers.get(reference.provider)?.targetOf(reference.model);
    return target === undefined ? [] : [{ reference, target }];
  });
  const { decision } = decideRoute(model, targets, rules, {
    expect: (target) => expectations.expect(target, asked, rateCard),
    random,
    // A question takes nobody's turn.
    turnsOf: () => new Map(),
  });
  return { ...decision, reason: `${resolution.reason}; ${decisionText(decision)}` };
}

function unknown(model: string, known: readonly string[]): GatewayError {
  const near = nearestNames(model, known);
  const hint = near.length === 0 ? "" : ` Did you mean ${near.map((name) => `\`${name}\``).join(", ")}?`;
  const message = `There is no model \`${model}\`.${hint}`;
  return new GatewayError("model_not_found", message, { message, param: "model_type" });
}
