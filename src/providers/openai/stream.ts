import type { Frame, StreamDecoder } from "../../exchange/codec.ts";
import type { UpstreamFailure } from "../../exchange/failure.ts";
import type { StreamPart } from "../../exchange/part.ts";
import { jsonSlice } from "../../framing/json-slices.ts";
import { errorCatalog } from "../../kernel/errors.ts";
import { isJsonObject, type JsonObject, parseJson } from "../../kernel/json.ts";
import { failureOfResponse, failureOfToldError, malformed } from "./error.ts";
import { readFinish } from "./finish.ts";
import { textIn } from "./items.ts";
import { createdAtOf } from "./response.ts";
import { createOutputReader } from "./stream-output.ts";
import { readUsage } from "./usage.ts";

/**
 * Reads the events of a response. `start` waits for the first event that tells of the output, because until then the
 * provider may still refuse and another target be asked. A stream that closes without its last event was cut: it ends
 * in an `error`; with `[DONE]` instead of that event its finish is `other`.
 */
export function decodeResponsesStream(): StreamDecoder {
  let announced: JsonObject | undefined;
  let answerId = "";
  let state: "waiting" | "open" | "ended" = "waiting";
  const output = createOutputReader(() => answerId);

  const start = (response: JsonObject): readonly StreamPart[] => {
    if (state !== "waiting") return [];
    state = "open";
    const told = announced ?? response;
    answerId = textIn(told["id"]);
    return [{ kind: "start", answerId, model: textIn(told["model"]), ...createdAtOf(told) }];
  };
  const fail = (failure: UpstreamFailure): readonly StreamPart[] => {
    state = "ended";
    return [{ kind: "error", failure }];
  };
  const finish = (response: JsonObject, data: string): readonly StreamPart[] => {
    const raw = data === "" ? undefined : jsonSlice(data).member("response");
    const opening = start(response);
    const rest = output.finish(response["output"], raw?.member("output"));
    const usage = readUsage(response, raw);
    state = "ended";
    return [
      ...opening,
      ...rest,
      ...(usage === undefined ? [] : [{ kind: "usage" as const, usage }]),
      { kind: "finish", finish: readFinish(response, output.seen()) },
    ];
  };

  const read = (event: JsonObject, data: string): readonly StreamPart[] => {
    const type = textIn(event["type"]);
    const response = isJsonObject(event["response"]) ? event["response"] : undefined;
    switch (type) {
      case "response.created":
      case "response.queued":
      case "response.in_progress":
        announced ??= response;
        return [];
      case "response.completed":
      case "response.incomplete":
        if (response === undefined) return fail(malformed(`${type} has no response`));
        return finish({ ...response, status: type.slice(type.indexOf(".") + 1) }, data);
      case "response.failed":
        return fail(failureOfResponse({ ...response, status: "failed" }));
      default:
        // Heartbeats tell nothing, and so do events that are newer than we are and name no item.
        if (!("output_index" in event || "item_id" in event || "item" in event)) return [];
        return [...start({}), ...output.read(event, jsonSlice(data))];
    }
  };

  return {
    push(frame: Frame) {
      if (state === "ended" || frame.kind === "comment" || frame.data === "") return [];
      if (frame.data === "[DONE]") return finish({}, "");
      const value = parseJson(frame.data);
      if (!isJsonObject(value)) return fail(malformed("an event's data is no JSON object"));
      const event = typeof value["type"] === "string" ? value : { ...value, type: frame.event };
      const told = failureIn(event, frame);
      return told === undefined ? read(event, frame.data) : fail(told);
    },
    end() {
      if (state === "ended") return [];
      const { status, title } = errorCatalog.upstream_stream_broken;
      return fail({ code: "upstream_stream_broken", status, message: title });
    },
  };
}

/** The failure that an event tells, which only those of the response itself cannot. */
function failureIn(event: JsonObject, frame: Frame): UpstreamFailure | undefined {
  if (textIn(event["type"]).startsWith("response.")) return undefined;
  return failureOfToldError(frame.event === "error" ? { ...event, type: "error" } : event);
}
