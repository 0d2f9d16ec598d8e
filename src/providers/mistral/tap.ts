import type { FrameRole, StreamTap } from "../../exchange/codec.ts";
import type { UpstreamFailure } from "../../exchange/failure.ts";
import type { Usage } from "../../exchange/usage.ts";
import { jsonSlice } from "../../framing/json-slices.ts";
import { isJsonObject, type JsonObject, parseJson } from "../../kernel/json.ts";
import { callsOf } from "./calls.ts";
import { malformed, readToldFailure } from "./error.ts";
import { failureOfFinish, readFinish } from "./finish.ts";
import { stringIn } from "./pieces.ts";
import { mergeUsage, readUsage } from "./usage.ts";

/**
 * What makes a frame worth parsing: an error, usage, a finish, another choice, a tool call; or the lack of choices.
 * Inside the words of the model every quote is escaped, so that it never matches.
 */
const telling =
  /"(?:error"|usage"\s*:\s*\{|finish_reason"\s*:\s*"|index"\s*:\s*[1-9]|tool_calls"\s*:\s*\[)|^(?!.*"choices"\s*:)/s;

/**
 * Reads a stream that passes byte for byte. Only the first frame and those that are `telling` are parsed; all others
 * are looked at as text.
 */
export function tapStream(): StreamTap {
  const open = new Set<number>();
  const finished = new Set<number>();
  let isFirst = true;
  let isDone = false;
  let hasCalls = false;
  let model: string | undefined;
  let usage: Usage | undefined;
  let finishRaw: string | undefined;
  let failure: UpstreamFailure | undefined;

  const fail = (next: UpstreamFailure): FrameRole => {
    failure = next;
    return "error";
  };
  const readChoice = (choice: JsonObject): UpstreamFailure | undefined => {
    const index = typeof choice["index"] === "number" ? choice["index"] : 0;
    const reason = stringIn(choice, "finish_reason");
    const delta = isJsonObject(choice["delta"]) ? choice["delta"] : {};
    open.add(index);
    if (index === 0) hasCalls ||= callsOf(delta, undefined).length > 0;
    if (reason === "") return undefined;
    finished.add(index);
    if (index === 0) finishRaw = reason;
    return index === 0 ? failureOfFinish(reason) : undefined;
  };
  const readChunk = (chunk: JsonObject, data: string): FrameRole => {
    const told = readToldFailure(chunk);
    if (told !== undefined) return fail(told);
    if (stringIn(chunk, "model") !== "") model ??= stringIn(chunk, "model");
    usage = mergeUsage(usage, readUsage(chunk["usage"], jsonSlice(data).member("usage")));
    const choices = Array.isArray(chunk["choices"]) ? chunk["choices"].filter(isJsonObject) : [];
    const broken = choices.map(readChoice).find((found) => found !== undefined);
    return broken === undefined ? "content" : fail(broken);
  };

  return {
    push({ kind, event, data }) {
      if (kind === "comment" || data === "") return "idle";
      if (data === "[DONE]") {
        isDone = true;
        // Whole, by the server's word, but for no reason it told.
        finishRaw ??= "";
        return "end";
      }
      if (!isFirst && event !== "error" && !telling.test(data)) return "content";
      isFirst = false;
      const chunk = parseJson(data);
      if (!isJsonObject(chunk)) return fail(malformed("a stream frame is no JSON object"));
      return readChunk(event === "error" ? { object: "error", ...chunk } : chunk, data);
    },
    tapped: () => ({
      ...(model !== undefined && { model }),
      ...(usage !== undefined && { usage }),
      ...(finishRaw !== undefined && { finish: readFinish(finishRaw, { hasCalls }) }),
    }),
    failure: () => failure,
    isComplete: () =>
      failure === undefined && (isDone || (open.size > 0 && [...open].every((index) => finished.has(index)))),
  };
}
