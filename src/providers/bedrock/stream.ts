import type { Frame, StreamDecoder } from "../../exchange/codec.ts";
import type { UpstreamFailure } from "../../exchange/failure.ts";
import type { StreamPart } from "../../exchange/part.ts";
import type { Usage } from "../../exchange/usage.ts";
import { type JsonSlice, jsonSlice } from "../../framing/json-slices.ts";
import { errorCatalog } from "../../kernel/errors.ts";
import { isJsonObject, type JsonObject, parseJson } from "../../kernel/json.ts";
import { failureOfException, malformed } from "./error.ts";
import { decodeFinish, failureOfFinish } from "./finish.ts";
import { usageIn } from "./response.ts";
import { createBlockReader } from "./stream-blocks.ts";

/** Where the name of an exception begins in the name of a frame. */
export const exceptionPrefix = "exception:";

/**
 * Reads the events of a Converse stream. `finish` is the last part, after the usage: it waits for `metadata`, which
 * comes after `messageStop`. A stream that ends before `messageStop` was cut: it ends in an `error`. Converse tells
 * neither an id nor the model: they are empty.
 *
 *     messageStart (contentBlockStart? contentBlockDelta* contentBlockStop)* messageStop metadata ; any -(exception)-> end
 */
export function decodeStream(): StreamDecoder {
  const blocks = createBlockReader();
  let isStarted = false;
  let isOver = false;
  let usage: Usage | undefined;
  /** The data of `messageStop`. */
  let stop: JsonObject | undefined;

  /** The parts, after the start if that was not told yet. */
  const started = (parts: readonly StreamPart[]): readonly StreamPart[] => {
    if (isStarted) return parts;
    isStarted = true;
    return [{ kind: "start", answerId: "", model: "" }, ...parts];
  };
  const fail = (failure: UpstreamFailure): readonly StreamPart[] => {
    isOver = true;
    return [...blocks.closeAll(), { kind: "error", failure }];
  };
  const close = (): readonly StreamPart[] => {
    if (stop === undefined) return fail(broken);
    isOver = true;
    return started([
      ...blocks.closeAll(),
      ...(usage === undefined ? [] : [{ kind: "usage", usage } as const]),
      { kind: "finish", finish: decodeFinish(stop, { calls: blocks.hasCalls() }) },
    ]);
  };
  const read = (event: string, data: JsonObject, raw: JsonSlice): readonly StreamPart[] => {
    switch (event) {
      case "messageStart":
        return started([]);
      case "contentBlockStart":
        return started(blocks.start(data, raw));
      case "contentBlockDelta":
        return started(blocks.delta(data, raw));
      case "contentBlockStop":
        return started(blocks.stop(data));
      case "messageStop": {
        const failure = failureOfFinish(data);
        if (failure !== undefined) return fail(failure);
        stop = data;
        return usage === undefined ? [] : close();
      }
      default:
        usage = usageIn(data, raw) ?? usage;
        return stop === undefined ? [] : close();
    }
  };

  return {
    push(frame: Frame): readonly StreamPart[] {
      if (isOver || frame.kind === "comment") return [];
      if (frame.event.startsWith(exceptionPrefix))
        return fail(failureOfException(frame.event.slice(exceptionPrefix.length), frame.data));
      // Events that are newer than we are.
      if (!events.has(frame.event)) return [];
      const data = parseJson(frame.data);
      if (!isJsonObject(data)) return fail(malformed("An event's data is no JSON object."));
      return read(frame.event, data, jsonSlice(frame.data));
    },
    end: () => (isOver ? [] : close()),
  };
}

/** All events but exceptions; `metadata` is what is none of the others. */
const events: ReadonlySet<string> = new Set([
  "messageStart",
  "contentBlockStart",
  "contentBlockDelta",
  "contentBlockStop",
  "messageStop",
  "metadata",
]);

const broken: UpstreamFailure = {
  code: "upstream_stream_broken",
  status: errorCatalog.upstream_stream_broken.status,
  message: "The stream ended before a stop reason was told.",
};
