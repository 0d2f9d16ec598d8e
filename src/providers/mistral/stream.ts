import type { StreamDecoder } from "../../exchange/codec.ts";
import type { UpstreamFailure } from "../../exchange/failure.ts";
import type { StreamPart } from "../../exchange/part.ts";
import type { Usage } from "../../exchange/usage.ts";
import { type JsonSlice, jsonSlice } from "../../framing/json-slices.ts";
import { errorCatalog } from "../../kernel/errors.ts";
import { isJsonObject, type JsonObject, parseJson } from "../../kernel/json.ts";
import { epochMs } from "../../kernel/units.ts";
import { assembleCalls, callsOf } from "./calls.ts";
import { malformed, readToldFailure } from "./error.ts";
import { failureOfFinish, readFinish } from "./finish.ts";
import { piecesOf, stringIn } from "./pieces.ts";
import { firstChoice } from "./response.ts";
import { mergeUsage, readUsage } from "./usage.ts";
import { createWordReader } from "./words.ts";

/**
 * Reads a stream; only the first choice is read. `usage` and `finish` come last, at `[DONE]` or at the end, since usage
 * may come after the finish. A stream that closes without a finish reason and without `[DONE]` was cut: it ends in an
 * `error`; with `[DONE]` alone its finish is `other`.
 */
export function decodeStream(): StreamDecoder {
  let parts = 0;
  let answerId = "";
  let state: "waiting" | "open" | "ended" = "waiting";
  let usage: Usage | undefined;
  let finishRaw: string | undefined;
  const nextPart = (): number => parts++;
  const words = createWordReader(nextPart);
  const calls = assembleCalls(nextPart);

  const start = (chunk: JsonObject): readonly StreamPart[] => {
    if (state !== "waiting") return [];
    state = "open";
    answerId = stringIn(chunk, "id");
    const { created } = chunk;
    const createdAt = typeof created === "number" ? { createdAt: epochMs(created * 1000) } : {};
    return [{ kind: "start", answerId, model: stringIn(chunk, "model"), ...createdAt }];
  };
  const fail = (failure: UpstreamFailure): readonly StreamPart[] => {
    state = "ended";
    return [{ kind: "error", failure }];
  };
  const finish = (raw: string): readonly StreamPart[] => {
    const opening = start({});
    state = "ended";
    return [
      ...opening,
      ...words.close(),
      ...calls.end(),
      ...(usage === undefined ? [] : [{ kind: "usage" as const, usage }]),
      { kind: "finish", finish: readFinish(raw, { hasCalls: calls.count() > 0 }) },
    ];
  };
  const readDelta = (delta: JsonObject, raw: JsonSlice | undefined): readonly StreamPart[] => {
    const said = piecesOf(delta, raw).flatMap(words.push);
    const pieces = callsOf(delta, raw);
    if (pieces.length === 0) return said;
    return [...said, ...words.close(), ...pieces.flatMap((piece) => calls.push(piece, answerId))];
  };
  const readChunk = (chunk: JsonObject, raw: JsonSlice): readonly StreamPart[] => {
    const told = readToldFailure(chunk);
    if (told !== undefined) return fail(told);
    usage = mergeUsage(usage, readUsage(chunk["usage"], raw.member("usage")));
    const first = firstChoice(chunk, raw);
    if (first === undefined) return [];
    const { choice } = first;
    const opening = start(chunk);
    const said = isJsonObject(choice["delta"]) ? readDelta(choice["delta"], first.raw?.member("delta")) : [];
    const reason = stringIn(choice, "finish_reason");
    const broken = failureOfFinish(reason);
    if (broken !== undefined) return [...opening, ...said, ...fail(broken)];
    if (reason !== "") finishRaw = reason;
    return [...opening, ...said];
  };

  return {
    push(frame) {
      if (state === "ended" || frame.kind === "comment" || frame.data === "") return [];
      if (frame.data === "[DONE]") return finish(finishRaw ?? "");
      const chunk = parseJson(frame.data);
      if (!isJsonObject(chunk)) return fail(malformed("a stream frame is no JSON object"));
      return readChunk(
        frame.event === "error" ? { object: "error", ...chunk } : chunk,
        jsonSlice(frame.data),
      );
    },
    end() {
      if (state === "ended") return [];
      return finishRaw === undefined ? fail(broken) : finish(finishRaw);
    },
  };
}

const broken: UpstreamFailure = {
  code: "upstream_stream_broken",
  status: errorCatalog.upstream_stream_broken.status,
  message: "The stream ended before a finish reason was told.",
};
