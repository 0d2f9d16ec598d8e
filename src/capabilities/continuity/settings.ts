import * as z from "zod";

/** The `continuity` section: how the reasoning state of providers survives clients of other dialects. */
export const continuitySettings = z
  .strictObject({
    memoryBytesMax: z
      .int()
      .min(0)
      .default(128 * 1024 ** 2)
      .describe(
        "Memory for the reasoning state of tool calls whose clients do not bring it back, in bytes; 0: none is kept.",
      ),
    memoryTtlMs: z
      .int()
      .min(1000)
      .max(7 * 86_400_000)
      .default(86_400_000)
      .describe("How long such state is kept."),
  })
  .describe("Reasoning state (thinking signatures, encrypted reasoning) across turns and dialects.");

export type ContinuitySettings = z.output<typeof continuitySettings>;
