import type { Frame, FrameRole, StreamTap } from "../../exchange/codec.ts";
import type { UpstreamFailure } from "../../exchange/failure.ts";
import type { Finish } from "../../exchange/finish.ts";
import type { Usage } from "../../exchange/usage.ts";
import { jsonSlice } from "../../framing/json-slices.ts";
import { isJsonObject, type JsonObject, parseJson } from "../../kernel/json.ts";
import { failureOfResponse, failureOfToldError, malformed } from "./error.ts";
import { joinSeen, nothingSeen, readFinish, seenIn, seenInItem } from "./finish.ts";
import { stateIdsOf, textIn } from "./items.ts";
import { readUsage } from "./usage.ts";

/** So much of one event is held back while no answer has begun; a larger one commits the head. */
const heldBytesMax = 256 * 1024;
/** What makes a finished item worth parsing; inside the text of the model every quote is escaped. */
const telling = /"type"\s*:\s*"(?:refusal|function_call|custom_tool_call)"/;

/**
 * Reads a response that passes byte for byte. Of the events in between, nearly all of them, only the name is looked
 * at. Those that announce the response and its first item are `idle`: until it says something, the provider may
 * still fail.
 */
export function tapResponsesStream(): StreamTap {
  let model: string | undefined;
  let usage: Usage | undefined;
  let finish: Finish | undefined;
  let failure: UpstreamFailure | undefined;
  let stateIds: readonly string[] = [];
  let seen = nothingSeen;
  let hasBegun = false;

  const fail = (next: UpstreamFailure): FrameRole => {
    failure = next;
    return "error";
  };
  const content = (): FrameRole => {
    hasBegun = true;
    return "content";
  };
  const hold = ({ bytes }: Frame): FrameRole =>
    hasBegun || bytes.length > heldBytesMax ? content() : "idle";
  const eventIn = ({ data }: Frame): JsonObject | undefined => {
    const event = parseJson(data);
    return isJsonObject(event) ? event : undefined;
  };
  const announce = (frame: Frame): FrameRole => {
    const response = model === undefined ? eventIn(frame)?.["response"] : undefined;
    if (isJsonObject(response)) model = textIn(response["model"]);
    return hold(frame);
  };
  const note = (frame: Frame): FrameRole => {
    const item = eventIn(frame)?.["item"];
    if (isJsonObject(item)) seen = joinSeen(seen, seenInItem(item));
    const saysNothing = isJsonObject(item) && (item["type"] === "message" || item["type"] === "reasoning");
    return saysNothing ? hold(frame) : content();
  };
  const end = (frame: Frame, status: string): FrameRole => {
    const response = eventIn(frame)?.["response"];
    if (!isJsonObject(response)) return fail(malformed(`an event response.${status} without a response`));
    model ??= textIn(response["model"]);
    stateIds = stateIdsOf(response);
    usage = readUsage(response, jsonSlice(frame.data).member("response"));
    finish = readFinish({ ...response, status }, joinSeen(seen, seenIn(response["output"])));
    // The first frame that is more than an announcement opens the stream, even if it is the last.
    return hasBegun ? "end" : content();
  };
  const failed = (frame: Frame): FrameRole => {
    const event = eventIn(frame) ?? {};
    const response = isJsonObject(event["response"]) ? event["response"] : {};
    return fail(failureOfResponse({ ...response, status: "failed" }));
  };
  const other = (frame: Frame): FrameRole => {
    const event = eventIn(frame);
    if (event === undefined) return hasBegun ? "content" : fail(malformed("a frame is no JSON object"));
    const isNamed = frame.event === "error";
    const told = failureOfToldError(isNamed ? { ...event, type: "error" } : event);
    return told === undefined ? content() : fail(told);
  };

  return {
    push(frame) {
      if (frame.kind === "comment" || frame.data === "") return "idle";
      if (frame.data === "[DONE]") {
        finish ??= readFinish({}, seen);
        return "end";
      }
      const type = typeOf(frame);
      switch (type) {
        case "response.created":
        case "response.queued":
        case "response.in_progress":
          return announce(frame);
        case "response.output_item.added":
          return note(frame);
        case "response.content_part.added":
        case "response.reasoning_summary_part.added":
          return hold(frame);
        case "response.output_item.done":
          if (telling.test(frame.data)) note(frame);
          return content();
        case "response.completed":
        case "response.incomplete":
          return end(frame, type.slice(type.indexOf(".") + 1));
        case "response.failed":
          return failed(frame);
        case "response.refusal.delta":
        case "response.refusal.done":
          seen = { ...seen, refusal: true };
          return content();
        case "keepalive":
          return hold(frame);
        default:
          return type.startsWith("response.") ? content() : other(frame);
      }
    },
    tapped: () => ({
      ...(model !== undefined && { model }),
      ...(usage !== undefined && { usage }),
      ...(finish !== undefined && { finish }),
      ...(stateIds.length > 0 && { stateIds }),
    }),
    failure: () => failure,
    isComplete: () => failure === undefined && finish !== undefined,
  };
}

/** The type of an event: its name, else what its data begins with, else what is in them. */
function typeOf({ event, data }: Frame): string {
  if (event.startsWith("response.") || event === "error" || event === "keepalive") return event;
  const head = /^\s*\{\s*(?:"sequence_number"\s*:\s*\d+\s*,\s*)?"type"\s*:\s*"([\w.]+)"/.exec(
    data.slice(0, 160),
  );
  if (head?.[1] !== undefined) return head[1];
  const value = parseJson(data);
  return isJsonObject(value) ? textIn(value["type"]) : "";
}
