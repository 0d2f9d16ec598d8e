import type { AnswerDecoding, Tapped } from "../../exchange/codec.ts";
import type { UpstreamFailure } from "../../exchange/failure.ts";
import type { Finish } from "../../exchange/finish.ts";
import type { Part, TokenLogprob } from "../../exchange/part.ts";
import type { Usage } from "../../exchange/usage.ts";
import type { Warning } from "../../exchange/warning.ts";
import { type JsonSlice, jsonSlice } from "../../framing/json-slices.ts";
import { isJsonObject, type JsonObject, parseJson } from "../../kernel/json.ts";
import { candidateIndex, candidateOf, partsOf, stringOf } from "./candidate.ts";
import { referencesOf } from "./citations.ts";
import { readTime } from "./created-at.ts";
import { malformed, readToldFailure } from "./error.ts";
import { blockFinish, failureOfFinish, finishWord, readFinish } from "./finish.ts";
import { logprobsOf } from "./logprobs.ts";
import { type AnswerPart, cite } from "./response-citations.ts";
import { argumentsOf, callIdOf, readPart } from "./response-parts.ts";
import { createUsageMeter } from "./usage.ts";

/** Reads a whole answer; only the first candidate is read. Arguments and parts of unknown types keep their text. */
export function decodeAnswer(body: Uint8Array): AnswerDecoding {
  const text = decoder.decode(body);
  const read = readAnswer(text);
  if (read.kind === "failure") return read;
  const { value, candidate, finish } = read;
  const raw = jsonSlice(text);
  const parts = readParts(candidate, stringOf(value, "responseId"), () =>
    raw.member("candidates")?.element(candidateIndex(value)),
  );
  if (parts === undefined)
    return { kind: "failure", failure: malformed("A part of the answer is no object.") };
  const cited = cite(parts.parts, referencesOf(candidate));
  const usage = readUsage(value, raw);
  const createdAt = readTime(stringOf(value, "createTime"));
  return {
    kind: "answer",
    answer: {
      answerId: stringOf(value, "responseId"),
      model: stringOf(value, "modelVersion"),
      ...(createdAt === undefined ? {} : { createdAt }),
      parts: ranked(cited.parts, logprobsOf(candidate)),
      finish,
      ...(usage === undefined ? {} : { usage }),
    },
    warnings: [
      ...(parts.losesSeal ? [dropped("thoughtSignature", "of a part that is neither text nor a call")] : []),
      ...(cited.isLossless ? [] : [dropped("citations", "there is no text they belong to")]),
      ...droppedOf(value, candidate),
    ],
  };
}

/** The parts, with log probabilities on the first text: they are told of the answer as a whole. */
function ranked(parts: readonly Part[], logprobs: readonly TokenLogprob[]): readonly Part[] {
  const first = logprobs.length === 0 ? undefined : parts.find(({ kind }) => kind === "text");
  return parts.map((part) => (part === first && part.kind === "text" ? { ...part, logprobs } : part));
}

/** Reads model, usage and finish of an answer that passes byte for byte; `undefined` when it is no whole answer. */
export function tapAnswer(body: Uint8Array): Tapped | undefined {
  const text = decoder.decode(body);
  const read = readAnswer(text);
  if (read.kind === "failure") return undefined;
  const usage = readUsage(read.value, jsonSlice(text));
  return {
    model: stringOf(read.value, "modelVersion"),
    ...(usage === undefined ? {} : { usage }),
    finish: read.finish,
  };
}

const decoder = new TextDecoder("utf-8");

type ReadAnswer =
  | {
      readonly kind: "answer";
      readonly value: JsonObject;
      /** Empty when the prompt was blocked. */
      readonly candidate: JsonObject;
      readonly finish: Finish;
    }
  | { readonly kind: "failure"; readonly failure: UpstreamFailure };

function readAnswer(text: string): ReadAnswer {
  const value = parseJson(text);
  const told = value === undefined ? undefined : readToldFailure(value);
  if (told !== undefined) return { kind: "failure", failure: told };
  if (!isJsonObject(value)) return { kind: "failure", failure: malformed("The answer is no JSON object.") };
  const candidate = candidateOf(value);
  if (candidate === undefined) {
    const finish = blockFinish(value["promptFeedback"]);
    if (finish === undefined) return { kind: "failure", failure: malformed("The answer has no candidate.") };
    return { kind: "answer", value, candidate: {}, finish };
  }
  const word = finishWord(candidate) ?? "";
  const failure = failureOfFinish(word, candidate);
  if (failure !== undefined) return { kind: "failure", failure };
  const hasCalls = partsOf(candidate).some(
    (part) => isJsonObject(part) && isJsonObject(part["functionCall"]),
  );
  return { kind: "answer", value, candidate, finish: readFinish(word, hasCalls) };
}

interface ReadParts {
  readonly parts: readonly AnswerPart[];
  readonly losesSeal: boolean;
}

function readParts(
  candidate: JsonObject,
  answerId: string,
  rawCandidate: () => JsonSlice | undefined,
): ReadParts | undefined {
  const parts: AnswerPart[] = [];
  let losesSeal = false;
  let ordinal = 0;
  for (const [index, part] of partsOf(candidate).entries()) {
    if (!isJsonObject(part)) return undefined;
    const raw = () => rawCandidate()?.member("content")?.member("parts")?.element(index);
    const read = readPart(part, raw);
    switch (read.kind) {
      case "words":
        addWords(parts, read, index);
        break;
      case "call": {
        const { call, seal } = read;
        const id = callIdOf(call, { answerId, ordinal });
        const argumentsText = argumentsOf(call, raw());
        const sealed = seal === undefined ? {} : { seal };
        parts.push({
          index,
          part: { kind: "tool-call", id, name: stringOf(call, "name"), argumentsText, ...sealed },
        });
        ordinal += 1;
        break;
      }
      case "whole":
        losesSeal ||= read.losesSeal;
        parts.push({ index, part: read.value });
        break;
    }
  }
  return { parts, losesSeal };
}

/** Adds text or reasoning. A signature that comes on an empty text after a text seals that text. */
function addWords(
  parts: AnswerPart[],
  { block, text, seal }: Extract<ReturnType<typeof readPart>, { kind: "words" }>,
  index: number,
): void {
  if (text === "" && seal === undefined) return;
  const sealed = seal === undefined ? {} : { seal };
  const last = parts.at(-1);
  if (text === "" && last?.part.kind === block && last.part.seal === undefined) {
    parts[parts.length - 1] = { ...last, part: { ...last.part, ...sealed } };
    return;
  }
  const part: Part =
    block === "text"
      ? { kind: "text", text, ...sealed }
      : { kind: "reasoning", text, isSummary: true, isRedacted: false, ...sealed };
  parts.push({ index, part });
}

function readUsage(value: JsonObject, raw: JsonSlice): Usage | undefined {
  const meter = createUsageMeter();
  meter.push(value, () => raw);
  return meter.read("reported");
}

/** What the answer has and the canonical form does not carry. */
function droppedOf(value: JsonObject, candidate: JsonObject): readonly Warning[] {
  const grounding = candidate["groundingMetadata"];
  const others = Array.isArray(value["candidates"]) ? value["candidates"].length : 0;
  return [
    ...(others > 1 ? [dropped("candidates", "all but the first")] : []),
    ...(isJsonObject(candidate["urlContextMetadata"]) ? [dropped("urlContextMetadata")] : []),
    ...(isJsonObject(grounding) && isJsonObject(grounding["searchEntryPoint"])
      ? [dropped("groundingMetadata.searchEntryPoint")]
      : []),
    ...(typeof candidate["continuationToken"] === "string" ? [dropped("continuationToken")] : []),
  ];
}

function dropped(subject: string, note?: string): Warning {
  return { kind: "dropped", subject, ...(note === undefined ? {} : { note }) };
}
