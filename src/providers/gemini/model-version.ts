/** A Gemini model's version, `{ major: 2, minor: 5 }`. */
export interface ModelVersion {
  readonly major: number;
  readonly minor: number;
}

/** How a model is told how much to think. */
export type Thinking =
  | { readonly kind: "none" }
  /** `thinkingBudget`; `off`: 0 switches it off. */
  | { readonly kind: "budget"; readonly min: number; readonly max: number; readonly off: boolean }
  /** `thinkingLevel`, weakest first. */
  | { readonly kind: "level"; readonly levels: readonly ThinkingLevel[] };

export type ThinkingLevel = "MINIMAL" | "LOW" | "MEDIUM" | "HIGH";

/** What a model takes. */
export interface ModelAbilities {
  readonly thinking: Thinking;
  /**
   * From Gemini 3 on: the first call of a turn has to bring its signature back, calls and results are matched by id,
   * results may hold media.
   */
  readonly isFrom3: boolean;
  /** Whether files are fetched from any `https` address. */
  readonly fetchesUrls: boolean;
  /** Whether `systemInstruction` is taken. */
  readonly takesSystem: boolean;
}

/**
 * The version in a model's name: `gemini-2.5-flash-lite`, `models/gemini-3-pro-preview`. `undefined` when the name tells
 * none: such a model is taken for a new one.
 */
export function modelVersion(model: string): ModelVersion | undefined {
  const found = /gemini-(\d{1,2})(?:\.(\d{1,2}))?(?![\d.])/.exec(model);
  return found === null ? undefined : { major: Number(found[1]), minor: Number(found[2] ?? 0) };
}

/** Sources: Gemini API, "Gemini thinking", "Thought signatures", "File input methods"; as of 2026-11. */
export function abilitiesOf(model: string): ModelAbilities {
  const isOther = /^tunedModels\/|gemma|learnlm|robotics/.test(model);
  const version = modelVersion(model) ?? (isOther ? { major: 2, minor: 5 } : newest);
  return {
    thinking: thinkingOf(model, version),
    isFrom3: version.major >= 3,
    fetchesUrls: version.major > 2 || version.minor >= 5,
    takesSystem: !/gemma-[123]\b|gemma-3n/.test(model),
  };
}

const newest: ModelVersion = { major: Number.POSITIVE_INFINITY, minor: 0 };
const none: Thinking = { kind: "none" };
const lowToHigh = ["LOW", "MEDIUM", "HIGH"] as const;

function thinkingOf(model: string, version: ModelVersion): Thinking {
  if (/^tunedModels\/|gemma|learnlm|-tts|-embedding/.test(model)) return none;
  if (/-image/.test(model)) return version.major < 3 || /-pro/.test(model) ? none : levels("MINIMAL", "HIGH");
  if (version.major < 3) return version.minor >= 5 && version.major === 2 ? budgetOf(model) : none;
  if (version.major > 3) return levels(...lowToHigh);
  if (/-flash-lite/.test(model)) return levels("MINIMAL", ...lowToHigh);
  if (/-flash/.test(model) && version.minor < 8) return levels("MINIMAL", ...lowToHigh);
  return /-pro/.test(model) && version.minor === 0 ? levels("LOW", "HIGH") : levels(...lowToHigh);
}

function budgetOf(model: string): Thinking {
  if (/-pro|computer-use/.test(model)) return { kind: "budget", min: 128, max: 32_768, off: false };
  return { kind: "budget", min: /-flash-lite/.test(model) ? 512 : 1, max: 24_576, off: true };
}

function levels(...taken: readonly ThinkingLevel[]): Thinking {
  return { kind: "level", levels: taken };
}
