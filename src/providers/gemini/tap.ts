import type { Frame, FrameRole, StreamTap, Tapped } from "../../exchange/codec.ts";
import type { UpstreamFailure } from "../../exchange/failure.ts";
import type { Finish } from "../../exchange/finish.ts";
import { jsonSlice } from "../../framing/json-slices.ts";
import { isJsonObject, type JsonObject, parseJson } from "../../kernel/json.ts";
import { candidateOf, partsOf, stringOf } from "./candidate.ts";
import { type ChunkShape, hasShape, shapeOf } from "./chunk-shape.ts";
import { malformed, readToldFailure } from "./error.ts";
import { blockFinish, failureOfFinish, finishWord, readFinish } from "./finish.ts";
import { createUsageMeter } from "./usage.ts";

/**
 * Reads a stream that passes byte for byte. Every chunk tells the usage, but one of the same shape as the one before is
 * not parsed unless it is the last. An array is whole only with its closing bracket.
 */
export function tapStream(): StreamTap {
  const open = new Set<number>();
  const finished = new Set<number>();
  let model: string | undefined;
  const meter = createUsageMeter();
  let word: string | undefined;
  let blocked: Finish | undefined;
  let failure: UpstreamFailure | undefined;
  let hasCalls = false;
  let hasBegun = false;
  let shape: ChunkShape | undefined;
  let unread: string | undefined;
  let form: "unknown" | "events" | "array" | "closed" = "unknown";

  const fail = (next: UpstreamFailure): FrameRole => {
    failure = next;
    return "error";
  };
  const readCandidates = (chunk: JsonObject): UpstreamFailure | undefined => {
    const candidates = Array.isArray(chunk["candidates"]) ? chunk["candidates"].filter(isJsonObject) : [];
    for (const candidate of candidates) {
      const index = typeof candidate["index"] === "number" ? candidate["index"] : 0;
      const told = finishWord(candidate);
      open.add(index);
      if (told === undefined) continue;
      finished.add(index);
      const broken = failureOfFinish(told, candidate);
      if (broken !== undefined) return broken;
    }
    return undefined;
  };
  const readUnread = (): void => {
    const data = unread;
    unread = undefined;
    const chunk = data === undefined ? undefined : parseJson(data);
    if (data !== undefined && isJsonObject(chunk)) meter.push(chunk, () => jsonSlice(data));
  };
  const readChunk = (chunk: JsonObject, data: string): FrameRole => {
    readUnread();
    shape = shapeOf(data);
    const named = stringOf(chunk, "modelVersion");
    if (named !== "") model ??= named;
    meter.push(chunk, () => jsonSlice(data));
    const broken = readCandidates(chunk);
    if (broken !== undefined) return fail(broken);
    const first = candidateOf(chunk);
    if (first === undefined) {
      blocked ??= blockFinish(chunk["promptFeedback"]);
      hasBegun ||= blocked !== undefined;
      return hasBegun ? "content" : "idle";
    }
    word = finishWord(first) ?? word;
    const parts = partsOf(first);
    hasCalls ||= parts.some((part) => isJsonObject(part) && isJsonObject(part["functionCall"]));
    hasBegun ||= word !== undefined || parts.some((part) => isJsonObject(part) && part["text"] !== "");
    return hasBegun ? "content" : "idle";
  };
  const finishOf = (): Finish | undefined => (word === undefined ? blocked : readFinish(word, hasCalls));

  return {
    push(frame) {
      if (form === "unknown") form = isArray(frame) ? "array" : "events";
      if (frame.kind === "comment" || frame.data === "") {
        if (form !== "array" || frame.bytes.at(-1) !== 0x5d) return "idle";
        form = "closed";
        return "end";
      }
      if (hasBegun && shape !== undefined && hasShape(shape, frame.data)) {
        // Its counters replace those of the one before, each of them: only the last need be read.
        unread = frame.data;
        return "content";
      }
      const value = parseJson(frame.data);
      const told = value === undefined ? undefined : readToldFailure(value);
      if (told !== undefined) return fail(told);
      return isJsonObject(value)
        ? readChunk(value, frame.data)
        : fail(malformed("A chunk is no JSON object."));
    },
    tapped: (): Tapped => {
      readUnread();
      const finish = finishOf();
      const usage = meter.read(finish === undefined ? "partial" : "reported");
      return {
        ...(model === undefined ? {} : { model }),
        ...(usage === undefined ? {} : { usage }),
        ...(finish === undefined ? {} : { finish }),
      };
    },
    failure: () => failure,
    isComplete: () =>
      failure === undefined &&
      form !== "array" &&
      finishOf() !== undefined &&
      [...open].every((index) => finished.has(index)),
  };
}

/** Whether a first frame is one of an array: events begin with the name of a field. */
function isArray({ bytes }: Frame): boolean {
  const first = bytes.find((byte) => byte > 0x20);
  return first === 0x5b;
}
