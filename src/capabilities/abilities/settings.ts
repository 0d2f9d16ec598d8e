import * as z from "zod";

/** The `abilities` section: what the gateway learns of models by itself. */
export const abilitiesSettings = z
  .strictObject({
    isLearning: z
      .boolean()
      .default(true)
      .describe(
        "Whether a call that a provider refuses for an optional parameter is sent once more without it, and the refusal remembered.",
      ),
    ttlMs: z
      .int()
      .min(1000)
      .max(30 * 86_400_000)
      .default(86_400_000)
      .describe("How long what was learned holds before it is put to the test again."),
  })
  .describe("What models take, as far as the gateway learns it from their refusals.");

export type AbilitiesSettings = z.output<typeof abilitiesSettings>;
