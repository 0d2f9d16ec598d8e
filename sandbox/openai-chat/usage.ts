import type { JsonObject } from "../../src/kernel/json.ts";
import type { AnswerUsage } from "../ask.ts";
import type { UsageFault } from "../faults.ts";

/** Usage with the members OpenAI tells, in its order; `wrong` contradicts itself. */
export function printUsage(usage: AnswerUsage, fault: UsageFault | undefined): JsonObject {
  const output = fault === "wrong" ? usage.output * 3 + 7 : usage.output;
  return {
    prompt_tokens: usage.input,
    completion_tokens: output,
    total_tokens: usage.input + usage.output,
    prompt_tokens_details: { cached_tokens: usage.cacheRead, audio_tokens: 0 },
    completion_tokens_details: {
      reasoning_tokens: usage.reasoning,
      audio_tokens: 0,
      accepted_prediction_tokens: 0,
      rejected_prediction_tokens: 0,
    },
  };
}
