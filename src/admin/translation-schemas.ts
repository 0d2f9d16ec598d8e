import * as z from "zod";
import { count } from "./quantities.ts";
import { warning } from "./request-record.ts";

/** A client's request that is to be looked at as an upstream would get it. */
export const wantedTranslation = z.strictObject({
  from: z.string().describe("What the client speaks: `openai-chat`, `anthropic-messages`, …"),
  to: z.string().describe("An upstream's dialect, or a model's name as clients use it."),
  model: z
    .string()
    .min(1)
    .optional()
    .describe("Where the body does not name one, or another is wanted; with a dialect only."),
  body: z.string().max(1_000_000).describe("The request's JSON text."),
});

/** What would be sent. */
export const translated = z.strictObject({
  lane: z.enum(["bytes", "canonical"]),
  dialect: z.string().describe("The upstream's."),
  path: z.string(),
  body: z.string().nullable().describe("`null`: it is refused."),
  warnings: z.array(warning),
  emulated: z
    .strictObject({ stop: z.array(z.string()), toolsAmong: z.array(z.string()) })
    .nullable()
    .describe("What the gateway would do on the answer, because the upstream cannot be asked for it."),
  refusal: z.strictObject({ code: z.string(), message: z.string(), param: z.string().nullable() }).nullable(),
});

/** How calls between two dialects have fared since the start. */
export const translationList = z.strictObject({
  pairs: z
    .array(
      z.strictObject({
        client: z.string(),
        upstream: z.string(),
        calls: count,
        bytes: count.describe("Of these, calls whose bytes passed as they were."),
        failed: count,
        warnings: z
          .array(z.strictObject({ kind: z.string(), subject: z.string(), calls: count }))
          .describe("What was declared of them, the most frequent first."),
      }),
    )
    .describe("The pair with the most calls first."),
});
