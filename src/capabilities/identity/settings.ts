import * as z from "zod";

/** The `keys` section: what guards the data plane. Client keys themselves live in the store, never in the file. */
export const identitySettings = z
  .strictObject({
    required: z
      .literal(true)
      .default(true)
      .describe(
        "Every request needs a client key. There is no other value: the gateway never answers strangers.",
      ),
  })
  .describe("Who may call the gateway. Client keys are made with `sallyport keys create`, not written here.");

export type IdentitySettings = z.output<typeof identitySettings>;
