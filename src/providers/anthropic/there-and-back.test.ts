import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { hasRecordedTraffic, recordedTraffic } from "../../../test/support/recorded-traffic.ts";
import type { Call } from "../../exchange/call.ts";
import { epochMs } from "../../kernel/units.ts";
import { decodeCall } from "../../protocols/anthropic-messages/decode.ts";
import { anthropicMessages } from "../../protocols/anthropic-messages/index.ts";
import { chatCall, framesOf } from "./fixtures.test-support.ts";
import { anthropic } from "./index.ts";

/** The call that reading what `call` was written as gives. */
function thereAndBack(call: Call, model = "glm"): Call {
  const encoded = anthropic.encodeRequest(call, { model });
  if (encoded.kind === "refused") throw encoded.error;
  const decoding = decodeCall(new TextEncoder().encode(encoded.body));
  if (decoding.kind === "invalid") throw new Error(JSON.stringify(decoding.problems));
  return decoding.call;
}

/** Blank text is left out on the way (rule 30). */
const withoutBlankText = (call: Call): Call => ({
  ...call,
  turns: call.turns.map((turn) => ({
    ...turn,
    parts: turn.parts.filter((part) => part.kind !== "text" || part.text.trim() !== ""),
  })),
});

describe("a request there and back", () => {
  it.runIf(hasRecordedTraffic())("is the same call again, for every recorded request", () => {
    for (const { name, request } of recordedTraffic("anthropic.messages")) {
      const decoding = decodeCall(request);
      if (decoding.kind === "invalid") throw new Error(name);
      const { call } = decoding;
      expect({ name, call: thereAndBack(call, call.model) }).toEqual({ name, call: withoutBlankText(call) });
    }
  });

  it.for([
    '{"n":9007199254740993}',
    '{ "x" : 1.0, "y":-0,"z":1e400 }',
    '{"a":"\\ud800","a":1}',
    '{"half": tr',
    "[1,2]",
    '"text"',
    "nul",
  ])("keeps the text of the arguments %s", (argumentsText) => {
    const call = chatCall({
      turns: [
        { role: "user", parts: [{ kind: "text", text: "q" }] },
        { role: "assistant", parts: [{ kind: "tool-call", id: "call_1", name: "f", argumentsText }] },
        { role: "user", parts: [{ kind: "tool-result", callId: "call_1", isError: false, content: [] }] },
      ],
    });
    expect(thereAndBack(call).turns).toEqual(call.turns);
  });

  it("keeps any arguments at all", () => {
    const arbitraryArguments = fc.oneof(
      fc.json().filter((json) => json.startsWith("{")),
      fc.string({ unit: "binary", minLength: 1 }).filter((text) => text.trim() !== ""),
    );
    fc.assert(
      fc.property(arbitraryArguments, (argumentsText) => {
        const call = chatCall({
          turns: [{ role: "assistant", parts: [{ kind: "tool-call", id: "c", name: "f", argumentsText }] }],
        });
        expect(thereAndBack(call).turns).toEqual(call.turns);
      }),
    );
  });
});

describe("an answer there and back", () => {
  it.runIf(hasRecordedTraffic())("is the same message again, for every recorded answer and stream", () => {
    for (const { name, response, isStream } of recordedTraffic("anthropic.messages")) {
      const context = { requestId: "r", startedAt: epochMs(1), call: chatCall() };
      if (isStream) {
        const rewritten = rewrite(response, context);
        const direct = readParts(response);
        const again = readParts(new TextEncoder().encode(rewritten));
        expect({ name, parts: again.texts }).toEqual({ name, parts: direct.texts });
        expect(again.finish).toBe(direct.finish);
        expect(again.total).toBe(direct.total);
        continue;
      }
      const direct = anthropic.decodeAnswer(response);
      if (direct.kind === "failure") throw new Error(name);
      const again = anthropic.decodeAnswer(
        new TextEncoder().encode(anthropicMessages.encodeAnswer(direct.answer, context).body),
      );
      if (again.kind === "failure") throw new Error(name);
      const { parts, finish, model } = again.answer;
      expect({ name, parts, finish, model }).toEqual({
        name,
        parts: direct.answer.parts,
        finish: direct.answer.finish,
        model: direct.answer.model,
      });
      expect(again.answer.usage?.input.total).toBe(direct.answer.usage?.input.total);
      expect(again.answer.usage?.output.total).toBe(direct.answer.usage?.output.total);
    }
  });
});

function rewrite(stream: Uint8Array, context: Parameters<typeof anthropicMessages.encodeStream>[0]): string {
  const decoder = anthropic.decodeStream();
  const encoder = anthropicMessages.encodeStream(context);
  return [...framesOf(stream).flatMap(decoder.push), ...decoder.end()]
    .map((part) => {
      if (part.kind === "error") throw new Error(part.failure.message);
      return encoder.push(part);
    })
    .join("");
}

/** Text, reasoning and arguments of a stream, joined by kind; blank text begins the text after it. */
function readParts(stream: Uint8Array) {
  const decoder = anthropic.decodeStream();
  const parts = [...framesOf(stream).flatMap(decoder.push), ...decoder.end()];
  const texts: string[] = [];
  let open = "";
  let blank = "";
  for (const part of parts) {
    if (part.kind === "text-start" || part.kind === "reasoning-start") open = "";
    if (part.kind === "text-delta" || part.kind === "reasoning-delta") open += part.text;
    if (part.kind === "tool-input-start") open = `${part.id} ${part.name} `;
    if (part.kind === "tool-input-delta") open += part.argumentsText;
    if (part.kind === "reasoning-end") open += ` ${part.seal?.value}`;
    if (part.kind === "text-end" && open.trim() === "") blank += open;
    else if (part.kind.endsWith("-end") && open.trim() !== "") {
      texts.push(`${part.kind} ${part.kind === "text-end" ? blank : ""}${open}`);
      if (part.kind === "text-end") blank = "";
    }
    if (part.kind === "whole" && part.value.kind === "opaque") texts.push(part.value.raw.text);
  }
  const last = parts.at(-1);
  const usage = parts.findLast((part) => part.kind === "usage")?.usage;
  return {
    texts,
    finish: last?.kind === "finish" ? last.finish.reason : undefined,
    total: usage?.input.total,
  };
}
