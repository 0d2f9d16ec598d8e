import * as z from "zod";
import { parseDollars } from "../../kernel/dollars.ts";
import { Secret } from "../../kernel/secret.ts";
import { periods } from "./period.ts";
import { isZone } from "./zone.ts";

/** Above it SQLite's 64-bit integers would end: 9 thousand million dollars. */
const limitNanoUsdMax = 9_000_000_000_000_000_000n;

const name = z.string().min(1).max(200);
const limit = z.union([z.number(), z.string().max(40)]).refine(
  (written) => {
    const nanoUsd = parseDollars(written);
    return nanoUsd !== undefined && nanoUsd <= limitNanoUsdMax;
  },
  {
    error:
      "is not an amount of US dollars: at least 0, with at most 9 decimals and at most 9 thousand million",
  },
);

/** One budget as a person writes it. */
export const budgetRules = z
  .strictObject({
    scope: z
      .strictObject({
        tenant: name.exactOptional().describe("A tenant's id."),
        project: name.exactOptional().describe("A project's id."),
        user: name.exactOptional().describe("The person behind it."),
        key: name.exactOptional().describe("A key's id."),
        route: name.exactOptional().describe("A route's id."),
        model: name.exactOptional().describe("As the client names it."),
      })
      .default({})
      .describe(
        "Whose calls count: those that match all that is named, `*` standing for any characters; all calls when nothing is.",
      ),
    limitUsd: limit.describe("US dollars a period, exact to 9 decimals."),
    period: z.enum(periods).default("month").describe("How long until it begins anew; `total`: never."),
    timeZone: z
      .string()
      .max(100)
      .refine(isZone, { error: "is no zone of the IANA database, such as Europe/Berlin" })
      .default("UTC")
      .describe("Periods begin at its midnights."),
    startDay: z
      .int()
      .min(1)
      .max(31)
      .default(1)
      .describe(
        "Of a week 1 (Monday) to 7; else the day of the month, and the last one of a month that is shorter.",
      ),
    kind: z
      .enum(["hard", "soft"])
      .default("hard")
      .describe("`hard` refuses what it could not pay; `soft` only counts and tells."),
    alerts: z
      .array(z.number().gt(0).max(1000))
      .max(10)
      .default([50, 80, 100])
      .describe("Per cent of the limit at which somebody is told, once in each period."),
  })
  .refine(({ period, startDay }) => period !== "week" || startDay <= 7, {
    path: ["startDay"],
    error: "must be 1 to 7 for a week",
  });
export type BudgetRules = z.output<typeof budgetRules>;

/** The name of a budget. */
export const budgetId = z.string().regex(/^[a-z0-9][a-z0-9._-]{0,63}$/, {
  error: "must be lower-case letters, digits, `.`, `_` or `-`, 64 at most",
});

/** The `budgets` section. */
export const budgetSettings = z
  .strictObject({
    byId: z.record(budgetId, budgetRules).default({}).describe("Each by its name."),
    unknownWorstCaseUsd: z
      .number()
      .gt(0)
      .max(1000)
      .default(0.25)
      .describe(
        "What is reserved where nobody knows the most a call may cost: no bound on its answer, the raw lane, a response of a realtime session.",
      ),
    waitMs: z
      .int()
      .min(10)
      .max(10_000)
      .default(2000)
      .describe("How long a call waits until the ledger holds its reservation, where no slice covers it."),
    webhook: z
      .exactOptional(
        z.strictObject({
          url: z.url({ protocol: /^https?$/ }).describe("Where to."),
          keyId: z
            .string()
            .regex(/^[\x21-\x7e]{1,100}$/, "must be visible ASCII without spaces")
            .default("sallyport-budgets")
            .describe("Told in `x-sallyport-key-id`: which secret it was."),
          secret: z
            .string()
            .min(16)
            .max(65_536)
            .transform((text) => new Secret(text))
            .meta({ writeOnly: true })
            .describe("Signs it, by `sallyport-hmac-v1`."),
        }),
      )
      .describe(
        "Each alert is sent there, `POST {budget, period, threshold, settledUsd, limitUsd, at}`, and again for 24 hours until it answers 2xx.",
      ),
  })
  .describe("How much money may be spent, by whom, in which time.");
export type BudgetSettings = z.output<typeof budgetSettings>;

/** Bounds that nothing may be set of. */
export const budgetBounds = {
  /** A slice is at most this share of what is left, and this much. */
  sliceShare: 20n,
  sliceNanoUsdMax: 1_000_000_000n,
  /** A slice that nobody drew on for so long goes back. */
  sliceIdleMs: 10_000,
  /** Entries that wait for the store; above it nothing more is reserved. */
  pendingMax: 100_000,
  /** The ledger is written at most so long after an entry. */
  groupMs: 10,
} as const;
