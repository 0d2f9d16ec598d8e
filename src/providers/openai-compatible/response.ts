import type { AnswerDecoding, Tapped } from "../../exchange/codec.ts";
import type { Part } from "../../exchange/part.ts";
import type { Warning } from "../../exchange/warning.ts";
import { fingerprint128 } from "../../kernel/fnv.ts";
import { base62 } from "../../kernel/ids.ts";
import { isJsonObject, type JsonObject, parseJson } from "../../kernel/json.ts";
import { epochMs } from "../../kernel/units.ts";
import { callsOf, wordsOf } from "./delta.ts";
import { malformed, readToldFailure } from "./error.ts";
import { failureOfFinish, readFinish } from "./finish.ts";
import { usageOf } from "./tap.ts";

/** Reads a whole Chat completion; only the first choice is read. */
export function decodeChatAnswer(body: Uint8Array): AnswerDecoding {
  const value = objectOf(body);
  if (value === undefined) return { kind: "failure", failure: malformed("the answer is no JSON object") };
  const told = readToldFailure(value);
  if (told !== undefined) return { kind: "failure", failure: told };
  const choice = firstChoice(value);
  if (choice === undefined || !isJsonObject(choice["message"])) {
    return { kind: "failure", failure: malformed("the answer has no choice with a message") };
  }
  const raw = typeof choice["finish_reason"] === "string" ? choice["finish_reason"] : "";
  const broken = failureOfFinish(raw);
  if (broken !== undefined) return { kind: "failure", failure: broken };
  const answerId = typeof value["id"] === "string" ? value["id"] : "";
  const parts = partsOf(choice["message"], answerId);
  const usage = usageOf(value);
  return {
    kind: "answer",
    answer: {
      answerId,
      model: typeof value["model"] === "string" ? value["model"] : "",
      ...(typeof value["created"] === "number" && { createdAt: epochMs(value["created"] * 1000) }),
      parts,
      finish: readFinish(raw, { calls: has(parts, "tool-call"), refusal: has(parts, "refusal") }),
      ...(usage !== undefined && { usage }),
    },
    warnings: droppedOf(choice),
  };
}

/** Reads model, usage and finish of an answer that passes byte for byte; `undefined` when it is no whole completion. */
export function tapChatAnswer(body: Uint8Array): Tapped | undefined {
  const value = objectOf(body);
  const choice = value && firstChoice(value);
  if (value === undefined || choice === undefined || readToldFailure(value) !== undefined) return undefined;
  const usage = usageOf(value);
  const message = isJsonObject(choice["message"]) ? choice["message"] : {};
  const raw = choice["finish_reason"];
  const seen = { calls: callsOf(message).length > 0, refusal: wordsOf(message).refusal !== "" };
  return {
    ...(typeof value["model"] === "string" && { model: value["model"] }),
    ...(usage !== undefined && { usage }),
    ...(typeof raw === "string" && { finish: readFinish(raw, seen) }),
  };
}

const decoder = new TextDecoder("utf-8");

function objectOf(body: Uint8Array): JsonObject | undefined {
  const value = parseJson(decoder.decode(body));
  return isJsonObject(value) ? value : undefined;
}

function firstChoice(value: JsonObject): JsonObject | undefined {
  const choices = Array.isArray(value["choices"]) ? value["choices"].filter(isJsonObject) : [];
  return choices.find(({ index }) => index === undefined || index === 0);
}

function partsOf(message: JsonObject, answerId: string): readonly Part[] {
  const { reasoning, text, refusal } = wordsOf(message);
  return [
    ...(reasoning === "" ? [] : [{ kind: "reasoning" as const, text: reasoning, isRedacted: false }]),
    ...(text === "" ? [] : [{ kind: "text" as const, text }]),
    ...(refusal === "" ? [] : [{ kind: "refusal" as const, text: refusal }]),
    ...callsOf(message).map(
      ({ id, name, argumentsText }, index): Part => ({
        kind: "tool-call",
        id: id === "" ? `call_${base62(fingerprint128(`${answerId}:${index}`))}` : id,
        name,
        argumentsText,
      }),
    ),
  ];
}

function has(parts: readonly Part[], kind: Part["kind"]): boolean {
  return parts.some((part) => part.kind === kind);
}

/** What the answer has and the canonical form does not carry. */
function droppedOf(choice: JsonObject): readonly Warning[] {
  const message = isJsonObject(choice["message"]) ? choice["message"] : {};
  const { audio, annotations } = message;
  const { logprobs } = choice;
  return [
    ...(isJsonObject(audio) ? [dropped("audio")] : []),
    ...(Array.isArray(annotations) && annotations.length > 0 ? [dropped("annotations")] : []),
    ...(isJsonObject(logprobs) ? [dropped("logprobs")] : []),
  ];
}

function dropped(subject: string): Warning {
  return { kind: "dropped", subject };
}
