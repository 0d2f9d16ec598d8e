import { z } from "zod";
import { parseDollars } from "../../kernel/dollars.ts";
import { parseMoment } from "./moment.ts";

const dollars = z.union([z.number(), z.string()]).refine((value) => parseDollars(value) !== undefined, {
  error: "is not an amount of US dollars: at least 0 and with at most 9 decimals, such as 0.0375",
});

const usdPerMillion = z
  .strictObject({
    input: dollars.optional().describe("Input that no cache had."),
    output: dollars.optional().describe("Output, reasoning included unless it has a price of its own."),
    cacheRead: dollars
      .optional()
      .describe("Input read from the provider's cache; `input` when absent, marked approximate."),
    cacheWrite5m: dollars.optional().describe("Input written to a cache for 5 minutes."),
    cacheWrite1h: dollars.optional().describe("Input written to a cache for an hour."),
    cacheWriteOther: dollars.optional().describe("Input written to a cache of another lifetime."),
    reasoning: dollars.optional().describe("Output that is reasoning."),
    inputAudio: dollars.optional().describe("Input that is audio."),
    outputAudio: dollars.optional().describe("Output that is audio."),
  })
  .refine((prices) => Object.values(prices).some((price) => price !== undefined), { error: "names no price" })
  .describe("US dollars per million tokens, exact to 9 decimals.");

const date = z.string().refine((text) => parseMoment(text) !== undefined, {
  error: "is not a date such as 2026-11-01 or a moment such as 2026-11-01T08:00:00Z",
});

const row = z
  .strictObject({
    match: z
      .strictObject({
        provider: z.string().min(1).optional().describe("A provider's id; every provider when absent."),
        account: z.string().min(1).optional(),
        region: z.string().min(1).optional(),
        model: z
          .string()
          .min(1)
          .default("*")
          .describe("The upstream's name of the model; `*` stands for any characters."),
        tier: z
          .string()
          .min(1)
          .optional()
          .describe("The service tier the provider says it used: `priority`, `flex`."),
        isBatch: z.boolean().optional(),
        dailyUtc: z
          .strictObject({
            from: z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/),
            until: z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/),
          })
          .optional()
          .describe(
            "Only at these hours of each day, UTC: `from` inclusive, `until` exclusive; may pass midnight.",
          ),
      })
      .describe("What the row is the price of. The most specific row that matches wins."),
    usdPerMillion: usdPerMillion.optional(),
    tiers: z
      .array(z.strictObject({ above: z.number().int().min(0), usdPerMillion }))
      .optional()
      .describe("Other prices for the whole request when its input has more than `above` tokens."),
    multiply: z
      .union([z.string().regex(/^[1-9]\d{0,8}\/[1-9]\d{0,8}$/), z.number().int().min(1)])
      .optional()
      .describe("A factor for the whole cost: `1/2` for a batch discount, `11/10` for a regional surcharge."),
    validFrom: date.optional(),
    validUntil: date.optional().describe("Exclusive."),
    source: z.string().min(1).describe("Where the price is from: `price page 2026-11-01`."),
  })
  .refine((given) => given.usdPerMillion !== undefined || given.multiply !== undefined, {
    error: "needs `usdPerMillion` or `multiply`",
  })
  .refine(
    ({ usdPerMillion: below = {}, tiers = [] }) =>
      tiers.every((tier) => Object.keys(tier.usdPerMillion).every((unit) => unit in below)),
    { error: "has a price in `tiers` that `usdPerMillion` does not have for requests below them" },
  );

/** The `pricing` section of the configuration file. */
export const pricingSettings = z
  .strictObject({
    unknownModel: z
      .enum(["alert", "refuse"])
      .default("alert")
      .describe(
        "A model without a known price: `alert` serves it and says so, `refuse` answers `price_unknown`.",
      ),
    rows: z.array(row).default([]).describe("Prices of your own; they win over those of the catalogue."),
  })
  .describe("What calls cost.");
export type PricingSettings = z.output<typeof pricingSettings>;

/** One price row as a person writes it. The built-in catalogue has the same form. */
export type PriceRow = z.input<typeof row>;

/** Whether a value is a price row as a person writes it. */
export const isPriceRow = (value: unknown): value is PriceRow => row.safeParse(value).success;

/** The first thing that is wrong with rows, in words; `undefined` when nothing is. */
export function faultOfRows(rows: unknown): string | undefined {
  const [issue] = z.array(row).max(rowsMax).safeParse(rows).error?.issues ?? [];
  return issue === undefined
    ? undefined
    : `\`rows${issue.path.map((step) => `[${String(step)}]`).join("")}\`: ${issue.message}`;
}

const rowsMax = 10_000;
