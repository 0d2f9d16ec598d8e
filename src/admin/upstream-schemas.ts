import * as z from "zod";
import { count, epochMs, nanoUsd, spanMs } from "./quantities.ts";

/** A failure that counts against an upstream. */
export const upstreamError = z.strictObject({
  at: epochMs,
  code: z.string(),
  status: z.int().nullable().describe("`null`: there was no answer."),
  model: z
    .string()
    .describe("The upstream's name of the model; empty on the raw lane, which does not read it."),
  message: z.string().nullable().describe("In the provider's own words; `null`: they are not known."),
  requestId: z.string().nullable().describe("The request it was a try of; `null` while that goes on."),
});

const clientLane = z.strictObject({
  dialect: z.string().describe("What the client speaks."),
  lane: z
    .enum(["bytes", "canonical", "none"])
    .describe(
      "`bytes`: the client gets the provider's own bytes. `canonical`: a translation. `none`: the provider speaks nothing of this purpose.",
    ),
});

const health = {
  requests: count.describe("Tries, those after a failover included."),
  failures: count,
  lastTry: z
    .enum(["answered", "failed"])
    .nullable()
    .describe(
      "How the newest try ended; a refusal that is the client's own fault is an answer. `null`: none.",
    ),
  errors: z.array(upstreamError).describe("The last few, newest first."),
  firstByte: z
    .strictObject({ count, msP50: spanMs, msP99: spanMs })
    .nullable()
    .describe("Time to the first piece of the last streamed answers; `null`: there were none."),
};

/** How a server departs from OpenAI's Chat Completions. */
const serverProfile = z.strictObject({
  id: z.string(),
  ways: z.array(
    z.strictObject({
      name: z.string(),
      value: z.string().nullable().describe("`null`: not known."),
      isUsual: z.boolean().describe("Whether it is as OpenAI has it."),
    }),
  ),
});

/** A provider: where and how it is reached, and how it has done since the gateway started. */
export const upstreamState = z.strictObject({
  provider: z.string(),
  known: z.string().nullable().describe("The catalogue entry it follows; `null`: the operator's own."),
  dialect: z.string().describe("All of `dialects`, as one text."),
  dialects: z.array(z.string()).describe("What it speaks."),
  lanes: z.array(clientLane),
  origin: z.string().describe("Scheme, host and port; never a path or a credential."),
  region: z.string().nullable(),
  credential: z
    .enum(["key", "signature", "headers", "none"])
    .describe(
      "How it knows us; never the credential itself. `headers`: by those the configuration sets, if at all.",
    ),
  names: z.array(z.string()).describe("Names and globs that lead to it without its own name before them."),
  profile: serverProfile.nullable().describe("`null` where it speaks no Chat Completions."),
  lastError: z
    .strictObject({ at: epochMs, code: z.string(), status: z.int().nullable() })
    .nullable()
    .describe("The newest of `errors`, without words."),
  ...health,
});
export const upstreamList = z.strictObject({ upstreams: z.array(upstreamState) });

/** What a model costs now. */
export const modelPrice = z.strictObject({
  rates: z.array(
    z.strictObject({
      unit: z.string().describe("`input`, `output`, `cacheRead`, `cacheWrite5m`, …"),
      nanoUsd: nanoUsd.describe("10^-9 US dollars for each `per` of the unit."),
      per: count,
      tiers: z
        .array(z.strictObject({ above: count, nanoUsd }))
        .describe("Other prices for the whole request when its input has more than `above` tokens."),
    }),
  ),
  multiply: z.string().nullable().describe("A factor for the whole cost, such as `11/10`."),
  source: z.string().describe("Where the price is from."),
});

/** One thing that is known of a model, and who says so. */
export const modelAbility = z.strictObject({
  name: z.string().describe("`contextTokens`, `outputTokensMax`, `inputs`, `tools`, `reasoning`, …"),
  value: z.union([z.number(), z.boolean(), z.array(z.string())]),
  source: z
    .string()
    .describe("`built in`, `models.dev`, `operator`, `learned`, or a price list with its version."),
  asOf: z.string().nullable().describe("The date of what the source says; `null`: it is not dated."),
});

/** A model at a provider. */
export const modelTarget = z.strictObject({
  provider: z.string(),
  model: z.string(),
  lanes: z.array(clientLane),
  price: modelPrice.nullable().describe("`null`: no price is known, or it is a pattern and has many."),
  abilities: z.array(modelAbility).describe("All that is known of it; what is not listed is not known."),
  ...health,
});
export const modelEntry = z.strictObject({
  name: z.string().describe("The name a client may use."),
  kind: z.enum(["pool", "model", "pattern"]),
  targets: z.array(modelTarget).describe("In the order in which they are tried."),
});
export const modelList = z.strictObject({
  models: z.array(modelEntry),
  seen: z
    .array(modelTarget)
    .describe(
      "Models that requests have reached since the start, whatever name led there; the last tried first.",
    ),
});

const quirkState = z
  .enum(["learned", "pinned", "forbidden"])
  .describe(
    "`learned` holds until its time is over, `pinned` for good; `forbidden` is neither applied nor learned again.",
  );
/** What was learned of one parameter of one model. */
export const quirk = z.strictObject({
  id: z.string(),
  provider: z.string(),
  origin: z.string(),
  dialect: z.string(),
  model: z.string(),
  healing: z
    .discriminatedUnion("kind", [
      z.strictObject({ kind: z.literal("remove"), parameter: z.string() }),
      z.strictObject({ kind: z.literal("rename"), parameter: z.string(), to: z.string() }),
    ])
    .describe("What is done to requests for this model."),
  state: quirkState,
  learnedAt: epochMs,
  until: epochMs.nullable().describe("`null`: it does not end by itself."),
  because: z.string().describe("The provider's own words."),
  applied: count.describe("Requests that were changed by it."),
});
export const quirkList = z.strictObject({ quirks: z.array(quirk) });
export const wantedQuirkState = z.strictObject({ state: quirkState });

const catalogSize = {
  fetchedAt: epochMs,
  providers: count,
  models: count,
};
/** What is known of models from outside: in use, and waiting for approval. */
export const catalogState = z.strictObject({
  refresh: z
    .enum(["off", "ask", "apply"])
    .describe("Whether it is fetched once a day, and whether it then waits."),
  url: z.string(),
  applied: z.strictObject(catalogSize).nullable().describe("`null`: the built-in rules alone count."),
  waiting: z
    .strictObject({
      ...catalogSize,
      differences: z
        .array(
          z.strictObject({
            provider: z.string(),
            model: z.string(),
            changes: z.array(
              z.strictObject({
                ability: z.string(),
                before: z.string().nullable().describe("`null`: it was not known."),
                after: z.string().nullable(),
              }),
            ),
          }),
        )
        .describe("Of models of the providers in use; the first few."),
      differencesTotal: count.describe("Models that differ, those shown included."),
    })
    .nullable()
    .describe("What was fetched and does not count yet."),
  lastFetch: z
    .strictObject({ at: epochMs, problem: z.string().nullable() })
    .nullable()
    .describe("`problem`: why the last fetch brought nothing."),
});
export const approvedCatalog = z.strictObject({
  fetchedAt: epochMs.describe("Of the catalogue that waits, so that none is approved unseen."),
});
