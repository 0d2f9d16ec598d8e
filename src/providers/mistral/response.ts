import type { AnswerDecoding, Tapped } from "../../exchange/codec.ts";
import type { Part } from "../../exchange/part.ts";
import type { Warning } from "../../exchange/warning.ts";
import { type JsonSlice, jsonSlice } from "../../framing/json-slices.ts";
import { isJsonObject, type Json, type JsonObject, parseJson } from "../../kernel/json.ts";
import { epochMs } from "../../kernel/units.ts";
import { callsOf, madeId } from "./calls.ts";
import { malformed, readToldFailure } from "./error.ts";
import { failureOfFinish, readFinish } from "./finish.ts";
import { type Piece, piecesOf, stringIn } from "./pieces.ts";
import { readUsage } from "./usage.ts";

/** Reads a whole answer; only the first choice is read. */
export function decodeAnswer(body: Uint8Array): AnswerDecoding {
  const text = decoder.decode(body);
  const value = parseJson(text);
  if (!isJsonObject(value)) return { kind: "failure", failure: malformed("the answer is no JSON object") };
  const told = readToldFailure(value);
  if (told !== undefined) return { kind: "failure", failure: told };
  const raw = jsonSlice(text);
  const first = firstChoice(value, raw);
  const message = first?.choice["message"];
  if (first === undefined || !isJsonObject(message))
    return { kind: "failure", failure: malformed("the answer has no choice with a message") };
  const finishRaw = stringIn(first.choice, "finish_reason");
  const broken = failureOfFinish(finishRaw);
  if (broken !== undefined) return { kind: "failure", failure: broken };
  const answerId = stringIn(value, "id");
  const parts = partsOf(message, first.raw?.member("message"), answerId);
  const usage = readUsage(value["usage"], raw.member("usage"));
  const hasCalls = parts.some(({ kind }) => kind === "tool-call");
  return {
    kind: "answer",
    answer: {
      answerId,
      model: stringIn(value, "model"),
      ...(typeof value["created"] === "number" && { createdAt: epochMs(value["created"] * 1000) }),
      parts,
      finish: readFinish(finishRaw, { hasCalls }),
      ...(usage !== undefined && { usage }),
    },
    warnings: droppedOf(value, first.choice),
  };
}

/** Reads model, usage and finish of an answer that passes byte for byte; `undefined` when it is no whole answer. */
export function tapAnswer(body: Uint8Array): Tapped | undefined {
  const text = decoder.decode(body);
  const value = parseJson(text);
  if (!isJsonObject(value) || readToldFailure(value) !== undefined) return undefined;
  const raw = jsonSlice(text);
  const message = firstChoice(value, raw)?.choice["message"];
  const finishRaw = stringIn(firstChoice(value, raw)?.choice ?? {}, "finish_reason");
  if (!isJsonObject(message) || failureOfFinish(finishRaw) !== undefined) return undefined;
  const usage = readUsage(value["usage"], raw.member("usage"));
  const hasCalls = callsOf(message, undefined).length > 0;
  return {
    model: stringIn(value, "model"),
    ...(usage !== undefined && { usage }),
    finish: readFinish(finishRaw, { hasCalls }),
  };
}

const decoder = new TextDecoder("utf-8");

/** The choice with the index 0, and its text. */
export function firstChoice(
  value: JsonObject,
  raw: JsonSlice,
): { readonly choice: JsonObject; readonly raw: JsonSlice | undefined } | undefined {
  const choices: readonly Json[] = Array.isArray(value["choices"]) ? value["choices"] : [];
  const place = choices.findIndex((choice) => isJsonObject(choice) && (choice["index"] ?? 0) === 0);
  const choice = choices[place];
  return isJsonObject(choice) ? { choice, raw: raw.member("choices")?.element(place) } : undefined;
}

function partsOf(message: JsonObject, raw: JsonSlice | undefined, answerId: string): readonly Part[] {
  const calls = callsOf(message, raw).map(
    ({ id, name, argumentsText }, place): Part => ({
      kind: "tool-call",
      id: id === "" ? madeId(answerId, place) : id,
      name,
      argumentsText,
    }),
  );
  return [...joined(piecesOf(message, raw)), ...calls];
}

/** Joins pieces to parts: text that goes on, with its references inside; a thought until it is signed. */
function joined(pieces: readonly Piece[]): readonly Part[] {
  const parts: Part[] = [];
  let cited = 0;
  for (const piece of pieces) {
    const last = parts.at(-1);
    switch (piece.kind) {
      case "text":
        if (last?.kind === "text") parts.splice(-1, 1, { ...last, text: last.text + piece.text });
        else {
          parts.push({ kind: "text", text: piece.text });
          cited = 0;
        }
        break;
      case "reasoning": {
        const goesOn = last?.kind === "reasoning" && last.seal === undefined;
        const text = (goesOn ? last.text : "") + piece.text;
        parts.splice(goesOn ? -1 : parts.length, goesOn ? 1 : 0, thoughtOf(text, piece.signature));
        break;
      }
      case "reference": {
        if (last?.kind !== "text") {
          parts.push(piece.part);
          break;
        }
        const citation = { ...piece.citation, start: cited, end: last.text.length };
        cited = last.text.length;
        parts.splice(-1, 1, { ...last, citations: [...(last.citations ?? []), citation] });
        break;
      }
      case "opaque":
        parts.push(piece.part);
        break;
    }
  }
  return parts;
}

function thoughtOf(text: string, signature: string): Part {
  const seal = { origin: "mistral-chat", value: signature } as const;
  return { kind: "reasoning", text, isRedacted: false, ...(signature !== "" && { seal }) };
}

/** What the answer has and the canonical form does not carry. */
function droppedOf(value: JsonObject, choice: JsonObject): readonly Warning[] {
  const others = Array.isArray(value["choices"]) && value["choices"].length > 1;
  return [
    ...(isJsonObject(choice["logprobs"]) ? [{ kind: "dropped", subject: "logprobs" } as const] : []),
    ...(others ? [{ kind: "dropped", subject: "choices", note: "Only the first is read." } as const] : []),
  ];
}
