import { type GuardrailSettings, toolFacts } from "../capabilities/guardrail/index.ts";
import type { Expressions } from "../ports/expressions.ts";
import type { Finding } from "./problem.ts";

/** What is wrong with conditions on tools, and with rules that name patterns: none is found out by a request. */
export function checkGuardrails(
  { rules, patterns, tools }: GuardrailSettings,
  expressions: Pick<Expressions, "compile" | "pattern">,
): readonly Finding[] {
  const names = new Set(patterns.map(({ name }) => `custom:${name}`));
  const unknown = rules.flatMap(({ detect }, index) =>
    detect.flatMap((kind, at): readonly Finding[] =>
      !kind.startsWith("custom:") || names.has(kind)
        ? []
        : [
            {
              path: ["guardrails", "rules", index, "detect", at],
              message: `\`patterns\` has no \`${kind.slice("custom:".length)}\``,
              at: "value",
            },
          ],
    ),
  );
  const conditions = tools.flatMap(({ when }, index): readonly Finding[] => {
    const compiled = when === undefined ? undefined : expressions.compile(when, toolFacts);
    if (compiled?.kind !== "problem") return [];
    const message = `the condition is wrong at character ${compiled.at}: ${compiled.message}`;
    return [{ path: ["guardrails", "tools", index, "when"], message, at: "value" }];
  });
  const wrong = patterns.flatMap(({ pattern }, index): readonly Finding[] => {
    const compiled = expressions.pattern(pattern);
    if (compiled.kind === "pattern" && compiled.find("", 0) === undefined) return [];
    const message =
      compiled.kind === "pattern"
        ? "it fits the empty text"
        : `this is no pattern of RE2: ${compiled.message}`;
    return [{ path: ["guardrails", "patterns", index, "pattern"], message, at: "value" }];
  });
  return [...unknown, ...wrong, ...conditions];
}
