import * as z from "zod";

/** The `overload` section: how much this process takes on at once. */
export const overloadSettings = z
  .strictObject({
    inFlightMax: z
      .int()
      .min(1)
      .max(1_000_000)
      .default(10_000)
      .describe(
        "Requests that may be inside at once, streams included; one more is refused with `overloaded`.",
      ),
  })
  .describe("When this process refuses work so that the work it has goes on.");

export type OverloadSettings = z.output<typeof overloadSettings>;
