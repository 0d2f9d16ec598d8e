import type { Frame, StreamDecoder } from "../../exchange/codec.ts";
import type { UpstreamFailure } from "../../exchange/failure.ts";
import type { Finish } from "../../exchange/finish.ts";
import type { StreamPart } from "../../exchange/part.ts";
import { type JsonSlice, jsonSlice } from "../../framing/json-slices.ts";
import { errorCatalog } from "../../kernel/errors.ts";
import { isJsonObject, type Json, type JsonObject, parseJson } from "../../kernel/json.ts";
import { failureOfEvent, malformed } from "./error.ts";
import { decodeFinish } from "./finish.ts";
import { stringOf } from "./response.ts";
import { createBlockReader } from "./stream-blocks.ts";
import { foldUsage, type UsageCounters, usageOf } from "./usage.ts";

/**
 * Reads the events of a message. `finish` is the last part, after the final usage: it waits for `message_stop`, since
 * more than one `message_delta` may come. An upstream that ends before a stop reason was told has broken the stream.
 */
export function decodeStream(): StreamDecoder {
  const blocks = createBlockReader();
  let answerId: string | undefined;
  let counters: UsageCounters | undefined;
  let finish: Finish | undefined;
  let isOver = false;

  const fail = (failure: UpstreamFailure): readonly StreamPart[] => {
    isOver = true;
    return [...blocks.closeAll(), { kind: "error", failure }];
  };
  const close = (): readonly StreamPart[] => {
    if (finish === undefined) return fail(broken);
    isOver = true;
    const usage =
      counters === undefined ? [] : [{ kind: "usage", usage: usageOf(counters, "reported") } as const];
    return [...blocks.closeAll(), ...usage, { kind: "finish", finish }];
  };
  const begin = (data: JsonObject, raw: JsonSlice): readonly StreamPart[] => {
    const message = data["message"];
    if (!isJsonObject(message)) return fail(malformed("message_start has no message."));
    const id = stringOf(message, "id");
    // A repeated start of the same message adds nothing; another message in its midst cannot be told apart from it.
    if (answerId !== undefined) return answerId === id ? [] : fail(malformed("A second message began."));
    answerId = id;
    counters = foldUsage(counters, message["usage"], raw.member("message")?.member("usage"));
    const usage =
      counters === undefined ? [] : [{ kind: "usage", usage: usageOf(counters, "partial") } as const];
    // An answer that needs no streaming comes whole in its first event, stop reason included.
    if (typeof message["stop_reason"] === "string") finish = decodeFinish(message);
    const content: readonly Json[] = Array.isArray(message["content"]) ? message["content"] : [];
    const given = raw.member("message")?.member("content");
    return [
      { kind: "start", answerId: id, model: stringOf(message, "model") },
      ...usage,
      ...content.flatMap((block, index) => blocks.whole(block, given?.element(index))),
    ];
  };

  const read = (data: JsonObject, raw: JsonSlice): readonly StreamPart[] => {
    const type = stringOf(data, "type");
    switch (type) {
      case "message_start":
        return begin(data, raw);
      case "content_block_start":
      case "content_block_delta":
      case "content_block_stop":
        return answerId === undefined
          ? fail(malformed(`${type} came before message_start.`))
          : blocks.read(data, raw);
      case "message_delta":
        counters = foldUsage(counters, data["usage"], raw.member("usage"));
        if (isJsonObject(data["delta"]) && typeof data["delta"]["stop_reason"] === "string") {
          finish = decodeFinish(data["delta"]);
        }
        return [];
      case "message_stop":
        return close();
      case "error":
        return fail(failureOfEvent(data));
      default:
        // Pings, and events that are newer than we are.
        return [];
    }
  };

  return {
    push(frame: Frame): readonly StreamPart[] {
      if (isOver || frame.kind === "comment" || frame.data === "") return [];
      const data = parseJson(frame.data);
      if (!isJsonObject(data)) return fail(malformed("An event's data is no JSON object."));
      return frame.event === "error" ? fail(failureOfEvent(data)) : read(data, jsonSlice(frame.data));
    },
    end: () => (isOver ? [] : close()),
  };
}

const broken: UpstreamFailure = {
  code: "upstream_stream_broken",
  status: errorCatalog.upstream_stream_broken.status,
  message: "The stream ended before a stop reason was told.",
};
