import {
  compilePolicies,
  type Policy,
  type PolicyRulesSettings,
  policySettings,
} from "../capabilities/policy/index.ts";
import type { Expressions } from "../ports/expressions.ts";
import type { Finding } from "./problem.ts";

/** One policy as it is written, in a file or in a call of the admin API. */
export const writtenPolicy = policySettings;

/** What only a compiler can tell of policies: names, types, costs. None is found out by a request. */
export function checkPolicies(
  policies: readonly Policy[],
  rules: PolicyRulesSettings,
  { expressions, limits }: { readonly expressions: Expressions; readonly limits: readonly string[] },
): readonly Finding[] {
  const world = { expressions, lists: listsOf(rules), limits };
  const compiled = compilePolicies(policies, world, { revision: 0, fallback: rules.default });
  if (compiled.kind === "set") return [];
  return compiled.problems.map(({ index, field, message, at }): Finding => {
    const where = at === undefined ? "" : `the condition is wrong at character ${at}: `;
    return { path: ["policies", index, field], message: `${where}${message}`, at: "value" };
  });
}

/** The lists of the configuration, each as a set. */
export const listsOf = ({ lists }: PolicyRulesSettings): ReadonlyMap<string, ReadonlySet<string>> =>
  new Map(Object.entries(lists).map(([name, values]) => [name, new Set(values)]));
