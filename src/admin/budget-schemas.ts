import * as z from "zod";
import { count, epochMs } from "./quantities.ts";

/** Totals may pass what a JSON number holds: they are texts. */
const total = z
  .string()
  .regex(/^-?\d+$/)
  .describe("10^-9 US dollars.");

export const shownBudget = z.strictObject({
  id: z.string(),
  source: z
    .enum(["file", "set"])
    .describe("`file`: it stands in the configuration; `set`: by this API, and kept."),
  scope: z
    .record(z.string(), z.string())
    .describe("`tenant`, `project`, `user`, `key`, `route`, `model`: all that are named must fit."),
  kind: z.enum(["hard", "soft"]),
  period: z.enum(["day", "week", "month", "quarter", "year", "total"]),
  timeZone: z.string(),
  startDay: count,
  alerts: z.array(z.number()).describe("Per cent of the limit."),
  periodStart: epochMs.describe("0 of a budget for all time."),
  periodEnd: epochMs.nullable().describe("`null`: it never ends."),
  limit: total,
  settled: total,
  reserved: total.describe("Held for calls that have not ended."),
  available: total.describe("limit - settled - reserved; below 0 where more was billed than held."),
  usedRatio: z.number().describe("Settled share of the limit, 0 to 1 and above."),
  told: z.array(z.number()).describe("Thresholds of this period of which somebody was told."),
  runsOutOn: z
    .string()
    .nullable()
    .describe("UTC date on which it is used up by the forecast; `null`: not in this period."),
});
export const budgetList = z.strictObject({ budgets: z.array(shownBudget) });

export const wantedBudget = z
  .looseObject({ limitUsd: z.union([z.number(), z.string()]) })
  .describe("In the form of `budgets.byId.<name>` of the configuration.");

const named = z.string().optional().catch(undefined);
const scope = z.object({ tenant: named, project: named, key: named, user: named }).catch({});

/** Whom a budget would be for, as far as that can be read; what is wrong with it is said where it is set. */
export const wantedScope = (wanted: z.output<typeof wantedBudget>): z.output<typeof scope> =>
  scope.parse(wanted["scope"]);

const entry = z.strictObject({
  id: count,
  request: z.string(),
  attempt: count,
  kind: z.enum(["reserve", "settle", "release", "adjust"]),
  at: epochMs,
  budgets: z.array(z.string()),
  nanoUsd: z.int().describe("10^-9 US dollars."),
  usage: z.strictObject({ input: count, output: count }).nullable().describe("Tokens."),
  priceVersion: z.string().nullable(),
  estimated: z.boolean(),
});
export const ledgerPage = z.strictObject({
  entries: z.array(entry).describe("Newest first."),
  next: count.nullable().describe("`before` of the next page; `null`: that was the last."),
});

export const ledgerQuery = z.object({
  before: z.coerce.number().int().min(1).optional().describe("Only entries before this id, for paging."),
  limit: z.coerce.number().int().min(1).max(500).default(100),
});
