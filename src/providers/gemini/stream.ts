import type { StreamDecoder } from "../../exchange/codec.ts";
import type { UpstreamFailure } from "../../exchange/failure.ts";
import type { Finish } from "../../exchange/finish.ts";
import type { StreamPart } from "../../exchange/part.ts";
import { type JsonSlice, jsonSlice } from "../../framing/json-slices.ts";
import { errorCatalog } from "../../kernel/errors.ts";
import { isJsonObject, type JsonObject, parseJson } from "../../kernel/json.ts";
import { candidateIndex, candidateOf, partsOf, stringOf } from "./candidate.ts";
import { referencesOf } from "./citations.ts";
import { readTime } from "./created-at.ts";
import { malformed, readToldFailure } from "./error.ts";
import { blockFinish, failureOfFinish, finishWord, readFinish } from "./finish.ts";
import { logprobsOf } from "./logprobs.ts";
import { createBlockReader } from "./stream-blocks.ts";
import { createUsageMeter } from "./usage.ts";

/**
 * Reads the chunks of an answer; only the first candidate is read. This dialect has no last word: `usage` and `finish`
 * come at the end of the stream, since chunks may follow the one with the finish reason. A stream that ends before a
 * finish reason was told, or the prompt was blocked, is broken.
 */
export function decodeStream(): StreamDecoder {
  let answerId: string | undefined;
  let word: string | undefined;
  let blocked: Finish | undefined;
  let isOver = false;
  const meter = createUsageMeter();
  const blocks = createBlockReader(() => answerId ?? "");

  const fail = (failure: UpstreamFailure): readonly StreamPart[] => {
    isOver = true;
    return [{ kind: "error", failure }];
  };
  const start = (chunk: JsonObject): readonly StreamPart[] => {
    if (answerId !== undefined) return [];
    answerId = stringOf(chunk, "responseId");
    const createdAt = readTime(stringOf(chunk, "createTime"));
    const model = stringOf(chunk, "modelVersion");
    return [{ kind: "start", answerId, model, ...(createdAt === undefined ? {} : { createdAt }) }];
  };
  /** The counters so far, for a call that is cut. */
  const snapshot = (isTold: boolean): readonly StreamPart[] => {
    const usage = isTold && answerId !== undefined ? meter.read("partial") : undefined;
    return usage === undefined ? [] : [{ kind: "usage", usage }];
  };
  const readParts = (
    candidate: JsonObject,
    rawCandidate: () => JsonSlice | undefined,
  ): readonly StreamPart[] | undefined => {
    const read: StreamPart[] = [];
    let index = -1;
    for (const part of partsOf(candidate)) {
      index += 1;
      const at = index;
      const raw = () => rawCandidate()?.member("content")?.member("parts")?.element(at);
      const found = isJsonObject(part) ? blocks.read(part, raw) : undefined;
      if (found === undefined) return undefined;
      read.push(...found);
    }
    return read;
  };
  const readCandidate = (
    candidate: JsonObject,
    rawCandidate: () => JsonSlice | undefined,
  ): readonly StreamPart[] => {
    const told = finishWord(candidate);
    const failure = told === undefined ? undefined : failureOfFinish(told, candidate);
    const read = readParts(candidate, rawCandidate);
    if (read === undefined) return fail(malformed("A part of a chunk cannot be read."));
    if (failure !== undefined) return [...read, ...fail(failure)];
    blocks.refer(referencesOf(candidate));
    word = told ?? word;
    return [...read, ...blocks.rank(logprobsOf(candidate))];
  };
  const readChunk = (chunk: JsonObject, raw: JsonSlice): readonly StreamPart[] => {
    const isTold = meter.push(chunk, () => raw);
    const candidate = candidateOf(chunk);
    if (candidate === undefined) {
      blocked ??= blockFinish(chunk["promptFeedback"]);
      const opening = blocked === undefined ? [] : start(chunk);
      return [...opening, ...snapshot(isTold)];
    }
    const opening = start(chunk);
    const index = candidateIndex(chunk);
    const read = readCandidate(candidate, () => raw.member("candidates")?.element(index));
    return isOver ? [...opening, ...read] : [...opening, ...read, ...snapshot(isTold)];
  };

  return {
    push(frame) {
      if (isOver || frame.kind === "comment" || frame.data === "") return [];
      const value = parseJson(frame.data);
      const told = value === undefined ? undefined : readToldFailure(value);
      if (told !== undefined) return fail(told);
      if (!isJsonObject(value)) return fail(malformed("A chunk is no JSON object."));
      return readChunk(value, jsonSlice(frame.data));
    },
    end() {
      if (isOver) return [];
      const finish = word === undefined ? blocked : readFinish(word, blocks.hasCalls());
      if (finish === undefined) return fail(broken);
      isOver = true;
      const usage = meter.read("reported");
      return [
        ...blocks.closeAll(),
        ...(usage === undefined ? [] : [{ kind: "usage", usage } as const]),
        { kind: "finish", finish },
      ];
    },
  };
}

const broken: UpstreamFailure = {
  code: "upstream_stream_broken",
  status: errorCatalog.upstream_stream_broken.status,
  message: "The stream ended before a finish reason was told.",
};
