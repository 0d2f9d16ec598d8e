import type { AnswerDecoding, Tapped } from "../../exchange/codec.ts";
import type { Citation, Part } from "../../exchange/part.ts";
import { type JsonSlice, jsonSlice } from "../../framing/json-slices.ts";
import { isJsonObject, type Json, type JsonObject, parseJson, RawJson } from "../../kernel/json.ts";
import { isOfText, readCitations } from "./citations.ts";
import { malformed, readToldFailure } from "./error.ts";
import { failureOfFinish, readFinish } from "./finish.ts";
import { readUsage } from "./usage.ts";

/**
 * Reads a whole answer. Its parts stand in the order in which a stream tells them: content, the plan of the tool
 * calls as reasoning, the calls. Cohere does not tell the model: it is `""`. Answers of version 1 are none of this
 * dialect's.
 */
export function decodeAnswer(body: Uint8Array): AnswerDecoding {
  const text = decoder.decode(body);
  const value = parseJson(text);
  if (!isJsonObject(value)) return { kind: "failure", failure: malformed("the answer is no JSON object") };
  const told = readToldFailure(value);
  if (told !== undefined) return { kind: "failure", failure: told };
  const { message } = value;
  if (!isJsonObject(message))
    return { kind: "failure", failure: malformed("the answer has no message of version 2") };
  const finishRaw = stringIn(value, "finish_reason");
  const broken = failureOfFinish(finishRaw, "");
  if (broken !== undefined) return { kind: "failure", failure: broken };
  const raw = jsonSlice(text);
  const parts = partsOf(message, raw.member("message"));
  const usage = readUsage(value["usage"], raw.member("usage"));
  const hasCalls = parts.some(({ kind }) => kind === "tool-call");
  return {
    kind: "answer",
    answer: {
      answerId: stringIn(value, "id"),
      model: "",
      parts,
      finish: readFinish(finishRaw, { hasCalls }),
      ...(usage !== undefined && { usage }),
    },
    warnings: Array.isArray(value["logprobs"]) ? [{ kind: "dropped", subject: "logprobs" }] : [],
  };
}

/** Reads usage and finish of an answer that passes byte for byte; `undefined` when it is no whole answer. */
export function tapAnswer(body: Uint8Array): Tapped | undefined {
  const text = decoder.decode(body);
  const value = parseJson(text);
  if (!isJsonObject(value) || !isJsonObject(value["message"])) return undefined;
  const finishRaw = stringIn(value, "finish_reason");
  if (failureOfFinish(finishRaw, "") !== undefined) return undefined;
  const usage = readUsage(value["usage"], jsonSlice(text).member("usage"));
  const calls = value["message"]["tool_calls"];
  const hasCalls = Array.isArray(calls) && calls.length > 0;
  return { ...(usage !== undefined && { usage }), finish: readFinish(finishRaw, { hasCalls }) };
}

const decoder = new TextDecoder("utf-8");

/** A member that is text; `""` when it is not. */
export function stringIn(object: JsonObject, member: string): string {
  const value = object[member];
  return typeof value === "string" ? value : "";
}

function partsOf(message: JsonObject, raw: JsonSlice | undefined): readonly Part[] {
  const plan = stringIn(message, "tool_plan");
  return [
    ...contentParts(message, raw),
    ...(plan === "" ? [] : [{ kind: "reasoning" as const, text: plan, isRedacted: false }]),
    ...listIn(message, "tool_calls").map((call, index) =>
      toolCallOf(call, raw?.member("tool_calls")?.element(index)),
    ),
  ];
}

function contentParts(message: JsonObject, raw: JsonSlice | undefined): readonly Part[] {
  const { content } = message;
  const blocks = typeof content === "string" ? [{ type: "text", text: content }] : listIn(message, "content");
  const citations = listIn(message, "citations");
  const placeOf = citationPlaces(blocks);
  const parts = blocks.flatMap((block, index): readonly Part[] => {
    const type = stringIn(block, "type");
    const text = stringIn(block, type === "thinking" ? "thinking" : "text");
    switch (type) {
      case "text": {
        const own = citations.filter((citation) => placeOf(citation) === index);
        const read = own.flatMap((citation) => readCitations(citation, text));
        return text === "" ? [] : [textPart(text, read)];
      }
      case "thinking":
        return text === "" ? [] : [{ kind: "reasoning", text, isRedacted: false }];
      default:
        return [opaque(type, raw?.member("content")?.element(index))];
    }
  });
  const foreign = citations.flatMap((citation, index) =>
    placeOf(citation) === undefined ? [opaque("citation", raw?.member("citations")?.element(index))] : [],
  );
  return [...parts, ...foreign];
}

/** Finds the text block a citation is in, the first one where it does not say; none for what is not about text. */
function citationPlaces(blocks: readonly JsonObject[]): (citation: JsonObject) => number | undefined {
  const texts = blocks.flatMap((block, index) =>
    block["type"] === "text" && stringIn(block, "text") !== "" ? [index] : [],
  );
  return (citation) => {
    if (!isOfText(citation)) return undefined;
    const { content_index: place } = citation;
    return typeof place === "number" ? texts.find((index) => index === place) : texts[0];
  };
}

function textPart(text: string, citations: readonly Citation[]): Part {
  return { kind: "text", text, ...(citations.length > 0 && { citations }) };
}

/** A part of a kind that has no canonical form, as it was written. */
export function opaque(type: string, raw: JsonSlice | undefined): Part {
  return { kind: "opaque", type, origin: "cohere-chat", raw: new RawJson(raw?.text() ?? "null") };
}

function toolCallOf(call: JsonObject, raw: JsonSlice | undefined): Part {
  const called = isJsonObject(call["function"]) ? call["function"] : {};
  const given = called["arguments"];
  const text = isJsonObject(given) ? raw?.member("function")?.member("arguments")?.text() : given;
  // A tool without parameters is called with the text null.
  const argumentsText = typeof text === "string" && text !== "null" ? text : "";
  return { kind: "tool-call", id: stringIn(call, "id"), name: stringIn(called, "name"), argumentsText };
}

function listIn(object: JsonObject, member: string): readonly JsonObject[] {
  const value = object[member];
  // What is no object has nothing to say, and keeps the places of the others.
  return Array.isArray(value) ? value.map((item: Json) => (isJsonObject(item) ? item : {})) : [];
}
