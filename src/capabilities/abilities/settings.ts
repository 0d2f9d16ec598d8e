import * as z from "zod";
import { media } from "../../exchange/abilities.ts";

const tokens = z.int().min(1).max(1_000_000_000);
const kinds = z.array(z.enum(media)).min(1);
const flag = z.boolean();

/** What an operator says of models; what is left out stays as it is known otherwise. */
const modelRow = z.strictObject({
  provider: z.exactOptional(z.string().min(1)).describe("A name from `providers`; left out: any."),
  model: z.string().min(1).max(200).describe("A glob of the provider's own names, `llama-3*`."),
  contextTokens: z.exactOptional(tokens).describe("Tokens of prompt and answer together."),
  outputTokensMax: z.exactOptional(tokens).describe("The most tokens of one answer."),
  inputs: z.exactOptional(kinds).describe("What may be sent: a call that brings more is refused here."),
  outputs: z.exactOptional(kinds).describe("What comes back."),
  tools: z.exactOptional(flag).describe("Whether it calls tools."),
  parallelTools: z.exactOptional(flag).describe("Whether it calls several at once."),
  schema: z.exactOptional(flag).describe("Whether answers can be held to a JSON Schema."),
  reasoning: z.exactOptional(flag).describe("Whether it thinks first."),
  sampling: z.exactOptional(flag).describe("Whether it takes `temperature` and its like."),
  prefill: z.exactOptional(flag).describe("Whether the last turn may be the assistant's."),
  systemRole: z.exactOptional(flag).describe("Whether it takes system text."),
  cacheMarks: z.exactOptional(flag).describe("Whether it takes marks for its prompt cache."),
  serverTools: z.exactOptional(flag).describe("Whether its provider runs tools of its own."),
});

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
    models: z
      .array(modelRow)
      .max(1000)
      .default([])
      .describe(
        "What you know of models better than the catalogue; all rows that fit count, the later over the earlier.",
      ),
  })
  .describe("What models take and give: as you say it, and as the gateway learns it from their refusals.");

/** The `catalog` section: whether what is known of models is brought up to date from outside. */
export const catalogSettings = z
  .strictObject({
    refresh: z
      .enum(["off", "ask", "apply"])
      .default("off")
      .describe(
        "`off`: nothing is fetched unless an operator asks for it. `ask`: fetched once a day, and used after approval. `apply`: used at once.",
      ),
    url: z
      .url({ protocol: /^https?$/ })
      .max(2048)
      .default("https://models.dev/api.json")
      .describe("Where it is fetched: models.dev, or a copy of your own in its form."),
  })
  .describe("Where the gateway learns of models beside its built-in rules. Nothing is fetched by default.");

export type CatalogSettings = z.output<typeof catalogSettings>;

export type AbilitiesSettings = z.output<typeof abilitiesSettings>;
