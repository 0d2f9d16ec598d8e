import type { BulkheadRules } from "./bulkhead.ts";
import type { OverloadSettings } from "./settings.ts";

/** The rules of a target: its own words over its provider's over those of all. */
export function rulesFrom({
  targets,
  ...all
}: OverloadSettings["bulkhead"]): (target: {
  readonly provider: string;
  readonly model: string;
}) => BulkheadRules {
  const names = new Map(Object.entries(targets));
  if (names.size === 0) return () => all;
  const made = new Map<string, BulkheadRules>();
  return ({ provider, model }) => {
    const name = `${provider}/${model}`;
    const own = names.get(name);
    const key = own === undefined ? provider : name;
    const known = made.get(key);
    if (known !== undefined) return known;
    const rules = { ...all, ...names.get(provider), ...own };
    // Only names of the configuration: clients choose the others.
    if (names.has(key)) made.set(key, rules);
    return rules;
  };
}
