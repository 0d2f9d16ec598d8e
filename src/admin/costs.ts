import * as z from "zod";
import type { CostsState } from "../gateway/control.ts";
import { count } from "./quantities.ts";

const date = z.string().describe("A UTC day, `2026-11-27`.");
const usd = z.number().min(0).describe("US dollars.");
const bandUsd = usd.nullable().describe("`null`: fewer than seven days are known, too few for a band.");
const unpriced = count.describe("Requests whose price is not known: they are in no figure here.");
const calls = count.describe("Requests whose cost is known.");

const monthEnd = z.strictObject({
  scope: z.string().describe("`all`, `key:ID`, `route:MODEL` or `provider:ID`."),
  name: z.string().nullable().describe("What a key is called."),
  monthToDateUsd: usd,
  calls,
  unpriced,
  p10Usd: bandUsd,
  p50Usd: usd.describe("What the month will have cost at its end: half of the paths cost less."),
  p90Usd: bandUsd,
  thin: z.boolean().describe("Fewer than seven days are known: a straight line."),
});
const spentDay = z.strictObject({ date, spentUsd: usd, calls, unpriced });

export const costForecast = z.strictObject({
  scope: z.string(),
  month: z.string().describe("The calendar month of today, UTC: `2026-11`."),
  monthToDateUsd: usd,
  calls,
  unpriced,
  p10Usd: bandUsd,
  p50Usd: usd,
  p90Usd: bandUsd,
  thin: z.boolean(),
  knownDays: count.describe("Whole days that it was learned from."),
  budgetUsd: usd.nullable().describe("As it was asked."),
  runsOutOn: date
    .nullable()
    .describe("When the median path has used up the budget; `null`: not in this month, or none was given."),
  days: z.array(spentDay).describe("The last 31 days, oldest first; the last is today."),
  ahead: z
    .array(z.strictObject({ date, p10Usd: bandUsd, p50Usd: usd, p90Usd: bandUsd }))
    .describe("What the month will have cost by the end of each day, from today on."),
  scopes: z
    .array(monthEnd)
    .describe("The whole installation, then the 20 that have cost the most this month."),
  scopesTotal: count,
  pools: z
    .array(
      z.strictObject({
        pool: z.string(),
        budgetUsd: usd
          .nullable()
          .describe("Of a request, on average; `null`: not known before the first request."),
        meanUsd: usd
          .nullable()
          .describe("What requests of this month cost on average; `null`: there were none."),
        calls,
        creditUsd: z.number().nullable().describe("What may be spent at once, US dollars."),
        days: z.array(spentDay),
      }),
    )
    .describe("Pools that learn: their budget beside their spend."),
});

/** What `GET /api/gateway/costs/forecast` may be asked. */
export const costQuery = z.strictObject({
  scope: z
    .exactOptional(z.string().min(1).max(220))
    .describe("`all` by default; `key:ID`, `route:MODEL` or `provider:ID`."),
  budgetUsd: z
    .exactOptional(z.coerce.number().gt(0).max(1e12))
    .describe("A budget of the month, US dollars: the answer says when it runs out."),
});

export function shownCosts(
  { forecast, runsOutOn, scopes, scopesTotal, pools }: CostsState,
  budgetUsd: number | undefined,
): z.output<typeof costForecast> {
  const { isThin, days, ahead, ...end } = forecast;
  return {
    ...end,
    thin: isThin,
    budgetUsd: budgetUsd ?? null,
    runsOutOn,
    days: [...days],
    ahead: [...ahead],
    scopes: scopes.map(({ month: _month, isThin: thin, knownDays: _days, ...scope }) => ({ ...scope, thin })),
    scopesTotal,
    pools: pools.map((pool) => ({ ...pool, days: [...pool.days] })),
  };
}
