import {
  type CostForecast,
  type CostForecaster,
  createCostForecaster,
  type MonthEnd,
  runsOutOn,
  type SpentDay,
  wholeInstallation,
} from "../capabilities/cost-forecast/index.ts";
import { GatewayError } from "../kernel/errors.ts";
import { nearestNames } from "../kernel/nearest.ts";
import { minutes } from "../kernel/units.ts";
import type { Clock } from "../ports/clock.ts";
import type { Timer } from "../ports/timer.ts";
import type { RouteState } from "./route-control.ts";

/** What a pool that learns may spend on a request, and what it has spent. US dollars. */
export interface PoolSpend {
  readonly pool: string;
  /** Of a request, on average; `null`: not known before the first request. */
  readonly budgetUsd: number | null;
  /** What requests of this month cost on average; `null`: there were none whose price is known. */
  readonly meanUsd: number | null;
  /** Of this month, of known cost. */
  readonly calls: number;
  /** What may be spent at once; `null` as above. */
  readonly creditUsd: number | null;
  readonly days: readonly SpentDay[];
}

/** One scope and its month, and the others beside it. */
export interface CostsState {
  readonly forecast: CostForecast;
  /** When a budget is used up; `null`: not in this month, or none was given. */
  readonly runsOutOn: string | null;
  /** The whole installation, then the scopes that have cost the most. `name`: of a key. */
  readonly scopes: readonly (MonthEnd & { readonly name: string | null })[];
  readonly scopesTotal: number;
  /** The pools that learn. */
  readonly pools: readonly PoolSpend[];
}

/** Keys have names; their list is asked for nothing else. */
interface NamedKeys {
  readonly directory: () => { readonly byId: ReadonlyMap<string, { readonly name: string }> };
}

export interface CostControl {
  /**
   * @param asked A scope, the whole installation where there is none; `budgetUsd` of its month.
   * @throws GatewayError `malformed_request` for a scope of which nothing is known.
   */
  readonly forecast: (asked: {
    readonly scope?: string | undefined;
    readonly budgetUsd?: number | undefined;
  }) => CostsState;
}

const scopesListed = 20;
const nanoPerUsd = 1e9;

/** What is spent, and will have been by the end of the month. */
export function createCosts(
  { clock, timer, keys }: { readonly clock: Clock; readonly timer: Timer; readonly keys: NamedKeys },
  routes: () => readonly RouteState[],
): { readonly forecaster: CostForecaster; readonly control: CostControl } {
  const forecaster = createCostForecaster(clock.now());
  timer.every(minutes(1), () => forecaster.isUp(clock.now()));
  return {
    forecaster,
    control: {
      forecast: ({ scope = wholeInstallation, budgetUsd }) => {
        const now = clock.now();
        const forecast = forecaster.forecast(scope, now) ?? unknownScope(scope, forecaster.scopes());
        const names = new Map([...keys.directory().byId].map(([id, { name }]) => [`key:${id}`, name]));
        return {
          forecast,
          runsOutOn: budgetUsd === undefined ? null : runsOutOn(forecast, budgetUsd),
          scopes: forecaster
            .dearest(scopesListed, now)
            .map((end) => ({ ...end, name: names.get(end.scope) ?? null })),
          scopesTotal: forecaster.scopes().length,
          pools: routes().flatMap((route) =>
            poolSpend(route, forecast.month, forecaster.days(`route:${route.name}`, now)),
          ),
        };
      },
    },
  };
}

function poolSpend(
  { name, learned }: RouteState,
  month: string,
  days: readonly SpentDay[],
): readonly PoolSpend[] {
  if (learned === undefined) return [];
  const hasBudget = learned.budgetNanoUsd > 0;
  const ofMonth = days.filter(({ date }) => date.startsWith(month));
  const calls = ofMonth.reduce((total, day) => total + day.calls, 0);
  const spentUsd = ofMonth.reduce((total, day) => total + day.spentUsd, 0);
  return [
    {
      pool: name,
      budgetUsd: hasBudget ? learned.budgetNanoUsd / nanoPerUsd : null,
      meanUsd: calls === 0 ? null : spentUsd / calls,
      calls,
      creditUsd: hasBudget ? learned.creditNanoUsd / nanoPerUsd : null,
      days,
    },
  ];
}

function unknownScope(wanted: string, scopes: readonly string[]): never {
  const bare = scopes.filter((scope) => scope.slice(scope.indexOf(":") + 1) === wanted);
  const near = [...new Set([...bare, ...nearestNames(wanted, scopes)])].slice(0, 3);
  const hint = near.length === 0 ? "" : ` Did you mean ${near.map((name) => `\`${name}\``).join(" or ")}?`;
  const message = `Nothing was spent in the scope \`${wanted}\`: a scope is \`all\`, \`key:ID\`, \`route:MODEL\` or \`provider:ID\`.${hint}`;
  throw new GatewayError("malformed_request", `no spend of ${wanted}`, { message, param: "scope" });
}
