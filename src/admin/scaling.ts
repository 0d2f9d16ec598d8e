import * as z from "zod";
import type { Control } from "../gateway/control.ts";
import { count, spanMs } from "./quantities.ts";

const rate = z.number().min(0).nullable();

export const scalingState = z.strictObject({
  pools: z.array(
    z.strictObject({
      pool: z.string(),
      desired: count.describe("Replicas that are advised now."),
      reactive: count.describe("Replicas that are needed by what there is now."),
      rate: rate.describe(
        "Tokens a second in the last window, a prompt's counting a fiftieth; `null`: not known.",
      ),
      upper: rate.describe("What demand is not above when a replica that is wished for now serves."),
      basis: z.enum(["reactive", "forecast"]).describe("`reactive`: less than two days are known."),
      windows: count.describe("Windows that are known."),
      shortfalls: count.describe("Windows with more demand than was advised for."),
      horizon_ms: spanMs.describe("So far ahead is looked."),
    }),
  ),
});

export function shownScaling(demand: ReturnType<Control["demand"]>): z.output<typeof scalingState> {
  return {
    pools: [...demand].map(
      ([pool, { advised, reactive, rate: now, upper, basis, windows, shortfalls, horizonMs }]) => ({
        pool,
        desired: advised,
        reactive,
        rate: now,
        upper,
        basis,
        windows,
        shortfalls,
        horizon_ms: horizonMs,
      }),
    ),
  };
}
