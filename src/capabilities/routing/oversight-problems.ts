import { familyOf } from "./family.ts";
import type { RouteRules } from "./shapes.ts";

/** What is wrong with who reads the answers of a pool; `field` within its route. */
export function oversightProblems(
  rules: Partial<Pick<RouteRules, "strategy" | "guard" | "judge" | "implicit" | "reference">>,
  targets: readonly { readonly model: string }[],
): readonly { readonly field: readonly string[]; readonly message: string }[] {
  const { strategy, guard, reference, judge } = rules;
  const elsewhere = (["guard", "judge", "implicit"] as const).filter(
    (name) => rules[name] !== undefined && strategy !== "learned",
  );
  // The name of a provider is the operator's.
  const judging = judge?.use.slice(judge.use.indexOf("/") + 1) ?? "";
  const kin = guard && judge && targets.find(({ model }) => familyOf(model) === familyOf(judging));
  return [
    ...elsewhere.map((name) => ({ field: ["strategy"], message: `must be \`learned\` for \`${name}\`` })),
    ...(guard !== undefined && reference === undefined
      ? [
          {
            field: ["reference"],
            message: "is needed by `guard`: the target that answers are held against",
          },
        ]
      : []),
    ...(kin === undefined
      ? []
      : [
          {
            field: ["judge", "use"],
            message: `must be of another family than \`${kin.model}\`, which the guard would have it judge`,
          },
        ]),
  ];
}
