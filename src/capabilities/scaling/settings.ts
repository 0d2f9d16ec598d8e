import * as z from "zod";
import { Secret } from "../../kernel/secret.ts";

const replicas = z.int().min(0).max(10_000);

const pool = z
  .strictObject({
    capacity: z
      .number()
      .gt(0)
      .max(1e9)
      .describe(
        "Tokens of answers a second that one replica does within its goal; a token of a prompt counts a fiftieth.",
      ),
    startupMs: z
      .int()
      .min(1000)
      .max(3_600_000)
      .default(120_000)
      .describe("From the wish for a replica until it serves: so far ahead is looked."),
    min: replicas.default(1).describe("Replicas at least."),
    max: replicas.default(100).describe("Replicas at most."),
    shortShare: z
      .number()
      .gt(0)
      .max(0.2)
      .default(0.02)
      .describe("Share of windows in which demand may be above what was advised."),
  })
  .refine(({ min, max }) => min <= max, { path: ["max"], message: "must not be below `min`" });

/** The `scaling` section: for which pools replicas are advised. */
export const scalingSettings = z
  .strictObject({
    windowMs: z
      .int()
      .min(10_000)
      .max(3_600_000)
      .default(60_000)
      .describe("Demand is counted in windows of this length."),
    pools: z
      .record(z.string().min(1).max(200), pool)
      .default({})
      .describe("By the name of a pool, of a provider, or `provider/model`."),
    webhook: z
      .exactOptional(
        z.strictObject({
          url: z.url({ protocol: /^https?$/ }).describe("Where to."),
          keyId: z
            .string()
            .regex(/^[\x21-\x7e]{1,100}$/, "must be visible ASCII without spaces")
            .default("sallyport-scaling")
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
        "Each change of advice is sent there, `POST {pool, desired, current, reason, horizonSeconds, quantile, at}`, and again for five minutes until it answers 2xx.",
      ),
  })
  .describe("How many replicas self-hosted models will need.");

export type ScalingSettings = z.output<typeof scalingSettings>;
export type PoolScaling = z.output<typeof pool>;
