import type { FrameRole, StreamTap, Tapped } from "../../exchange/codec.ts";
import type { UpstreamFailure } from "../../exchange/failure.ts";
import type { Usage } from "../../exchange/usage.ts";
import { isJsonObject, type Json, type JsonObject, parseJson } from "../../kernel/json.ts";
import { failureOfFinish, readFinish } from "./finish.ts";
import { malformed, readToldFailure } from "./error.ts";
import { mergeUsage, readUsage } from "./usage.ts";

/**
 * Reads a Chat stream that passes byte for byte. A frame is parsed only if it is the first, tells usage, a finish or
 * an error, or belongs to a choice other than the first; all others are looked at as text.
 */
export function tapChatStream({ hidesUsage }: { readonly hidesUsage: boolean }): StreamTap {
  const open = new Set<number>();
  const finished = new Set<number>();
  let isFirst = true;
  let isDone = false;
  let hasCalls = false;
  let hasRefusal = false;
  let model: string | undefined;
  let usage: Usage | undefined;
  let finishRaw: string | undefined;
  let failure: UpstreamFailure | undefined;

  const fail = (next: UpstreamFailure): FrameRole => {
    failure = next;
    return "error";
  };
  const readChunk = (chunk: JsonObject): FrameRole => {
    const told = readToldFailure(chunk);
    if (told !== undefined) return fail(told);
    if (typeof chunk["model"] === "string" && chunk["model"] !== "") model ??= chunk["model"];
    const choices = Array.isArray(chunk["choices"]) ? chunk["choices"] : [];
    const found = usageOf(chunk);
    usage = mergeUsage(usage, found);
    for (const choice of choices) {
      if (!isJsonObject(choice)) continue;
      const index = typeof choice["index"] === "number" ? choice["index"] : 0;
      const reason = choice["finish_reason"];
      open.add(index);
      if (typeof reason !== "string" || reason === "") continue;
      const broken = failureOfFinish(reason);
      if (broken !== undefined) return fail({ ...malformed(`finish_reason ${reason}`), code: broken });
      finished.add(index);
      if (index === 0 || finishRaw === undefined) finishRaw = reason;
    }
    return hidesUsage && found !== undefined && choices.length === 0 ? "usage-only" : "content";
  };

  return {
    push(frame) {
      const { data } = frame;
      if (frame.kind === "comment" || data === "") return "idle";
      if (data === "[DONE]") {
        isDone = true;
        // Whole, by the server's word, but for no reason it told.
        finishRaw ??= "";
        return "end";
      }
      hasCalls ||= data.includes('"tool_calls":[') || data.includes('"function_call":{');
      hasRefusal ||= data.includes('"refusal":"') && !data.includes('"refusal":""');
      if (!isFirst && frame.event !== "error" && !isTelling(data)) return "content";
      isFirst = false;
      const chunk = parseJson(data);
      if (!isJsonObject(chunk)) return fail(malformed("a stream frame is no JSON object"));
      return frame.event === "error" && chunk["error"] === undefined
        ? readChunk({ error: chunk })
        : readChunk(chunk);
    },
    tapped: (): Tapped => ({
      ...(model !== undefined && { model }),
      ...(usage !== undefined && { usage }),
      ...(finishRaw !== undefined && {
        finish: readFinish(finishRaw, { calls: hasCalls, refusal: hasRefusal }),
      }),
    }),
    failure: () => failure,
    isComplete: () =>
      failure === undefined && (isDone || (open.size > 0 && [...open].every((index) => finished.has(index)))),
  };
}

/** The usage of a chunk: at its top, under Groq's `x_groq`, or on a choice (Moonshot). */
export function usageOf(chunk: JsonObject): Usage | undefined {
  const groq = isJsonObject(chunk["x_groq"]) ? chunk["x_groq"]["usage"] : undefined;
  const choice: Json | undefined = Array.isArray(chunk["choices"]) ? chunk["choices"][0] : undefined;
  const onChoice = isJsonObject(choice) ? choice["usage"] : undefined;
  return readUsage(chunk["usage"] ?? groq ?? onChoice, chunk["service_tier"]);
}

/** Whether the text of a frame has something that must be read: usage, a finish, an error, another choice. */
function isTelling(data: string): boolean {
  return (
    data.includes('"error"') ||
    hasValue(data, '"usage"', (code) => code === 0x7b) ||
    hasValue(data, '"finish_reason"', (code) => code === 0x22) ||
    hasValue(data, '"index"', (code) => code !== 0x30)
  );
}

/** Whether a member of this quoted name has a value that begins with a wanted character. */
function hasValue(data: string, name: string, isWanted: (code: number) => boolean): boolean {
  for (let at = data.indexOf(name); at >= 0; at = data.indexOf(name, at)) {
    at += name.length;
    while (data.charCodeAt(at) === 0x20) at += 1;
    if (data.charCodeAt(at) !== 0x3a) continue;
    at += 1;
    while (data.charCodeAt(at) === 0x20) at += 1;
    if (isWanted(data.charCodeAt(at))) return true;
  }
  return false;
}
