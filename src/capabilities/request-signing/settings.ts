import * as z from "zod";

/** The `signing` section: what signed requests have to say and to cover, and which have to be signed. */
export const signingSettings = z
  .strictObject({
    ai: z
      .enum(["required", "optional"])
      .default("optional")
      .describe(
        "Whether every call of a model (and of the raw lane) has to be signed. Services say it of their routes (`signature`). A signature that comes is checked in any case.",
      ),
    nonce: z
      .enum(["required", "optional"])
      .default("required")
      .describe(
        "Whether a signature of RFC 9421 has to have a nonce, so that it counts once only. In the simple profile it always has.",
      ),
    ageSeconds: z.int().min(1).max(3600).default(300).describe("How old a signature may be."),
    skewSeconds: z
      .int()
      .min(0)
      .max(600)
      .default(60)
      .describe("How far ahead of the gateway's the signer's clock may be."),
    tag: z
      .exactOptional(z.string().regex(/^[\x21-\x7e]{1,100}$/))
      .describe(
        "Only signatures with this `tag` are meant for the gateway; others of the same request pass by.",
      ),
    components: z
      .array(z.string().regex(/^[a-z0-9!#$%&'*+.^_`|~-]{1,100}$/))
      .max(16)
      .default([])
      .describe(
        "Headers that have to be signed besides what always has to be: method, target, content type and the digest of the body.",
      ),
  })
  .describe(
    "Signed requests (RFC 9421, or the simple HMAC profile). Signing keys are made with `sallyport signing-keys create`, not written here.",
  );

export type SigningSettings = z.output<typeof signingSettings>;
