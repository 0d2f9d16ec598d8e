import * as z from "zod";

/** The `stream` section: how streams are looked after. */
export const streamSettings = z
  .strictObject({
    verify: z
      .boolean()
      .default(false)
      .describe(
        "Whether each stream is held against the grammar of its client's dialect on its way; faults are logged and counted, nothing is kept back.",
      ),
  })
  .describe("Streamed answers.");

export type StreamSettings = z.output<typeof streamSettings>;
