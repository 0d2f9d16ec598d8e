import type { CompiledPolicy, PolicySet } from "./compile.ts";
import type { Phase, Policy } from "./policy.ts";
import { tokensOf } from "./word-tokens.ts";

/** A policy that does nothing, as far as that can be told without running it. */
export interface Conflict {
  readonly policy: string;
  readonly kind: "shadowed" | "never-true" | "always-true";
  /** Who shadows it. */
  readonly by?: string;
  readonly message: string;
}

const phases: readonly Phase[] = ["request", "target", "response"];

/**
 * Policies that can never hold, and those that are never asked since an earlier one ends it for all they are for. Only what
 * is sure is told: terms joined by `and` that are the same text, or exclude each other.
 */
export function conflictsOf(set: PolicySet): readonly Conflict[] {
  return phases.flatMap((phase) => {
    const policies = set.phases[phase].map((compiled) => ({ compiled, terms: termsOf(compiled.form) }));
    return policies.flatMap(({ compiled, terms }, index): readonly Conflict[] => {
      const { id } = compiled.policy;
      if (isNever(compiled, terms))
        return [{ policy: id, kind: "never-true", message: "its condition never holds" }];
      const earlier = policies
        .slice(0, index)
        .find((other) => ends(other.compiled.policy) && covers(other, { compiled, terms }));
      if (earlier !== undefined) {
        const by = earlier.compiled.policy.id;
        return [
          { policy: id, kind: "shadowed", by, message: `wherever it holds, \`${by}\` has decided before` },
        ];
      }
      if (!isAlways(compiled, terms)) return [];
      return [{ policy: id, kind: "always-true", message: "its condition always holds" }];
    });
  });
}

const depthBy: Readonly<Record<string, number>> = { "(": 1, "[": 1, "{": 1, ")": -1, "]": -1, "}": -1 };

/** The operands of the `&&` of the highest level, blanks aside. */
function termsOf(form: string): ReadonlySet<string> {
  const tokens = tokensOf(form);
  const terms: string[] = [""];
  let depth = 0;
  let isChoice = false;
  for (const { text, isWordOrSign } of tokens) {
    const sign = isWordOrSign ? text : "";
    depth += depthBy[sign] ?? 0;
    if (depth === 0 && (sign === "||" || sign === "?")) isChoice = true;
    if (depth === 0 && sign === "&&") terms.push("");
    else terms[terms.length - 1] = `${terms.at(-1)} ${text}`;
  }
  if (isChoice) return new Set([tokens.map(({ text }) => text).join(" ")]);
  return new Set(terms.map((term) => term.trim()));
}

/** Of a condition that asks no facts, it is sure. */
const constantOf = ({ reads, condition }: CompiledPolicy): boolean | undefined =>
  reads.length > 0 ? undefined : condition(() => "").isTrue;

function isNever(compiled: CompiledPolicy, terms: ReadonlySet<string>): boolean {
  if (constantOf(compiled) === false || terms.has("false")) return true;
  const equalTo = new Map<string, string>();
  for (const term of terms) {
    if (terms.has(`! ( ${term} )`) || terms.has(`! ${term}`)) return true;
    const [, name, value] = /^([\w. ]+) == ("[^"]*"|'[^']*'|\d+)$/.exec(term) ?? [];
    if (name === undefined || value === undefined) continue;
    const text = value.replace(/^['"]|['"]$/g, "");
    const before = equalTo.get(name);
    if (before !== undefined && before !== text) return true;
    equalTo.set(name, text);
  }
  return false;
}

const isAlways = (compiled: CompiledPolicy, terms: ReadonlySet<string>): boolean =>
  constantOf(compiled) === true || (terms.size === 1 && terms.has("true"));

const ends = ({ mode, do: action }: Policy): boolean =>
  mode === "enforce" && ("deny" in action || "allow" in action);

interface Known {
  readonly compiled: CompiledPolicy;
  readonly terms: ReadonlySet<string>;
}

/** Whether one holds wherever the other does. */
function covers(one: Known, other: Known): boolean {
  const [wide, narrow] = [one.compiled.policy, other.compiled.policy];
  if (wide.validFrom !== undefined || wide.validUntil !== undefined) return false;
  if (JSON.stringify(wide.scope ?? narrow.scope ?? null) !== JSON.stringify(narrow.scope ?? null))
    return false;
  return isAlways(one.compiled, one.terms) || [...one.terms].every((term) => other.terms.has(term));
}
