import * as z from "zod";

const gibibyte = 1024 ** 3;

/** The `log` section: how long requests are remembered. */
export const telemetrySettings = z
  .strictObject({
    retention: z
      .strictObject({
        days: z.int().min(1).max(3650).default(30).describe("Whole days that requests are kept."),
        bytes: z
          .int()
          .min(1024 ** 2)
          .default(5 * gibibyte)
          .describe("Size on disk above which the oldest day goes first, in bytes or as `5 GiB`."),
      })
      .prefault({})
      .describe("What is forgotten, and when. Whichever bound is reached first counts."),
    flushIntervalMs: z
      .int()
      .min(10)
      .max(60_000)
      .default(100)
      .describe(
        "Longest time a finished request waits in memory before it is on disk; a kill loses at most this much.",
      ),
  })
  .describe("The request log.");

export type TelemetrySettings = z.output<typeof telemetrySettings>;
