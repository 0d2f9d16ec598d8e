import * as z from "zod";
import { count, epochMs, nanoUsd } from "./quantities.ts";
import { cost } from "./request-record.ts";
import { modelPrice } from "./upstream-schemas.ts";

/** One row of the price book. */
export const priceRow = z.strictObject({
  match: z
    .strictObject({
      provider: z.string().nullable(),
      account: z.string().nullable(),
      region: z.string().nullable(),
      model: z.string().describe("A glob."),
      tier: z.string().nullable(),
      isBatch: z.boolean().nullable(),
      dailyUtc: z
        .strictObject({ from: count, until: count })
        .nullable()
        .describe("Minutes after midnight UTC."),
    })
    .describe("What it is the price of; `null` matches everything."),
  layer: z.enum(["operator", "catalogue", "base"]),
  source: z.string(),
  validFrom: epochMs.nullable(),
  validUntil: epochMs.nullable(),
  rates: modelPrice.shape.rates.describe("Empty: the row has a factor only."),
  multiply: z.string().nullable().describe("A factor for the whole cost, such as `1/2`."),
});

const drift = z.strictObject({
  provider: z.string(),
  model: z.string(),
  calls: count.describe("The last calls of which the provider told a cost; at most 100."),
  oursNanoUsd: nanoUsd,
  reportedNanoUsd: nanoUsd,
  isAlarming: z.boolean().describe("More than 1 % over 100 calls."),
});

/** The price book as it counts now, and what it does not know. */
export const pricesState = z.strictObject({
  book: z.string().describe("Names the book that counts; each cost names the one it was made by."),
  unknownModel: z.enum(["alert", "refuse"]),
  rows: z.array(priceRow).describe("All rows above the published price list."),
  setRows: z
    .array(z.unknown())
    .describe("Those that were set while the gateway runs, in the form of `pricing.rows`."),
  unpriced: z
    .array(z.strictObject({ provider: z.string(), model: z.string(), calls: count }))
    .describe("Models whose calls had no price since the start, the last first."),
  drift: z.array(drift).describe("Where providers tell what calls cost."),
});

export const wantedPriceRows = z.strictObject({
  rows: z
    .array(z.unknown())
    .describe("In the form of `pricing.rows` of the configuration; they replace all that were set this way."),
});

/** How the cost of one recorded call came about. */
export const priceExplanation = z.strictObject({
  requestId: z.string(),
  model: z.string().nullable(),
  provider: z.string().nullable(),
  upstreamModel: z.string().nullable(),
  cost: cost.nullable().describe("As it was recorded."),
  recomputedNanoUsd: z
    .number()
    .nullable()
    .describe("Its sum made anew from its own lines and factor: the same number, or the record is wrong."),
  reportedNanoUsd: z.number().nullable().describe("What the provider says."),
  now: cost.nullable().describe("What the same usage costs by the book that counts now."),
});
