import { describe, expect, it } from "vitest";
import { hasRecordedTraffic, recordedTraffic } from "../../../test/support/recorded-traffic.ts";
import { isJsonObject, type Json, type JsonObject } from "../../kernel/json.ts";
import { chatCall, hasFixtures, wholeFixtures } from "./fixtures.test-support.ts";
import { kindOf, listIn, textIn } from "./items.ts";
import { encodeResponsesRequest } from "./request.ts";
import { decodeResponsesAnswer } from "./response.ts";

/** The items that a client which sends an answer back gives the provider to read. */
function sentBack(body: Buffer): readonly Json[] {
  const decoding = decodeResponsesAnswer(body);
  if (decoding.kind === "failure") throw new Error(decoding.failure.message);
  const turns = [
    { role: "assistant", parts: decoding.answer.parts },
    { role: "user", parts: [{ kind: "text", text: "go on" }] },
  ] as const;
  const encoded = encodeResponsesRequest(chatCall({ source: "openai-responses", turns }), { model: "gpt-5" });
  if (encoded.kind === "refused") throw encoded.error;
  expect(encoded.warnings).toEqual([]);
  return JSON.parse(encoded.body).input.slice(0, -1);
}

/** What of an item says something to the model. */
function essence(item: JsonObject): Json {
  switch (kindOf(item)) {
    case "message":
      return { type: "message", content: listIn(item["content"]).flatMap(saidIn) };
    case "reasoning": {
      const { id = null, encrypted_content: value = null } = item;
      const joined = (list: Json | undefined) =>
        listIn(list)
          .map(({ text }) => textIn(text))
          .join("\n\n");
      return { id, value, summary: joined(item["summary"]), content: joined(item["content"]) };
    }
    case "function-call":
      return { call: item["call_id"] ?? null, name: item["name"] ?? null, text: item["arguments"] ?? null };
    case "custom-call":
      return { call: item["call_id"] ?? null, name: item["name"] ?? null, text: item["input"] ?? null };
    case "opaque":
      return item;
  }
}

function saidIn({ type = null, text = null, annotations = null, refusal }: JsonObject): readonly Json[] {
  if (refusal !== undefined) return [{ type, refusal }];
  return text === "" ? [] : [{ type, text, annotations }];
}

/** Items as the model reads them: messages that follow each other are one, empty ones none. */
function essences(items: readonly Json[]): readonly Json[] {
  const read: Json[] = [];
  for (const item of items.filter(isJsonObject).map(essence)) {
    const last = read.at(-1);
    if (!isJsonObject(item) || item["type"] !== "message") read.push(item);
    else if (isJsonObject(last) && last["type"] === "message")
      read[read.length - 1] = {
        type: "message",
        content: [...listIn(last["content"]), ...listIn(item["content"])],
      };
    else if (listIn(item["content"]).length > 0) read.push(item);
  }
  return read;
}

const recorded = hasRecordedTraffic()
  ? recordedTraffic("openai.responses")
      .filter(({ isStream, status }) => !isStream && status === 200)
      .map(({ name, response }) => ({ name, body: response }))
  : [];
const answers = [...recorded, ...(hasFixtures() ? wholeFixtures() : [])];

describe.skipIf(answers.length === 0)("answers that are sent back", () => {
  it("rules 2, 12: are what the provider gave: texts, calls, reasoning with its id and seal, all in their places", () => {
    expect(answers.length).toBeGreaterThan(110);
    for (const { name, body } of answers) {
      const { output }: { readonly output: readonly Json[] } = JSON.parse(body.toString());
      expect(essences(sentBack(body)), name).toEqual(essences(output));
    }
  });
});
