import type { Frame, StreamDecoder } from "../../exchange/codec.ts";
import type { UpstreamFailure } from "../../exchange/failure.ts";
import type { StreamPart } from "../../exchange/part.ts";
import { type JsonSlice, jsonSlice } from "../../framing/json-slices.ts";
import { errorCatalog } from "../../kernel/errors.ts";
import { isJsonObject, type JsonObject, parseJson } from "../../kernel/json.ts";
import { malformed, readToldFailure } from "./error.ts";
import { failureOfFinish, readFinish } from "./finish.ts";
import { stringIn } from "./response.ts";
import { createBlockReader } from "./stream-blocks.ts";
import { readUsage } from "./usage.ts";

/**
 * Reads the events of an answer. `message-end` is its last word: usage and finish follow from it. A stream that closes
 * without it and without `[DONE]` was cut: it ends in an `error`; with `[DONE]` alone its finish is `other`.
 */
export function decodeStream(): StreamDecoder {
  const blocks = createBlockReader();
  let state: "waiting" | "open" | "ended" = "waiting";

  const start = (answerId: string): readonly StreamPart[] => {
    if (state !== "waiting") return [];
    state = "open";
    return [{ kind: "start", answerId, model: "" }];
  };
  const fail = (failure: UpstreamFailure): readonly StreamPart[] => {
    state = "ended";
    return [{ kind: "error", failure }];
  };
  const finish = (delta: JsonObject, raw: JsonSlice | undefined): readonly StreamPart[] => {
    const finishRaw = stringIn(delta, "finish_reason");
    const broken = failureOfFinish(finishRaw, stringIn(delta, "error"));
    if (broken !== undefined) return fail(broken);
    const opening = start("");
    state = "ended";
    const closing = blocks.closeAll();
    const usage = readUsage(delta["usage"], raw?.member("usage"));
    return [
      ...opening,
      ...closing,
      ...(usage === undefined ? [] : [{ kind: "usage" as const, usage }]),
      { kind: "finish", finish: readFinish(finishRaw, { hasCalls: blocks.hasCalls() }) },
    ];
  };
  const read = (event: JsonObject, raw: JsonSlice): readonly StreamPart[] => {
    const told = readToldFailure(event);
    if (told !== undefined) return fail(told);
    const { type } = event;
    const delta = isJsonObject(event["delta"]) ? event["delta"] : {};
    switch (type) {
      case "message-start":
        return start(stringIn(event, "id"));
      case "message-end":
        return finish(delta, raw.member("delta"));
      case "debug":
        return [];
      default:
        if (typeof type !== "string") return fail(malformed("an event has no type"));
        return [...start(""), ...blocks.read(event, raw)];
    }
  };

  return {
    push(frame: Frame): readonly StreamPart[] {
      if (state === "ended" || frame.kind === "comment" || frame.data === "") return [];
      if (frame.data === "[DONE]") return finish({}, undefined);
      const event = parseJson(frame.data);
      if (!isJsonObject(event)) return fail(malformed("a stream frame is no JSON object"));
      const isError = frame.event === "error" && event["type"] === undefined;
      return read(isError ? { ...event, type: "error" } : event, jsonSlice(frame.data));
    },
    end: () => (state === "ended" ? [] : fail(broken)),
  };
}

const broken: UpstreamFailure = {
  code: "upstream_stream_broken",
  status: errorCatalog.upstream_stream_broken.status,
  message: "The stream ended before its last event.",
};
