import * as z from "zod";
import { endpointFields } from "../capabilities/load-balancing/index.ts";
import type { UpstreamDialect } from "../exchange/dialect.ts";
import { ownHeaders, ownName, regionName, secret } from "./fields.ts";
import { reachFields } from "./reach.ts";
import { outboundSignature } from "./signature-settings.ts";

const dialects = [
  "openai-chat",
  "openai-responses",
  "anthropic-messages",
  "gemini-generate",
  "bedrock-converse",
  "cohere-chat",
  "mistral-chat",
] as const satisfies readonly UpstreamDialect[];
const dialect = z.enum(dialects);
const timeoutMs = z.int().min(1).max(3_600_000);

const provider = z
  .strictObject({
    like: z
      .exactOptional(z.string().min(1))
      .describe(
        "Takes dialects, base URL and models of this catalogue entry: for a second account at one provider.",
      ),
    key: z
      .exactOptional(secret(/^[\x21-\x7e]+$/, "must be visible ASCII without spaces or line breaks"))
      .describe("The provider's API key: `${NAME}` from the environment or `file:/path`."),
    dialect: z.exactOptional(dialect).describe("What the provider speaks. Not beside `dialects`."),
    dialects: z
      .exactOptional(z.array(dialect).min(1).max(dialects.length))
      .describe(
        "All that it speaks at `baseUrl`; a client of the same dialect gets the provider's own bytes.",
      ),
    baseUrl: z
      .exactOptional(z.string().max(2048))
      .describe(
        "Where `/chat/completions` is appended, so usually ending in `/v1`; for Anthropic's dialect a final `/v1` is left out and `/v1/messages` appended.",
      ),
    ...endpointFields,
    ...reachFields,
    region: z
      .exactOptional(regionName)
      .describe("Where the provider runs it: part of the base URL of Amazon Bedrock."),
    aws: z
      .exactOptional(
        z.strictObject({
          accessKeyId: secret(/^[A-Z0-9]{16,128}$/, "must be an AWS access key id").describe(
            "`${AWS_ACCESS_KEY_ID}`.",
          ),
          secretAccessKey: secret(/^[\x21-\x7e]+$/, "must be visible ASCII without spaces").describe(
            "`${AWS_SECRET_ACCESS_KEY}`.",
          ),
          sessionToken: z
            .exactOptional(secret(/^[\x21-\x7e]+$/, "must be visible ASCII without spaces"))
            .describe("`${AWS_SESSION_TOKEN}`, for temporary credentials."),
        }),
      )
      .describe("AWS credentials with which each request is signed (SigV4), in the place of `key`."),
    sign: z.exactOptional(outboundSignature),
    models: z
      .exactOptional(z.array(z.string().min(1).max(200)).max(1000))
      .describe('Globs of the bare model names it serves, `["*"]` for all; `name/model` always reaches it.'),
    headers: ownHeaders,
    timeouts: z
      .strictObject({
        headMs: timeoutMs
          .default(600_000)
          .describe("Until the answer's first byte; for a whole answer that is the time of its making."),
        idleMs: timeoutMs.default(60_000).describe("Longest silence inside an answer."),
      })
      .prefault({})
      .describe("After which another target is tried, or the call fails."),
  })
  .describe("A provider. A name known to the catalogue needs only `key`.");

/** The `providers` section as it is written. `resolveProvider` fills in what the catalogue knows. */
export const providersSettings = z
  .record(ownName, provider)
  .default({})
  .describe("Who answers: known providers by name, and any other by dialect and base URL.");

export type ProviderSettings = z.output<typeof provider>;
