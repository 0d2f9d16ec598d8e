import type { JsonObject } from "../../src/kernel/json.ts";
import type { Writing } from "../dialect.ts";

/** How much of the answer has been told, in tokens. */
export interface Told {
  readonly thoughts: number;
  readonly candidates: number;
}

/** All of the answer. */
export const allTold = ({ answer }: Writing): Told => ({
  thoughts: answer.usage.reasoning,
  candidates: answer.usage.output - answer.usage.reasoning,
});

/**
 * Usage with the members Google tells, in its order. Thoughts are not among the candidates' tokens, and what is nothing
 * is left out. `wrong` contradicts itself.
 */
export function printUsage({ answer, usageFault }: Writing, told: Told): JsonObject {
  const { input, cacheRead } = answer.usage;
  const { thoughts, candidates } = told;
  const misled = usageFault === "wrong" ? candidates * 3 + 7 : candidates;
  return {
    promptTokenCount: input,
    ...(candidates > 0 ? { candidatesTokenCount: misled } : {}),
    totalTokenCount: input + thoughts + candidates,
    ...(cacheRead > 0 ? { cachedContentTokenCount: cacheRead } : {}),
    promptTokensDetails: [{ modality: "TEXT", tokenCount: input }],
    ...(cacheRead > 0 ? { cacheTokensDetails: [{ modality: "TEXT", tokenCount: cacheRead }] } : {}),
    ...(thoughts > 0 ? { thoughtsTokenCount: thoughts } : {}),
    serviceTier: "standard",
  };
}
