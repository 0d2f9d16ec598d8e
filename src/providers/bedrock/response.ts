import type { AnswerDecoding, Tapped } from "../../exchange/codec.ts";
import type { Part } from "../../exchange/part.ts";
import { type JsonSlice, jsonSlice } from "../../framing/json-slices.ts";
import { isJsonObject, type JsonObject, parseJson } from "../../kernel/json.ts";
import { decodeBlock } from "./blocks.ts";
import { malformed, readToldFailure } from "./error.ts";
import { decodeFinish, failureOfFinish } from "./finish.ts";
import { readUsage } from "./usage.ts";

/**
 * Reads a whole answer. Tool inputs and blocks of unknown kinds keep their text. Converse tells neither an id nor, but
 * for routed prompts, the model: they are empty then.
 */
export function decodeAnswer(body: Uint8Array): AnswerDecoding {
  const text = decoder.decode(body);
  const value = parseJson(text);
  if (!isJsonObject(value)) return failed("The answer is no JSON object.");
  const message = messageIn(value);
  const content = message?.["content"];
  if (message === undefined || !Array.isArray(content)) {
    const failure = readToldFailure(value);
    return failure === undefined ? failed("The answer has no message.") : { kind: "failure", failure };
  }
  const failure = failureOfFinish(value);
  if (failure !== undefined) return { kind: "failure", failure };
  const raw = jsonSlice(text);
  const blocks = raw.member("output")?.member("message")?.member("content");
  const parts: Part[] = [];
  for (const [index, block] of content.entries()) {
    if (!isJsonObject(block)) return failed("A content block is no object.");
    parts.push(...decodeBlock(block, () => blocks?.element(index)));
  }
  const calls = parts.some(({ kind }) => kind === "tool-call");
  const usage = usageIn(value, raw);
  return {
    kind: "answer",
    answer: {
      answerId: "",
      model: routedModel(value) ?? "",
      parts,
      finish: decodeFinish(value, { calls }),
      ...(usage === undefined ? {} : { usage }),
    },
    warnings: [],
  };
}

/** Reads a whole answer that passes byte for byte; `undefined` when it is none. */
export function tapAnswer(body: Uint8Array): Tapped | undefined {
  const decoding = decodeAnswer(body);
  if (decoding.kind === "failure") return undefined;
  const { model, usage, finish } = decoding.answer;
  return { ...(model === "" ? {} : { model }), ...(usage === undefined ? {} : { usage }), finish };
}

/** The usage of a whole answer, or of a stream's `metadata`. */
export function usageIn(value: JsonObject, raw: JsonSlice) {
  return readUsage(value["usage"], raw.member("usage"), value["serviceTier"]);
}

function messageIn({ output }: JsonObject): JsonObject | undefined {
  const message = isJsonObject(output) ? output["message"] : undefined;
  return isJsonObject(message) ? message : undefined;
}

/** The model that a prompt router chose. */
function routedModel({ trace }: JsonObject): string | undefined {
  const router = isJsonObject(trace) ? trace["promptRouter"] : undefined;
  const model = isJsonObject(router) ? router["invokedModelId"] : undefined;
  return typeof model === "string" ? model : undefined;
}

function failed(message: string): AnswerDecoding {
  return { kind: "failure", failure: malformed(message) };
}

const decoder = new TextDecoder("utf-8");
