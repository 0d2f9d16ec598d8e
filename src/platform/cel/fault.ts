import { EvaluationError, ParseError, TypeError as TypeFault } from "@marcbachmann/cel-js";
import type { Compiled } from "../../ports/expressions.ts";

type Problem = Extract<Compiled, { kind: "problem" }>;

/** `from` counts from 0, what is told of it from 1. */
export const problem = (message: string, from: number): Problem => ({
  kind: "problem",
  message,
  at: from + 1,
});

export function problemOf(thrown: unknown): Problem {
  if (thrown instanceof ParseError || thrown instanceof TypeFault)
    return problem(lowered(thrown.summary), thrown.range?.start ?? 0);
  return problem(faultOf(thrown), 0);
}

const lowered = (text: string): string => `${text.slice(0, 1).toLowerCase()}${text.slice(1)}`;

export function faultOf(thrown: unknown): string {
  if (thrown instanceof EvaluationError) return thrown.summary;
  return thrown instanceof Error ? thrown.message : "it cannot be told why";
}
