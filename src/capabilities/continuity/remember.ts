import type { Part } from "../../exchange/part.ts";
import type { Remembered } from "./memory.ts";

/** What is to be kept of an answer, by the id of the tool call it belongs to; calls that nothing came with are left out. */
export function worthKeeping(
  parts: readonly Part[],
  boundary: string,
): readonly (readonly [callId: string, Remembered])[] {
  const kept: (readonly [string, Remembered])[] = [];
  let reasoning: Remembered["reasoning"] = [];
  for (const part of parts) {
    if (part.kind === "reasoning") reasoning = [...reasoning, bounded(part, boundary)];
    if (part.kind !== "tool-call") continue;
    const { seal } = bounded(part, boundary);
    if (reasoning.length > 0 || seal !== undefined) kept.push([part.id, { reasoning, seal }]);
    // Parallel calls share what was thought before the first of them.
    reasoning = [];
  }
  return kept;
}

function bounded<P extends Extract<Part, { kind: "reasoning" | "tool-call" }>>(part: P, boundary: string): P {
  return part.seal === undefined ? part : { ...part, seal: { ...part.seal, boundary } };
}
