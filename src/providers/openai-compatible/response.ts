import type { AnswerDecoding, Tapped } from "../../exchange/codec.ts";
import type { Part, TokenLogprob } from "../../exchange/part.ts";
import type { Warning } from "../../exchange/warning.ts";
import { fingerprint128 } from "../../kernel/fnv.ts";
import { base62 } from "../../kernel/ids.ts";
import { isJsonObject, type JsonObject, parseJson } from "../../kernel/json.ts";
import { epochMs } from "../../kernel/units.ts";
import { sealOf } from "./calls.ts";
import { annotationsOf, citationOf, sourcesOf } from "./citations.ts";
import { callsOf, signatureIn, wordsOf } from "./delta.ts";
import { malformed, readToldFailure } from "./error.ts";
import { failureOfFinish, readFinish } from "./finish.ts";
import { logprobsOf } from "./logprobs.ts";
import { defaultQuirks, type QuirkProfile } from "./quirks.ts";
import { readDetails, reasoningParts } from "./reasoning-details.ts";
import { usageOf } from "./tap.ts";

/** Reads a whole Chat completion; only the first choice is read. */
export function decodeChatAnswer(body: Uint8Array, quirks: QuirkProfile = defaultQuirks): AnswerDecoding {
  const value = objectOf(body);
  if (value === undefined) return { kind: "failure", failure: malformed("the answer is no JSON object") };
  const told = readToldFailure(value);
  if (told !== undefined) return { kind: "failure", failure: told };
  const choice = firstChoice(value);
  const message = choice && messageIn(choice);
  if (choice === undefined || message === undefined) {
    return { kind: "failure", failure: malformed("the answer has no choice with a message") };
  }
  const raw = typeof choice["finish_reason"] === "string" ? choice["finish_reason"] : "";
  const broken = failureOfFinish(raw);
  if (broken !== undefined) return { kind: "failure", failure: broken };
  const answerId = typeof value["id"] === "string" ? value["id"] : "";
  const parts = partsOf(message, { answer: value, answerId, logprobs: logprobsOf(choice) });
  const usage = usageOf(value, quirks);
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
    warnings: droppedOf(message),
  };
}

/** Reads model, usage and finish of an answer that passes byte for byte; `undefined` when it is no whole completion. */
export function tapChatAnswer(body: Uint8Array, quirks: QuirkProfile = defaultQuirks): Tapped | undefined {
  const value = objectOf(body);
  const choice = value && firstChoice(value);
  if (value === undefined || choice === undefined || readToldFailure(value) !== undefined) return undefined;
  const usage = usageOf(value, quirks);
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

/** The message of a choice. Azure leaves it out where its filter closed: then the finish is all there is. */
function messageIn({ message, finish_reason: finish }: JsonObject): JsonObject | undefined {
  if (isJsonObject(message)) return message;
  return (message ?? undefined) === undefined && finish === "content_filter" ? {} : undefined;
}

/** The answer around a message. */
interface Around {
  readonly answer: JsonObject;
  readonly answerId: string;
  readonly logprobs: readonly TokenLogprob[];
}

function partsOf(message: JsonObject, { answer, answerId, logprobs }: Around): readonly Part[] {
  const { reasoning, text, refusal } = wordsOf(message);
  const cited = { text, startsAt: 0 };
  const citations = [
    ...annotationsOf(message).flatMap((annotation) => citationOf(annotation, cited) ?? []),
    ...sourcesOf(answer),
  ];
  const signature = signatureIn(message);
  return [
    ...reasoningParts(readDetails(message), reasoning),
    ...(text === "" && signature === ""
      ? []
      : [
          {
            kind: "text" as const,
            text,
            ...(text !== "" && citations.length > 0 && { citations }),
            ...(text !== "" && logprobs.length > 0 && { logprobs }),
            ...sealOf(signature),
          },
        ]),
    ...(refusal === "" ? [] : [{ kind: "refusal" as const, text: refusal }]),
    ...callsOf(message).map(
      (call, index): Part => ({
        kind: "tool-call",
        id: call.id === "" ? `call_${base62(fingerprint128(`${answerId}:${index}`))}` : call.id,
        name: call.name,
        argumentsText: call.argumentsText,
        ...(call.isCustom && { isCustom: true }),
        ...sealOf(call.signature),
      }),
    ),
  ];
}

function has(parts: readonly Part[], kind: Part["kind"]): boolean {
  return parts.some((part) => part.kind === kind);
}

/** What the answer has and the canonical form does not carry. */
function droppedOf(message: JsonObject): readonly Warning[] {
  const { audio } = message;
  const nowhere = { text: "", startsAt: 0 };
  const isLost = annotationsOf(message).some((annotation) => citationOf(annotation, nowhere) === undefined);
  return [...(isJsonObject(audio) ? [dropped("audio")] : []), ...(isLost ? [dropped("annotations")] : [])];
}

function dropped(subject: string): Warning {
  return { kind: "dropped", subject };
}
