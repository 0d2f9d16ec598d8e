import {
  compileInSteps,
  type Policy,
  type PolicyRulesSettings,
  policySettings,
} from "../capabilities/policy/index.ts";
import type { Expressions } from "../ports/expressions.ts";
import type { Steps } from "./in-slices.ts";
import type { Finding } from "./problem.ts";

/** One policy as it is written, in a file or in a call of the admin API. */
export const writtenPolicy = policySettings;

/** What only a compiler can tell of policies: names, types, costs. None is found out by a request. */
export function* checkPolicies(
  policies: readonly Policy[],
  rules: PolicyRulesSettings,
  { expressions, limits }: { readonly expressions: Expressions; readonly limits: readonly string[] },
): Steps<readonly Finding[]> {
  const world = { expressions, lists: listsOf(rules), limits };
  const compiled = yield* compileInSteps(policies, world, { revision: 0, fallback: rules.default });
  if (compiled.kind === "set") return [];
  return compiled.problems.map(({ index, field, message, at }): Finding => {
    const where = at === undefined ? "" : `the condition is wrong at character ${at}: `;
    return { path: ["policies", index, field], message: `${where}${message}`, at: "value" };
  });
}

const sets = new WeakMap<PolicyRulesSettings["lists"], ReadonlyMap<string, ReadonlySet<string>>>();

/** The lists of the configuration, each as a set: made once, as what is compiled with them is known by them. */
export function listsOf({ lists }: PolicyRulesSettings): ReadonlyMap<string, ReadonlySet<string>> {
  const made =
    sets.get(lists) ?? new Map(Object.entries(lists).map(([name, values]) => [name, new Set(values)]));
  sets.set(lists, made);
  return made;
}
