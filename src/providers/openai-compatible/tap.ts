import type { FrameRole, StreamTap, Tapped } from "../../exchange/codec.ts";
import type { UpstreamFailure } from "../../exchange/failure.ts";
import type { Usage } from "../../exchange/usage.ts";
import { writeEvent } from "../../framing/sse-write.ts";
import { isJsonObject, type Json, type JsonObject, parseJson } from "../../kernel/json.ts";
import { callsOf, type Said, wordsOf } from "./delta.ts";
import { malformed, readToldFailure } from "./error.ts";
import { failureOfFinish, readFinish } from "./finish.ts";
import { asksForUsage, defaultQuirks, type QuirkProfile } from "./quirks.ts";
import { mergeUsage, readUsage } from "./usage.ts";

/**
 * What makes a frame worth parsing: an error, usage, a finish, another choice, a tool call, a refusal. Inside the text
 * of the model every quote is escaped, so that it never matches. One pass: this runs for every event of every stream.
 */
const always = String.raw`error"\s*:|usage"\s*:\s*\{|finish_reason"\s*:\s*"|index"\s*:\s*[1-9]|refusal"\s*:\s*"[^"]`;
const telling = new RegExp(String.raw`"(?:${always}|tool_calls"\s*:\s*\[|function_call"\s*:\s*\{)`);
/** Once it is known that there are calls, their pieces tell nothing new. */
const tellingAfterCalls = new RegExp(`"(?:${always})`);

/**
 * Reads a Chat stream that passes byte for byte. Only the first frame and those that are `telling` are parsed; all
 * others are looked at as text.
 */
export function tapChatStream(
  options: { readonly hidesUsage: boolean },
  quirks: QuirkProfile = defaultQuirks,
): StreamTap {
  // A server that was not asked tells its usage of its own accord: that is the client's.
  const hidesUsage = options.hidesUsage && asksForUsage(quirks);
  const open = new Set<number>();
  const finished = new Set<number>();
  let hasBegun = false;
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
  /** Whether it says anything. */
  const readChoice = (choice: JsonObject): boolean => {
    const index = typeof choice["index"] === "number" ? choice["index"] : 0;
    const reason = choice["finish_reason"];
    open.add(index);
    const delta = isJsonObject(choice["delta"]) ? choice["delta"] : {};
    const calls = callsOf(delta).length > 0;
    const words = wordsOf(delta);
    if (index === 0) {
      hasCalls ||= calls;
      hasRefusal ||= words.refusal !== "";
    }
    if (typeof reason !== "string" || reason === "") return calls || isSaid(words) || !isOpening(delta);
    failure = failureOfFinish(reason);
    finished.add(index);
    if (index === 0 || finishRaw === undefined) finishRaw = reason;
    return true;
  };
  const readChunk = (chunk: JsonObject): FrameRole => {
    const told = readToldFailure(chunk);
    if (told !== undefined) return fail(told);
    if (typeof chunk["model"] === "string" && chunk["model"] !== "") model ??= chunk["model"];
    const choices = Array.isArray(chunk["choices"]) ? chunk["choices"] : [];
    const found = usageOf(chunk, quirks);
    usage = mergeUsage(usage, found);
    let saysSomething = hasBegun || (found !== undefined && choices.length === 0);
    for (const choice of choices) {
      if (!isJsonObject(choice)) continue;
      saysSomething = readChoice(choice) || saysSomething;
      if (failure !== undefined) return "error";
    }
    hasBegun = saysSomething;
    if (!hasBegun) return "idle";
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
      if (hasBegun && frame.event !== "error" && !(hasCalls ? tellingAfterCalls : telling).test(data))
        return "content";
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
    closing: () => (isDone ? "" : writeEvent("[DONE]")),
  };
}

const isSaid = ({ text, reasoning, refusal }: Said): boolean =>
  text !== "" || reasoning !== "" || refusal !== "";

/** A delta that only says who speaks, its words empty. */
const isOpening = (delta: JsonObject): boolean =>
  Object.keys(delta).every((name) => openingMembers.has(name));
const openingMembers: ReadonlySet<string> = new Set([
  "role",
  "content",
  "refusal",
  "reasoning",
  "reasoning_content",
  "tool_calls",
  "function_call",
]);

/** The usage of a chunk: at its top, under Groq's `x_groq`, or on a choice (Moonshot). */
export function usageOf(chunk: JsonObject, quirks: QuirkProfile): Usage | undefined {
  const groq = isJsonObject(chunk["x_groq"]) ? chunk["x_groq"]["usage"] : undefined;
  const choice: Json | undefined = Array.isArray(chunk["choices"]) ? chunk["choices"][0] : undefined;
  const onChoice = isJsonObject(choice) ? choice["usage"] : undefined;
  return readUsage(chunk["usage"] ?? groq ?? onChoice, chunk["service_tier"], quirks);
}
