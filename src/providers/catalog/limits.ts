/**
 * Output limits by model family, in tokens, for dialects in which a limit is mandatory; the longest prefix wins.
 * Source: Anthropic, "Models overview", as of 2026-11. A model that is not here has none known.
 */
const outputLimits: readonly (readonly [prefix: string, tokens: number])[] = [
  ["claude-3-haiku", 4096],
  ["claude-3-5-haiku", 8192],
  ["claude-3-5-sonnet", 8192],
  ["claude-3-7-sonnet", 64_000],
  ["claude-opus-4", 32_000],
  ["claude-opus-4-5", 64_000],
  ["claude-sonnet-4", 64_000],
  ["claude-haiku-4", 64_000],
];

/** The most tokens `model` may answer with; `undefined` when the catalogue does not know it. */
export function outputTokensMaxOf(model: string): number | undefined {
  return outputLimits
    .filter(([prefix]) => model.startsWith(prefix))
    .toSorted(([left], [right]) => right.length - left.length)[0]?.[1];
}
