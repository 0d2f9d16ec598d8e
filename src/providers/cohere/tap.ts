import type { FrameRole, StreamTap } from "../../exchange/codec.ts";
import type { UpstreamFailure } from "../../exchange/failure.ts";
import type { Usage } from "../../exchange/usage.ts";
import { jsonSlice } from "../../framing/json-slices.ts";
import { isJsonObject, type JsonObject, parseJson } from "../../kernel/json.ts";
import { malformed, readToldFailure } from "./error.ts";
import { failureOfFinish, readFinish } from "./finish.ts";
import { stringIn } from "./response.ts";
import { readUsage } from "./usage.ts";

/**
 * Reads a stream that passes byte for byte. Only the last event, the starts of calls and errors are parsed; all
 * others, nearly all of them, cost a look at their name. The model is never told.
 */
export function tapStream(): StreamTap {
  let usage: Usage | undefined;
  let finishRaw: string | undefined;
  let hasCalls = false;
  let isComplete = false;
  let failure: UpstreamFailure | undefined;

  const fail = (next: UpstreamFailure): FrameRole => {
    failure = next;
    isComplete = false;
    return "error";
  };
  const finish = (event: JsonObject, data: string): FrameRole => {
    const delta = isJsonObject(event["delta"]) ? event["delta"] : {};
    const raw = stringIn(delta, "finish_reason");
    const broken = failureOfFinish(raw, stringIn(delta, "error"));
    if (broken !== undefined) return fail(broken);
    usage = readUsage(delta["usage"], jsonSlice(data).member("delta")?.member("usage"));
    finishRaw = raw;
    isComplete = true;
    return "content";
  };
  const readEvent = (isError: boolean, data: string): FrameRole => {
    const event = parseJson(data);
    if (!isJsonObject(event)) return fail(malformed("a stream frame is no JSON object"));
    const isUnnamed = isError && event["type"] === undefined;
    const told = readToldFailure(isUnnamed ? { ...event, type: "error" } : event);
    if (told !== undefined) return fail(told);
    const { type } = event;
    if (typeof type !== "string") return fail(malformed("an event has no type"));
    hasCalls ||= type === "tool-call-start";
    return type === "message-end" ? finish(event, data) : "content";
  };

  return {
    push({ kind, event, data }) {
      if (kind === "comment" || data === "") return "idle";
      if (data === "[DONE]") {
        // Whole, by the server's word, but for no reason it told.
        finishRaw ??= "";
        isComplete = failure === undefined;
        return "end";
      }
      const isError = event === "error";
      if (!isError && passing.has(typeIn(data) ?? "")) return "content";
      return readEvent(isError, data);
    },
    tapped: () => ({
      ...(usage !== undefined && { usage }),
      ...(finishRaw !== undefined && { finish: readFinish(finishRaw, { hasCalls }) }),
    }),
    failure: () => failure,
    isComplete: () => isComplete,
  };
}

/** Events that tell nothing that has to be known. */
const passing: ReadonlySet<string> = new Set([
  "message-start",
  "content-start",
  "content-delta",
  "content-end",
  "tool-plan-delta",
  "tool-call-delta",
  "tool-call-end",
  "citation-start",
  "citation-end",
]);

/** The type of an event: it is near the beginning, before anything the model said. */
function typeIn(data: string): string | undefined {
  return /"type"\s*:\s*"([a-z-]+)"/.exec(data.slice(0, 120))?.[1];
}
