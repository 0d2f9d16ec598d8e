import type { UpstreamFailure } from "../../exchange/failure.ts";
import type { Finish, FinishReason } from "../../exchange/finish.ts";
import type { Json, JsonObject } from "../../kernel/json.ts";
import { isJsonObject } from "../../kernel/json.ts";
import { malformed } from "./error.ts";

const reasons: ReadonlyMap<string, FinishReason> = new Map([
  ["STOP", "stop"],
  ["MAX_TOKENS", "length"],
  ["CONTINUATION", "pause"],
  // Not Google's: servers that imitate the API say so of calls.
  ["FUNCTION_CALL", "stop"],
  ...[
    "SAFETY",
    "RECITATION",
    "LANGUAGE",
    "BLOCKLIST",
    "PROHIBITED_CONTENT",
    "SPII",
    "MODEL_ARMOR",
    "JAILBREAK",
    "IMAGE_SAFETY",
    "IMAGE_PROHIBITED_CONTENT",
    "IMAGE_RECITATION",
    "IMAGE_OTHER",
    // The two services number these three differently, and all of them are kin of SAFETY.
    "6",
    "7",
    "8",
  ].map((word) => [word, "content-filter"] as const),
]);

/** The reasons that tell of a breakdown, not of an end. */
const failures: ReadonlySet<string> = new Set([
  "MALFORMED_FUNCTION_CALL",
  "UNEXPECTED_TOOL_CALL",
  "TOO_MANY_TOOL_CALLS",
  "MALFORMED_RESPONSE",
]);

/** Where words were asked for as numbers (`enum-encoding=int`), those on which AI Studio and Vertex AI agree. */
const numbered = ["FINISH_REASON_UNSPECIFIED", "STOP", "MAX_TOKENS", "SAFETY", "RECITATION", "OTHER"];

/** The candidate's `finishReason`, `undefined` while it goes on. */
export function finishWord({ finishReason }: JsonObject): string | undefined {
  if (typeof finishReason === "number") return numbered[finishReason] ?? String(finishReason);
  return typeof finishReason === "string" && finishReason !== "" ? finishReason : undefined;
}

/**
 * What a `finishReason` means. Gemini says STOP for tool calls too: next to calls it is `tool-calls`. An unknown word is
 * `other`, never `stop`.
 */
export function readFinish(raw: string, hasCalls: boolean): Finish {
  const reason = reasons.get(raw) ?? "other";
  return { reason: reason === "stop" && hasCalls ? "tool-calls" : reason, raw };
}

/** What the candidate's `finishReason` means if it tells of a breakdown. */
export function failureOfFinish(raw: string, { finishMessage }: JsonObject): UpstreamFailure | undefined {
  if (!failures.has(raw)) return undefined;
  const words = typeof finishMessage === "string" && finishMessage !== "" ? `: ${finishMessage}` : "";
  return malformed(`finishReason ${raw}${words}`);
}

/** The end of an answer that has no candidates because the prompt was blocked: its `promptFeedback`. */
export function blockFinish(promptFeedback: Json | undefined): Finish | undefined {
  const reason = isJsonObject(promptFeedback) ? promptFeedback["blockReason"] : undefined;
  if (typeof reason !== "string" && typeof reason !== "number") return undefined;
  return { reason: "content-filter", raw: String(reason) };
}
