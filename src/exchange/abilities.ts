/** What may stand in a message besides the words about it. */
export const media = ["text", "image", "audio", "video", "document"] as const;
export type Medium = (typeof media)[number];

/** What a model takes and gives, as far as somebody says so: what is absent is not known. */
export interface AbilityValues {
  /** Tokens of prompt and answer together. */
  readonly contextTokens?: number;
  /** The most tokens of one answer. */
  readonly outputTokensMax?: number;
  readonly inputs?: readonly Medium[];
  readonly outputs?: readonly Medium[];
  readonly tools?: boolean;
  readonly parallelTools?: boolean;
  /** Answers that are held to a JSON Schema. */
  readonly schema?: boolean;
  readonly reasoning?: boolean;
  /** Temperature and its like. */
  readonly sampling?: boolean;
  /** The last turn may be the assistant's. */
  readonly prefill?: boolean;
  readonly systemRole?: boolean;
  /** Marks for the provider's prompt cache. */
  readonly cacheMarks?: boolean;
  /** Tools that the provider runs itself. */
  readonly serverTools?: boolean;
}
export type AbilityName = keyof AbilityValues;
export const abilityNames = [
  "contextTokens",
  "outputTokensMax",
  "inputs",
  "outputs",
  "tools",
  "parallelTools",
  "schema",
  "reasoning",
  "sampling",
  "prefill",
  "systemRole",
  "cacheMarks",
  "serverTools",
] as const satisfies readonly AbilityName[];

/** What one source says of a model. */
export interface AbilityLayer {
  /** `built in`, `models.dev`, `operator`, `learned`, or a price list with its version. */
  readonly source: string;
  /** The date of what it says, `2026-11-26` or `2026-11`; `null`: it is not dated. */
  readonly asOf: string | null;
  /** Told beside something else, rounded or old: it is shown, and no call is refused on its account. */
  readonly isRough?: boolean;
  readonly values: AbilityValues;
}

/** One value and who says so. */
export interface KnownAbility<Value> {
  readonly value: Value;
  readonly source: string;
  readonly asOf: string | null;
  readonly isRough?: boolean;
}

/** All that is known of a model. */
export type KnownAbilities = {
  readonly [Name in AbilityName]?: KnownAbility<NonNullable<AbilityValues[Name]>>;
};

/** Puts layers one over the other, value by value: of each the last that says anything counts. */
export function mergeAbilities(layers: readonly AbilityLayer[]): KnownAbilities {
  const merged: Record<string, KnownAbility<unknown>> = {};
  for (const { source, asOf, isRough, values } of layers) {
    for (const [name, value] of Object.entries(values)) {
      if (value !== undefined) merged[name] = { value, source, asOf, ...(isRough === true && { isRough }) };
    }
  }
  return merged;
}
