import * as z from "zod";

/** The `continuity` section: how the reasoning state of providers survives clients of other dialects. */
export const continuitySettings = z
  .strictObject({
    memoryBytesMax: z
      .int()
      .min(0)
      .default(128 * 1024 ** 2)
      .describe(
        "Memory for the reasoning state of tool calls whose clients do not bring it back, in bytes; 0: none is kept.",
      ),
    memoryTtlMs: z
      .int()
      .min(1000)
      .max(7 * 86_400_000)
      .default(86_400_000)
      .describe("How long such state is kept."),
    whenUnavailable: z
      .enum(["drop", "refuse"])
      .default("drop")
      .describe(
        "When the account that can open the state of an open tool loop cannot answer: `drop` goes on without that state, declared; `refuse` answers 503.",
      ),
    answersBytesMax: z
      .int()
      .min(0)
      .default(256 * 1024 ** 2)
      .describe(
        "Memory for translated answers to clients of OpenAI Responses, which `previous_response_id` may name, in bytes; 0: none is kept.",
      ),
    answersTtlMs: z
      .int()
      .min(1000)
      .max(30 * 86_400_000)
      .default(86_400_000)
      .describe("How long such answers are kept."),
  })
  .describe("Reasoning state (thinking signatures, encrypted reasoning) across turns and dialects.");

export type ContinuitySettings = z.output<typeof continuitySettings>;
