import * as z from "zod";
import type { GuardrailState } from "../gateway/control.ts";
import { count } from "./quantities.ts";

const found = {
  kind: z.string().describe("`email`, `card`, …, `custom:NAME`, `injection` or `tool-call`."),
  on: z.enum(["input", "output", "tool-arguments", "tool-result"]),
};

export const guardrailState = z.strictObject({
  guarded: count.describe("Requests that a rule was for."),
  blocked: count.describe("Findings that stopped a request or ended an answer."),
  findings: z.array(z.strictObject({ ...found, action: z.enum(["log", "flag", "redact", "block"]), count })),
  blocks: z
    .array(
      z.strictObject({
        ...found,
        at: z.number().describe("ms since 1970."),
        request_id: z.string(),
        length: count.describe("Of what was found, in characters."),
        digest: z.string().describe("Keyed: equal for equal values, and nothing else can be told of them."),
      }),
    )
    .describe("The newest first; a hundred at most."),
});

export function shownGuardrails({
  guarded,
  blocked,
  findings,
  blocks,
}: GuardrailState): z.output<typeof guardrailState> {
  return {
    guarded,
    blocked,
    findings: [...findings],
    blocks: blocks.map(({ kind, on, at, requestId, length, digest }) => ({
      kind,
      on,
      at,
      request_id: requestId,
      length,
      digest,
    })),
  };
}
