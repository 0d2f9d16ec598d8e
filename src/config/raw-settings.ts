import * as z from "zod";

/** The `raw` section: the lane through which every endpoint of a provider is reachable as it is. */
export const rawSettings = z
  .strictObject({
    isEnabled: z.boolean().default(true).describe("Whether `/p/{provider}/...` is served."),
    unmetered: z
      .enum(["allow", "refuse"])
      .default("allow")
      .describe(
        "What becomes of calls whose usage the gateway cannot read: `allow` passes and declares them, `refuse` closes such paths.",
      ),
    bodyBytesMax: z
      .int()
      .min(1024)
      .default(512 * 1024 ** 2)
      .describe("Body of a request on this lane, in bytes; it is passed on in pieces and never held whole."),
  })
  .describe("The raw lane, `/p/{provider}/...`: to one provider as it comes.");

export type RawSettings = z.output<typeof rawSettings>;
