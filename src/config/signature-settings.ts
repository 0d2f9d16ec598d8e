import * as z from "zod";
import { secret } from "./fields.ts";

/** How requests to a provider or a service are signed. */
export const outboundSignature = z
  .strictObject({
    profile: z
      .enum(["rfc9421", "sallyport-hmac-v1"])
      .default("rfc9421")
      .describe("HTTP Message Signatures, or the simple HMAC profile."),
    algorithm: z
      .enum(["hmac-sha256", "ed25519", "ecdsa-p256-sha256"])
      .default("hmac-sha256")
      .describe("Of the key; the simple profile takes `hmac-sha256` only."),
    keyId: z
      .string()
      .regex(/^[\x21-\x7e]{1,200}$/, "must be visible ASCII without spaces")
      .describe("What the other side knows the key by."),
    key: secret(/^[\s\S]+$/, "must not be empty").describe(
      "The secret, or the private key as PEM (PKCS #8), from a file by `file:/path`.",
    ),
    components: z
      .array(
        z.string().regex(/^[a-z0-9!#$%&'*+.^_`|~-]{1,100}$/, "must be the name of a header, in lower case"),
      )
      .max(16)
      .default([])
      .describe(
        "Headers that are covered where they are sent, besides method, target, content type and the digest of the body.",
      ),
    tag: z
      .exactOptional(z.string().regex(/^[\x21\x23-\x5b\x5d-\x7e]{1,100}$/))
      .describe("The `tag` of the signatures, of profile `rfc9421`."),
  })
  .refine(({ profile, algorithm }) => profile === "rfc9421" || algorithm === "hmac-sha256", {
    path: ["algorithm"],
    error: "must be `hmac-sha256` with the profile `sallyport-hmac-v1`, which knows no other",
  })
  .refine(
    ({ profile, components, tag }) => profile === "rfc9421" || (components.length === 0 && tag === undefined),
    {
      path: ["profile"],
      error: "covers a fixed text as `sallyport-hmac-v1`: `components` and `tag` are of `rfc9421`",
    },
  )
  .describe(
    "Each request is signed (RFC 9421 or the simple profile). Its body is held for that, 8 MiB at most.",
  );

export type OutboundSignature = z.output<typeof outboundSignature>;
