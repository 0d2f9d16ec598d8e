import type { Frame, FrameRole, StreamTap } from "../../exchange/codec.ts";
import type { UpstreamFailure } from "../../exchange/failure.ts";
import type { Finish } from "../../exchange/finish.ts";
import type { Usage } from "../../exchange/usage.ts";
import { jsonSlice } from "../../framing/json-slices.ts";
import { isJsonObject, type JsonObject, parseJson } from "../../kernel/json.ts";
import { isServerTool } from "./blocks.ts";
import { failureOfException, malformed } from "./error.ts";
import { decodeFinish, failureOfFinish } from "./finish.ts";
import { usageIn } from "./response.ts";
import { exceptionPrefix } from "./stream.ts";

/**
 * Reads a Converse stream that passes byte for byte. Pieces of blocks, nearly all of its frames, cost one comparison of
 * their name. The last frame is the later of `messageStop` and `metadata`.
 */
export function tapStream(): StreamTap {
  let hasCalls = false;
  let usage: Usage | undefined;
  let finish: Finish | undefined;
  let failure: UpstreamFailure | undefined;

  const fail = (next: UpstreamFailure): FrameRole => {
    failure = next;
    return "error";
  };
  const read = (event: string, text: string): FrameRole => {
    const data = parseJson(text);
    if (!isJsonObject(data)) return fail(malformed("An event's data is no JSON object."));
    switch (event) {
      case "contentBlockStart":
        hasCalls ||= callsTool(data);
        return "content";
      case "messageStop":
        return stop(data);
      default:
        usage = usageIn(data, jsonSlice(text)) ?? usage;
        return finish === undefined ? "content" : "end";
    }
  };
  const stop = (data: JsonObject): FrameRole => {
    const broken = failureOfFinish(data);
    if (broken !== undefined) return fail(broken);
    finish = decodeFinish(data, { calls: hasCalls });
    return usage === undefined ? "content" : "end";
  };

  return {
    push(frame: Frame): FrameRole {
      const { event, data, kind } = frame;
      if (kind === "comment") return "idle";
      if (event.startsWith(exceptionPrefix))
        return fail(failureOfException(event.slice(exceptionPrefix.length), data));
      const isTelling = event === "contentBlockStart" || event === "messageStop" || event === "metadata";
      return isTelling ? read(event, data) : "content";
    },
    tapped: () => ({
      ...(usage === undefined ? {} : { usage }),
      ...(finish === undefined ? {} : { finish }),
    }),
    failure: () => failure,
    isComplete: () => failure === undefined && finish !== undefined,
  };
}

function callsTool({ start }: JsonObject): boolean {
  const call = isJsonObject(start) ? start["toolUse"] : undefined;
  return isJsonObject(call) && !isServerTool(call);
}
