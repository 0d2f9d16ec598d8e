import { isJsonObject, type Json, type JsonObject } from "../../src/kernel/json.ts";
import type { AnsweredCall } from "../ask.ts";
import { tokenize } from "../tokens.ts";
import { argumentsOf } from "./parts.ts";

/**
 * A call in pieces, as Vertex AI streams it when asked to: the name, every leaf of the arguments by its path (texts token
 * by token, each with an empty one behind), and an empty call as the end.
 *
 * Source: `google-stream-tool-call-arguments` of vercel/ai, recorded in April 2026.
 */
export function* callPieces(call: AnsweredCall, id: string | undefined): Iterable<JsonObject> {
  yield { name: call.name, ...(id === undefined ? {} : { id }), willContinue: true };
  for (const leaf of leavesOf(argumentsOf(call), "$")) yield { partialArgs: [leaf], willContinue: true };
  yield {};
}

function* leavesOf(value: Json, jsonPath: string): Iterable<JsonObject> {
  if (Array.isArray(value)) {
    for (const [index, item] of value.entries()) yield* leavesOf(item, `${jsonPath}[${index}]`);
  } else if (isJsonObject(value)) {
    for (const [name, member] of Object.entries(value)) yield* leavesOf(member, `${jsonPath}${step(name)}`);
  } else if (typeof value === "string") {
    for (const stringValue of tokenize(value)) yield { jsonPath, stringValue, willContinue: true };
    yield { jsonPath, stringValue: "" };
  } else if (typeof value === "number") {
    yield { jsonPath, numberValue: value };
  } else if (typeof value === "boolean") {
    yield { jsonPath, boolValue: value };
  } else {
    yield { jsonPath, nullValue: "NULL_VALUE" };
  }
}

const step = (name: string): string =>
  /^[A-Za-z_]\w*$/.test(name) ? `.${name}` : `[${JSON.stringify(name)}]`;
