import type { AnswerDecoding, Tapped } from "../../exchange/codec.ts";
import type { Warning } from "../../exchange/warning.ts";
import { jsonSlice } from "../../framing/json-slices.ts";
import { isJsonObject, type JsonObject, parseJson } from "../../kernel/json.ts";
import { type EpochMs, epochMs } from "../../kernel/units.ts";
import { failureOfToldError, malformed } from "./error.ts";
import { failureOfStatus, readFinish, seenIn } from "./finish.ts";
import { listIn, partsOfItem, stateIdsOf, textIn } from "./items.ts";
import { readUsage } from "./usage.ts";

/** Reads a whole response. Items of unknown types keep their text. */
export function decodeResponsesAnswer(body: Uint8Array): AnswerDecoding {
  const text = decoder.decode(body);
  const response = parseJson(text);
  if (!isJsonObject(response)) return failed(malformed("the answer is no JSON object"));
  const output = response["output"];
  if (!Array.isArray(output)) {
    return failed(failureOfToldError(response) ?? malformed("the answer is no response"));
  }
  const failure = failureOfStatus(response);
  if (failure !== undefined) return failed(failure);
  const raw = jsonSlice(text);
  const answerId = textIn(response["id"]);
  const usage = readUsage(response, raw);
  return {
    kind: "answer",
    answer: {
      answerId,
      model: textIn(response["model"]),
      ...createdAtOf(response),
      parts: output.flatMap((item, place) =>
        isJsonObject(item)
          ? partsOfItem({ item, raw: () => raw.member("output")?.element(place) }, { answerId, place })
          : [],
      ),
      finish: readFinish(response, seenIn(output)),
      ...(usage !== undefined && { usage }),
    },
    warnings: droppedOf(response),
  };
}

/**
 * Reads model, usage and finish of a response that passes byte for byte; of one that still goes on, the model only.
 * `undefined` when it is none, or has failed.
 */
export function tapResponsesAnswer(body: Uint8Array): Tapped | undefined {
  const text = decoder.decode(body);
  const response = parseJson(text);
  if (!isJsonObject(response) || !Array.isArray(response["output"])) return undefined;
  const { status } = response;
  const goesOn = status === "queued" || status === "in_progress";
  if (!goesOn && failureOfStatus(response) !== undefined) return undefined;
  const usage = readUsage(response, jsonSlice(text));
  return {
    model: textIn(response["model"]),
    ...(usage !== undefined && { usage }),
    ...(!goesOn && { finish: readFinish(response, seenIn(response["output"])) }),
    stateIds: stateIdsOf(response),
  };
}

const decoder = new TextDecoder("utf-8");

function failed(failure: Extract<AnswerDecoding, { kind: "failure" }>["failure"]): AnswerDecoding {
  return { kind: "failure", failure };
}

/** When a response was made; told in seconds. */
export function createdAtOf({ created_at: created }: JsonObject): { readonly createdAt?: EpochMs } {
  return typeof created === "number" ? { createdAt: epochMs(Math.floor(created * 1000)) } : {};
}

/** What the answer has and the canonical form does not carry. */
function droppedOf(response: JsonObject): readonly Warning[] {
  const messages = listIn(response["output"]).filter(({ type }) => type === "message");
  const hasLogprobs = messages.some(({ content }) =>
    listIn(content).some(({ logprobs }) => listIn(logprobs).length > 0),
  );
  return [
    ...(hasLogprobs ? [{ kind: "dropped" as const, subject: "logprobs" }] : []),
    ...(messages.some(({ phase }) => textIn(phase) !== "")
      ? [{ kind: "dropped" as const, subject: "phase" }]
      : []),
  ];
}
