import type { StreamDecoder } from "../../exchange/codec.ts";
import type { UpstreamFailure } from "../../exchange/failure.ts";
import type { StreamPart } from "../../exchange/part.ts";
import type { Usage } from "../../exchange/usage.ts";
import { errorCatalog } from "../../kernel/errors.ts";
import { isJsonObject, type JsonObject, parseJson } from "../../kernel/json.ts";
import { epochMs } from "../../kernel/units.ts";
import { assembleCalls } from "./calls.ts";
import { annotationsOf, sourcesOf } from "./citations.ts";
import { callsOf, signatureIn, wordsOf } from "./delta.ts";
import { malformed, readToldFailure } from "./error.ts";
import { failureOfFinish, readFinish } from "./finish.ts";
import { logprobsOf } from "./logprobs.ts";
import { defaultQuirks, type QuirkProfile } from "./quirks.ts";
import { readDetails } from "./reasoning-details.ts";
import { createWordBlocks } from "./stream-words.ts";
import { usageOf } from "./tap.ts";
import { mergeUsage } from "./usage.ts";

/**
 * Reads a Chat stream of any server into stream parts; only the first choice is read. `usage` and `finish` come last,
 * at `[DONE]` or at the end of the stream, because servers tell the usage before, with or after the finish. A stream
 * that closes without a finish reason and without `[DONE]` was cut: it ends in an `error`; with `[DONE]` alone its
 * finish is `other`.
 */
export function decodeChatStream(quirks: QuirkProfile = defaultQuirks): StreamDecoder {
  let parts = 0;
  let answerId = "";
  let state: "waiting" | "open" | "ended" = "waiting";
  let hasRefusal = false;
  let usage: Usage | undefined;
  let finishRaw: string | undefined;
  const nextPart = (): number => parts++;
  const words = createWordBlocks(nextPart);
  const calls = assembleCalls(nextPart, () => answerId);

  const start = (chunk: JsonObject): readonly StreamPart[] => {
    if (state !== "waiting") return [];
    state = "open";
    const { id, model, created } = chunk;
    answerId = typeof id === "string" ? id : "";
    const createdAt = typeof created === "number" ? { createdAt: epochMs(created * 1000) } : {};
    return [{ kind: "start", answerId, model: typeof model === "string" ? model : "", ...createdAt }];
  };
  const fail = (failure: UpstreamFailure): readonly StreamPart[] => {
    state = "ended";
    return [{ kind: "error", failure }];
  };
  const finish = (raw: string): readonly StreamPart[] => {
    const seen = { calls: calls.count() > 0, refusal: hasRefusal };
    const opening = start({});
    state = "ended";
    return [
      ...opening,
      ...words.end(),
      ...calls.end(),
      ...(usage === undefined ? [] : [{ kind: "usage" as const, usage }]),
      { kind: "finish", finish: readFinish(raw, seen) },
    ];
  };
  const readDelta = (delta: JsonObject): readonly StreamPart[] => {
    const said = wordsOf(delta);
    const details = readDetails(delta);
    hasRefusal ||= said.refusal !== "";
    const reasoning = said.reasoning || details.map(({ text }) => text).join("");
    const isSummary = details.some((detail) => detail.isSummary);
    const thought = [
      ...words.say("reasoning", reasoning, isSummary),
      ...details.flatMap(({ seal }) => (seal === undefined ? [] : words.seal(seal))),
    ];
    const spoken = [...thought, ...words.say("text", said.text), ...words.say("refusal", said.refusal)];
    words.annotate(annotationsOf(delta));
    const signature = signatureIn(delta);
    if (signature !== "") words.sign(signature);
    const pieces = callsOf(delta);
    if (pieces.length === 0) return spoken;
    // An index that is the same for all calls, or that only some have, tells nothing.
    const told =
      quirks.toolIndex === "given" ? pieces : pieces.map((piece) => ({ ...piece, index: undefined }));
    return [...spoken, ...words.close(), ...told.flatMap((piece) => calls.push(piece))];
  };
  const readChunk = (chunk: JsonObject): readonly StreamPart[] => {
    const told = readToldFailure(chunk);
    if (told !== undefined) return fail(told);
    usage = mergeUsage(usage, usageOf(chunk, quirks));
    const sources = sourcesOf(chunk);
    if (sources.length > 0) words.source(sources);
    const choices = Array.isArray(chunk["choices"]) ? chunk["choices"].filter(isJsonObject) : [];
    const choice = choices.find(({ index }) => index === undefined || index === 0);
    if (choice === undefined) return [];
    const opening = start(chunk);
    const reason = choice["finish_reason"];
    const said = isJsonObject(choice["delta"]) ? readDelta(choice["delta"]) : [];
    const spoken = [...said, ...words.rank(logprobsOf(choice))];
    if (typeof reason === "string" && reason !== "") {
      const broken = failureOfFinish(reason);
      if (broken !== undefined) return [...opening, ...spoken, ...fail(broken)];
      finishRaw = reason;
    }
    return [...opening, ...spoken];
  };

  return {
    push(frame) {
      if (state === "ended" || frame.kind === "comment" || frame.data === "") return [];
      if (frame.data === "[DONE]") return finish(finishRaw ?? "");
      const chunk = parseJson(frame.data);
      if (!isJsonObject(chunk)) return fail(malformed("a stream frame is no JSON object"));
      const isBareError = frame.event === "error" && chunk["error"] === undefined;
      return readChunk(isBareError ? { error: chunk } : chunk);
    },
    end() {
      if (state === "ended") return [];
      if (finishRaw !== undefined) return finish(finishRaw);
      const { status, title } = errorCatalog.upstream_stream_broken;
      return fail({ code: "upstream_stream_broken", status, message: title });
    },
  };
}
