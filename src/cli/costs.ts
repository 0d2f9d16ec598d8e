import { components } from "../admin/schemas.ts";
import { requireClient } from "./admin-client.ts";
import { commandLines } from "./command-lines.ts";
import { dataDirectory } from "./data-directory.ts";
import { readOptions, UsageError } from "./options.ts";
import type { World } from "./world.ts";

/** `sallyport costs`: what the month has cost, and will have cost at its end. */
export async function costs(args: readonly string[], world: World): Promise<number> {
  const { values } = readOptions(args, commandLines.costs);
  const { scope, budget, json } = values;
  if (budget !== undefined && !(Number(budget) > 0 && Number.isFinite(Number(budget))))
    throw new UsageError(`\`--budget\` takes US dollars, a number above 0, not \`${budget}\``);
  const query = new URLSearchParams({
    ...(scope === undefined ? {} : { scope }),
    ...(budget === undefined ? {} : { budgetUsd: budget }),
  }).toString();
  const client = requireClient(dataDirectory({ named: values["data-dir"] }, world));
  const told = await client.call("GET", `/costs/forecast${query === "" ? "" : `?${query}`}`);
  const forecast = components.CostForecast.parse(told);
  world.stdout(json === true ? `${JSON.stringify(forecast)}\n` : printCosts(forecast));
  return 0;
}

type Forecast = ReturnType<typeof components.CostForecast.parse>;
type MonthEnd = Pick<Forecast, "monthToDateUsd" | "p10Usd" | "p50Usd" | "p90Usd">;

/**
 * A forecast for people to read:
 *
 *     all, 2026-11: $12.50 so far, $36.00 at the end of the month ($30.00 to $44.50 in eight of ten)
 *     A budget of $30.00 runs out on 2026-11-20.
 *
 *     all                $12.50 -> $36.00 ($30.00 to $44.50)
 *     key:key_1 (first)  $2.00 -> $8.00
 */
export function printCosts(forecast: Forecast): string {
  const { scope, month, unpriced, thin, budgetUsd, runsOutOn, scopes, scopesTotal, pools } = forecast;
  const named = scopes.map(
    (one) => [one.name === null ? one.scope : `${one.scope} (${one.name})`, one] as const,
  );
  const width = Math.max(0, ...named.map(([name]) => name.length));
  const more = scopesTotal - scopes.length;
  return [
    `${scope}, ${month}: ${usd(forecast.monthToDateUsd)} so far, ${usd(forecast.p50Usd)} at the end of the month${bandOf(forecast, " in eight of ten")}\n`,
    thin ? "Fewer than seven days are known: it is taken to go on as it has on average.\n" : "",
    unpriced === 0 ? "" : `${unpriced} requests of unknown price are in no figure.\n`,
    budgetUsd === null ? "" : `A budget of ${usd(budgetUsd)} ${runsOut(runsOutOn)}.\n`,
    "\n",
    ...named.map(
      ([name, one]) =>
        `${name.padEnd(width)}  ${usd(one.monthToDateUsd)} -> ${usd(one.p50Usd)}${bandOf(one, "")}\n`,
    ),
    more > 0 ? `and ${more} that have cost less\n` : "",
    ...pools.map(
      ({ pool, budgetUsd: budget, meanUsd, calls }) =>
        `pool ${pool}: ${budget === null ? "what a request may cost is not known yet" : `${usd(budget)} a request may be spent`}, ${meanUsd === null ? "none was sent" : `${usd(meanUsd)} was, on ${calls}`}\n`,
    ),
  ].join("");
}

const runsOut = (date: string | null): string =>
  date === null ? "is not used up this month" : `runs out on ${date}`;

const bandOf = ({ p10Usd, p90Usd }: MonthEnd, of: string): string =>
  p10Usd === null || p90Usd === null ? "" : ` (${usd(p10Usd)} to ${usd(p90Usd)}${of})`;

/** Cents from a dollar on, else three digits. */
function usd(dollars: number): string {
  if (dollars >= 1 || dollars < 1e-9) return `$${dollars.toFixed(2)}`;
  return `$${Number(dollars.toPrecision(3)).toFixed(9).replace(/0+$/, "")}`;
}
