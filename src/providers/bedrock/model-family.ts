import type { Effort } from "../../exchange/call.ts";

/** How a model is asked to reason; each in fields of its own, which Converse passes on. */
export type ReasoningForm =
  | { readonly kind: "none" }
  /** Claude: `thinking`. */
  | { readonly kind: "budget" | "budget-or-adaptive" | "adaptive" }
  /** By effort, weakest first: gpt-oss has `reasoning_effort`, GPT `reasoning.effort`, Nova 2 `reasoningConfig`. */
  | { readonly kind: "gpt-oss" | "gpt" | "nova"; readonly efforts: readonly Effort[] };

/**
 * What a model takes. Bedrock hosts many families, and Converse refuses, for each, what it does not know: abilities
 * follow the family, not the provider.
 */
export interface ModelAbilities {
  readonly isClaude: boolean;
  /** Whether temperature and `topP` are taken. */
  readonly sampling: boolean;
  /** Whether the last message may be the assistant's. */
  readonly prefill: boolean;
  readonly reasoning: ReasoningForm;
  /** Whether an output schema is taken. */
  readonly schema: boolean;
  /** Whether tools may be `strict`. */
  readonly strictTools: boolean;
  /** Whether effort `xhigh` is taken. */
  readonly xhigh: boolean;
  /** Whether tool results may have a `status`. */
  readonly resultStatus: boolean;
  /** Where cache points are taken; `tools` among them, and whether they may ask for an hour. */
  readonly cache: { readonly inTools: boolean; readonly hour: boolean } | undefined;
  /** The ids of tool calls that the model takes. */
  readonly toolIds: "plain" | "nine-characters";
}

/** A model of a vendor whose models have nothing special. */
const plain: ModelAbilities = {
  isClaude: false,
  sampling: true,
  prefill: true,
  reasoning: { kind: "none" },
  schema: true,
  strictTools: true,
  xhigh: false,
  resultStatus: false,
  cache: undefined,
  toolIds: "plain",
};

/** A name that tells nothing, as that of an application inference profile, is taken to have what Converse has. */
const unnamed: ModelAbilities = { ...plain, resultStatus: true, cache: { inTools: true, hour: true } };

const nova: ModelAbilities = { ...plain, resultStatus: true, cache: { inTools: false, hour: false } };

/** Rules by the vendor's name for its model, the first that matches counts. As of 2026-11. */
const families: readonly (readonly [RegExp, ModelAbilities])[] = [
  [/^amazon\.nova-2/, { ...nova, reasoning: { kind: "nova", efforts: ["none", "low", "medium", "high"] } }],
  [/^amazon\.nova/, nova],
  [/^openai\.gpt-oss/, { ...plain, reasoning: { kind: "gpt-oss", efforts: ["low", "medium", "high"] } }],
  [
    /^openai\./,
    {
      ...plain,
      sampling: false,
      reasoning: { kind: "gpt", efforts: ["none", "low", "medium", "high", "xhigh"] },
    },
  ],
  [/^mistral\./, { ...plain, toolIds: "nine-characters" }],
  [/^[a-z0-9]+\./, plain],
];

/**
 * What the model of this id takes: `anthropic.claude-3-7-sonnet-20250219-v1:0`, with the prefix of a region
 * (`us.`, `global.`), or at the end of an ARN.
 *
 * Sources: Amazon Bedrock user guide, "Supported models and model features", "Prompt caching", "Structured output";
 * AI models specification, rules 18 to 25.
 */
export function abilitiesOf(model: string): ModelAbilities {
  const id = model.slice(model.lastIndexOf("/") + 1).toLowerCase();
  if (id.includes("claude")) return claudeAbilities(id);
  const name = id.replace(/^(?:us|eu|apac|au|jp|ca|sa|il|mx|us-gov|global)\./, "");
  return families.find(([pattern]) => pattern.test(name))?.[1] ?? unnamed;
}

/** `claude-3-5-haiku` is 3.5, `claude-opus-4-20250514` 4.0, `claude-v2:1` 2.0; without a version it is taken as new. */
function claudeAbilities(id: string): ModelAbilities {
  const found = /claude-(?:[a-z]+-)?v?(\d{1,2})(?:[-.](\d{1,2}))?(?!\d)/.exec(id);
  const version = found === null ? undefined : { major: Number(found[1]), minor: Number(found[2] ?? 0) };
  const isFrom = (major: number, minor: number): boolean =>
    version !== undefined && (version.major > major || (version.major === major && version.minor >= minor));
  const isNewOrFrom = (major: number, minor: number): boolean =>
    version === undefined || isFrom(major, minor);
  return {
    isClaude: true,
    sampling: !isFrom(4, 7),
    prefill: !isFrom(4, 6),
    reasoning: {
      kind: isFrom(4, 7)
        ? "adaptive"
        : isFrom(4, 6)
          ? "budget-or-adaptive"
          : isNewOrFrom(3, 7)
            ? "budget"
            : "none",
    },
    schema: isNewOrFrom(4, 5),
    // Bedrock's own copy of the Messages schema refuses `strict` for the newest models (vercel/ai, amazon-bedrock).
    strictTools: isNewOrFrom(4, 5) && !isFrom(4, 7),
    xhigh: isFrom(4, 7),
    resultStatus: isNewOrFrom(3, 0),
    cache: isNewOrFrom(3, 5) ? { inTools: true, hour: isNewOrFrom(4, 5) } : undefined,
    toolIds: "plain",
  };
}
