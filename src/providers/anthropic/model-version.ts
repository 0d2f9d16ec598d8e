/** A Claude model's version, `{ major: 4, minor: 5 }`. */
export interface ModelVersion {
  readonly major: number;
  readonly minor: number;
}

/**
 * The version in a model's name, in any of its spellings: `claude-3-5-haiku-latest`, `claude-opus-4-20250514` (4.0),
 * `claude-sonnet-4-5@20250929`, `anthropic/claude-sonnet-4.5`. `undefined` when the name tells none: such a model is
 * taken to have every ability.
 */
export function modelVersion(model: string): ModelVersion | undefined {
  const found = /claude-(?:[a-z]+-)?v?(\d{1,2})(?:[-.](\d{1,2}))?(?!\d)/.exec(model);
  return found === null ? undefined : { major: Number(found[1]), minor: Number(found[2] ?? 0) };
}

/** What a model takes. Source: Anthropic's model overview and the AI models specification, rules 18 to 25. */
export interface ModelAbilities {
  /** Whether temperature, top_p and top_k are taken. */
  readonly sampling: boolean;
  /** Whether the last turn may be the assistant's. */
  readonly prefill: boolean;
  /** How thinking is asked for. */
  readonly thinking: "none" | "budget" | "budget-or-adaptive" | "adaptive";
  /** Whether `output_config.format` and strict tools are taken. */
  readonly schema: boolean;
  /** Whether effort `xhigh` is taken. */
  readonly xhigh: boolean;
}

export function abilitiesOf(model: string): ModelAbilities {
  const version = modelVersion(model);
  if (version === undefined)
    return { sampling: true, prefill: true, thinking: "budget", schema: true, xhigh: true };
  const isFrom = (major: number, minor: number): boolean =>
    version.major > major || (version.major === major && version.minor >= minor);
  return {
    sampling: !isFrom(4, 7),
    prefill: !isFrom(4, 6),
    thinking: isFrom(4, 7)
      ? "adaptive"
      : isFrom(4, 6)
        ? "budget-or-adaptive"
        : isFrom(3, 7)
          ? "budget"
          : "none",
    schema: isFrom(4, 1),
    xhigh: isFrom(4, 7),
  };
}
