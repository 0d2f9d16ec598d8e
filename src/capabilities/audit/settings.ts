import * as z from "zod";
import { Secret } from "../../kernel/secret.ts";

/** The `audit` section: what is recorded, how often it is signed, who is told. */
export const auditSettings = z
  .strictObject({
    requests: z
      .union([z.boolean(), z.literal("denials")])
      .default(true)
      .describe(
        "Whether each request leaves a record of what was decided, or only those that were refused; what is done to the gateway is always recorded.",
      ),
    checkpoint: z
      .strictObject({
        everyMs: z
          .int()
          .min(1000)
          .max(3_600_000)
          .default(10_000)
          .describe("At least so often, if anything was recorded."),
        records: z.int().min(1).max(100_000).default(1000).describe("And after so many records."),
      })
      .prefault({})
      .describe("How often the state of the log is signed."),
    witness: z
      .exactOptional(z.url({ protocol: /^https?$/ }))
      .describe(
        "Each signed checkpoint is sent there, `POST` of `text/plain`, so that it is kept elsewhere.",
      ),
    export: z
      .exactOptional(
        z.strictObject({
          url: z.url({ protocol: /^https?$/ }).describe("Where to."),
          keyId: z
            .string()
            .regex(/^[\x21-\x7e]{1,100}$/, "must be visible ASCII without spaces")
            .default("sallyport-audit")
            .describe("Told in `x-sallyport-key-id`: which secret it was."),
          secret: z
            .string()
            .min(16)
            .max(65_536)
            .transform((text) => new Secret(text))
            .meta({ writeOnly: true })
            .describe("Signs it, by `sallyport-hmac-v1`."),
        }),
      )
      .describe(
        "Every record is sent there as a CloudEvent with an OCSF body, up to 100 in a `POST` of `application/cloudevents-batch+json`, in order, again until it answers 2xx; the log itself is the outbox.",
      ),
  })
  .describe("The audit log: who did what, what was decided, signed so that nobody can change it unnoticed.");

export type AuditSettings = z.output<typeof auditSettings>;
