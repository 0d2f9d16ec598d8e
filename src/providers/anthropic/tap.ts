import type { Frame, FrameRole, StreamTap } from "../../exchange/codec.ts";
import type { UpstreamFailure } from "../../exchange/failure.ts";
import type { Finish } from "../../exchange/finish.ts";
import { jsonSlice } from "../../framing/json-slices.ts";
import { writeEvent } from "../../framing/sse-write.ts";
import { isJsonObject, parseJson } from "../../kernel/json.ts";
import { failureOfEvent } from "./error.ts";
import { decodeFinish } from "./finish.ts";
import { stringOf } from "./response.ts";
import { foldUsage, type UsageCounters, usageOf } from "./usage.ts";

/**
 * Reads a stream that passes byte for byte. Only `message_start`, `message_delta` and `error` are parsed; the frames
 * in between, nearly all of them, cost one comparison of their name.
 */
export function tapStream(): StreamTap {
  let model: string | undefined;
  let counters: UsageCounters | undefined;
  let finish: Finish | undefined;
  let failure: UpstreamFailure | undefined;
  let isStopped = false;
  let hasBegun = false;

  /** An opening commits nothing: until the model has said something, another may be asked. */
  const opening = (): FrameRole => (hasBegun ? "content" : "idle");
  const content = (): FrameRole => {
    hasBegun = true;
    return "content";
  };
  const begin = (data: string): FrameRole => {
    const event = parseJson(data);
    const message = isJsonObject(event) ? event["message"] : undefined;
    if (!isJsonObject(message)) return opening();
    model = stringOf(message, "model");
    counters = foldUsage(counters, message["usage"], jsonSlice(data).member("message")?.member("usage"));
    if (typeof message["stop_reason"] === "string") finish = decodeFinish(message);
    return finish === undefined ? opening() : content();
  };
  const change = (data: string): FrameRole => {
    const event = parseJson(data);
    if (!isJsonObject(event)) return content();
    counters = foldUsage(counters, event["usage"], jsonSlice(data).member("usage"));
    const delta = event["delta"];
    if (isJsonObject(delta) && typeof delta["stop_reason"] === "string") finish = decodeFinish(delta);
    return content();
  };

  return {
    push(frame: Frame): FrameRole {
      if (frame.kind === "comment") return "idle";
      switch (frame.event === "" ? nameIn(frame.data) : frame.event) {
        case "content_block_delta":
          return content();
        case "content_block_start":
          return emptyBlock.test(frame.data) ? opening() : content();
        case "message_start":
          return begin(frame.data);
        case "message_delta":
          return change(frame.data);
        case "message_stop":
          isStopped = true;
          return "end";
        case "error":
          failure = failureOfEvent(parseJson(frame.data));
          return "error";
        case "ping":
        case "":
          return "idle";
        default:
          return content();
      }
    },
    tapped: () => ({
      ...(model === undefined ? {} : { model }),
      ...(counters === undefined
        ? {}
        : { usage: usageOf(counters, finish === undefined ? "partial" : "reported") }),
      ...(finish === undefined ? {} : { finish }),
    }),
    failure: () => failure,
    isComplete: () => failure === undefined && (isStopped || finish !== undefined),
    closing: () => (isStopped ? "" : writeEvent('{"type":"message_stop"}', "message_stop")),
  };
}

/** A block that has a type and no words yet; tools and what came whole say something by their start. */
const emptyBlock = /"content_block"\s*:\s*\{\s*"type"\s*:\s*"(?:text|thinking)"/;

/** The type of an event whose name was lost on the way: the data begins with it. */
function nameIn(data: string): string {
  if (data === "") return "";
  return /^\s*\{\s*"type"\s*:\s*"([a-z_]+)"/.exec(data.slice(0, 80))?.[1] ?? "unknown";
}
