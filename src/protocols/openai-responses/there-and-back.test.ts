import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Part, Seal } from "../../exchange/part.ts";
import { jsonSlice } from "../../framing/json-slices.ts";
import { RawJson } from "../../kernel/json.ts";
import { answerOf, anyParts, contextOf, contextWithoutEnvelopes, unwrap } from "./answers.test-support.ts";
import { decodeCall } from "./decode.ts";
import { encodeAnswer } from "./encode.ts";

/** What the next turn of a client that echoes the output is read as. */
function echoed(parts: readonly Part[], context = contextOf()): readonly Part[] {
  const output = jsonSlice(encodeAnswer(answerOf(parts), context).body)
    .member("output")
    ?.text();
  const body = `{"model":"m","input":${output ?? "[]"}}`;
  const decoding = decodeCall(new TextEncoder().encode(body), { unwrap });
  if (decoding.kind !== "call") throw new Error(JSON.stringify(decoding.problems));
  expect(decoding.warnings).toEqual([]);
  expect(decoding.call.turns.length).toBeLessThanOrEqual(1);
  return decoding.call.turns.flatMap((turn) => turn.parts);
}

/** What has to come back: nothing for what says nothing, ids that fit, arguments that are there. */
function expected(parts: readonly Part[]): readonly unknown[] {
  return parts.flatMap((part): readonly unknown[] => {
    switch (part.kind) {
      case "text": {
        const { seal } = part;
        if (part.text === "" && seal === undefined) return [];
        const cited = part.text === "" ? undefined : part.citations;
        return [
          {
            kind: "text",
            text: part.text,
            ...(seal !== undefined && { seal }),
            ...(cited !== undefined && {
              citations: cited.map(({ url, title }) =>
                expect.objectContaining({ url, title, start: 0, end: part.text.length }),
              ),
            }),
          },
        ];
      }
      case "refusal":
        return part.text === "" ? [] : [part];
      case "reasoning": {
        if (part.text === "" && part.seal === undefined) return [];
        const { isSummary, ...rest } = part;
        return [isSummary === true ? part : rest];
      }
      case "tool-call": {
        const { isCustom, argumentsText, ...rest } = part;
        if (isCustom === true) return [{ ...part, id: expect.any(String) }];
        return [
          { ...rest, id: expect.any(String), argumentsText: argumentsText === "" ? "{}" : argumentsText },
        ];
      }
      default:
        return [part];
    }
  });
}

describe("an answer that the client sends back", () => {
  it("rule 17: has every part in its place, and every seal on the part that its provider sealed", () => {
    fc.assert(
      fc.property(anyParts, (parts) => {
        expect(echoed(parts)).toEqual(expected(parts));
      }),
      { numRuns: 300 },
    );
  });

  it("rule 34: calls bear ids that are their own when they fit, and no two the same", () => {
    const call = (id: string): Part => ({ kind: "tool-call", id, name: "f", argumentsText: "{}" });
    const ids = ["call_1", "call_1", "", "", "with space", "x".repeat(65), "x".repeat(64)];
    const told = echoed(ids.map(call)).flatMap((part) => (part.kind === "tool-call" ? [part.id] : []));
    expect(told[0]).toBe("call_1");
    expect(told[6]).toBe("x".repeat(64));
    expect(new Set(told).size).toBe(ids.length);
    for (const id of told) expect(id).toMatch(/^[A-Za-z0-9_-]{1,64}$/);
    expect(echoed(ids.map(call))).toEqual(echoed(ids.map(call)));
  });

  it("rule 12: OpenAI's encrypted reasoning keeps its item id, and an item known by its id alone keeps that", () => {
    const own = (value: string, itemId: string): Seal => ({ origin: "openai-responses", value, itemId });
    const parts: readonly Part[] = [
      { kind: "reasoning", text: "a", isSummary: true, isRedacted: false, seal: own("gAAA", "rs_native1") },
      { kind: "reasoning", text: "b", isRedacted: false, seal: own("", "rs_native2") },
    ];
    expect(echoed(parts)).toEqual(parts);
    expect(
      echoed([{ kind: "reasoning", text: "", isRedacted: false, seal: own("gAAA", "rs_native3") }]),
    ).toEqual([{ kind: "reasoning", text: "", isRedacted: true, seal: own("gAAA", "rs_native3") }]);
  });

  it("puts the pieces of one native item together again", () => {
    const seal: Seal = { origin: "openai-responses", value: "gAAA", itemId: "rs_native" };
    const parts: readonly Part[] = [
      { kind: "reasoning", text: "one", isSummary: true, isRedacted: false, seal },
      { kind: "reasoning", text: "two", isSummary: true, isRedacted: false, seal },
      { kind: "reasoning", text: "thought", isRedacted: false, seal },
      { kind: "text", text: "hi" },
    ];
    const { output } = JSON.parse(encodeAnswer(answerOf(parts), contextOf()).body);
    expect(output[0]).toEqual({
      id: "rs_native",
      type: "reasoning",
      summary: [
        { type: "summary_text", text: "one" },
        { type: "summary_text", text: "two" },
      ],
      content: [{ type: "reasoning_text", text: "thought" }],
      encrypted_content: "gAAA",
    });
    expect(echoed(parts)).toEqual(parts);
  });

  it("declares what cannot be told under the id of an item that has ended or gone past it", () => {
    const seal: Seal = { origin: "openai-responses", value: "gAAA", itemId: "rs_native" };
    const thought = (text: string, isSummary: boolean): Part => ({
      kind: "reasoning",
      text,
      isSummary,
      isRedacted: false,
      seal,
    });
    const late = encodeAnswer(answerOf([thought("t", false), thought("s", true)]), contextOf());
    const twice = encodeAnswer(
      answerOf([thought("t", false), { kind: "text", text: "hi" }, thought("u", false)]),
      contextOf(),
    );
    expect([late.warnings, twice.warnings]).toEqual([
      [{ kind: "dropped", subject: "reasoning", note: "a summary came after the reasoning" }],
      [{ kind: "dropped", subject: "reasoning", note: "a second item has the id rs_native" }],
    ]);
    expect(JSON.parse(twice.body).output).toMatchObject([{ id: "rs_native" }, { type: "message" }]);
  });

  it("loses foreign seals, declared, where there are no envelopes", () => {
    const seal: Seal = { origin: "anthropic-messages", value: "sig" };
    const parts: readonly Part[] = [
      { kind: "reasoning", text: "hm", isRedacted: false, seal },
      { kind: "reasoning", text: "", isRedacted: true, seal },
      { kind: "tool-call", id: "c", name: "f", argumentsText: "{}", seal },
      { kind: "text", text: "hi", seal },
    ];
    const { body, warnings } = encodeAnswer(answerOf(parts), contextWithoutEnvelopes());
    expect(body).not.toContain("sig");
    expect(warnings).toEqual(
      Array.from({ length: 4 }, () => ({
        kind: "dropped",
        subject: "reasoning.encrypted_content",
        note: "there is no envelope for it",
      })),
    );
    expect(echoed(parts, contextWithoutEnvelopes())).toEqual([
      { kind: "reasoning", text: "hm", isRedacted: false },
      { kind: "tool-call", id: "c", name: "f", argumentsText: "{}" },
      { kind: "text", text: "hi" },
    ]);
  });

  it("keeps an item of a tool that the provider ran as it is", () => {
    const raw = new RawJson('{"type":"web_search_call","id":"ws_1", "n":1.0}');
    const part: Part = { kind: "opaque", type: "web_search_call", origin: "openai-responses", raw };
    expect(echoed([part])).toEqual([part]);
  });
});
