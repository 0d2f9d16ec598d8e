import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { hasRecordedTraffic, recordedTraffic } from "../../../test/support/recorded-traffic.ts";
import type { Call } from "../../exchange/call.ts";
import type { Part } from "../../exchange/part.ts";
import { isJsonObject, parseJson } from "../../kernel/json.ts";
import { geminiGenerate } from "../../protocols/gemini-generate/index.ts";
import { chatCall } from "./fixtures.test-support.ts";
import { gemini } from "./index.ts";

const model = "gemini-3-pro-preview";

function decodeCall(body: Uint8Array): Call | undefined {
  const decoding = geminiGenerate.decode(body, { target: { model } });
  return decoding.kind === "call" ? decoding.call : undefined;
}

/** The call that reading what `call` was written as gives, and what was declared on the way. */
function thereAndBack(call: Call) {
  const encoded = gemini.encodeRequest(call, { model });
  if (encoded.kind === "refused") throw encoded.error;
  const back = decodeCall(new TextEncoder().encode(encoded.body));
  if (back === undefined) throw new Error(encoded.body);
  return { call: back, warnings: encoded.warnings };
}

/** A lost signature comes back as the word for it; neighbours of one role come back as one turn. */
function comparable(call: Call): Call {
  const turns: { role: string; parts: Part[] }[] = [];
  for (const { role, parts } of call.turns) {
    const plain = parts.map((part): Part => {
      if (part.kind !== "tool-call" || part.seal?.value !== "skip_thought_signature_validator") return part;
      const { seal: _, ...rest } = part;
      return rest;
    });
    const last = turns.at(-1);
    if (last?.role === role) last.parts.push(...plain);
    else turns.push({ role, parts: plain });
  }
  // One answer is what not asking for a number means, which is how it is written.
  const { choices: _, ...sampling } = call.sampling;
  return { ...call, sampling, turns: turns as unknown as Call["turns"] };
}

describe("a request there and back", () => {
  it.runIf(hasRecordedTraffic())("is the same call again, for every recorded request", () => {
    const requests = ["gemini.generateContent", "vertex-gemini.generateContent"].flatMap((dialect) =>
      recordedTraffic(dialect),
    );
    let compared = 0;
    // What Google refused was meant to be refused, or clamped.
    const accepted = requests.filter(({ status }) => status === 200);
    for (const { name, request } of accepted) {
      const call = decodeCall(request);
      if (call === undefined) throw new Error(name);
      const back = thereAndBack(call);
      expect({ name, call: comparable(back.call) }).toEqual({ name, call: comparable(call) });
      expect(
        back.warnings
          .map(({ kind, subject }) => `${kind} ${subject}`)
          .filter((warning) => warning !== "dropped thoughtSignature"),
        name,
      ).toEqual([]);
      compared += 1;
    }
    expect(compared).toBe(86);
  });

  const callWith = (argumentsText: string): Call =>
    chatCall({
      turns: [
        { role: "user", parts: [{ kind: "text", text: "q" }] },
        {
          role: "assistant",
          parts: [
            {
              kind: "tool-call",
              id: "c1",
              name: "f",
              argumentsText,
              seal: { origin: "gemini-generate", value: "cw==" },
            },
          ],
        },
        {
          role: "user",
          parts: [
            {
              kind: "tool-result",
              callId: "c1",
              name: "f",
              isError: false,
              content: [{ kind: "text", text: "r" }],
            },
          ],
        },
      ],
    });

  it.for([
    '{"n":9007199254740993}',
    '{ "x" : 1.0, "y":-0,"z":1e400 }',
    '{"a":"\\ud800","a":1}',
    '{"half": tr',
    "[1,2]",
    '"text"',
    "nul",
  ])("rules 02 and 36: keeps the text of the arguments %s", (argumentsText) => {
    const call = callWith(argumentsText);
    expect(thereAndBack(call).call.turns).toEqual(call.turns);
  });

  it("keeps any arguments at all", () => {
    fc.assert(
      fc.property(fc.oneof(fc.json(), fc.string({ minLength: 1 })), (argumentsText) => {
        const isBlank = argumentsText.trim() === "";
        const isWrapped =
          isJsonObject(parseJson(argumentsText)) && /^\s*\{\s*"arguments"/.test(argumentsText);
        fc.pre(!isBlank && !isWrapped);
        const [, turn] = thereAndBack(callWith(argumentsText)).call.turns;
        const [part] = turn?.parts ?? [];
        const isObject = isJsonObject(parseJson(argumentsText));
        expect(part).toMatchObject({ argumentsText: isObject ? argumentsText.trim() : argumentsText });
      }),
    );
  });
});
