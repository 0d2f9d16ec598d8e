import { describe, expect, it } from "vitest";
import type { Part } from "../../exchange/part.ts";
import { datasOf, echoed, grammarAfter, type WireChunk } from "./answers.test-support.ts";
import { decodeGemini } from "./decode.ts";
import { isWhole } from "./grammar.ts";
import { readFacts } from "./read.ts";
import { recordedGemini } from "./recorded.test-support.ts";
import { geminiTarget } from "./target.ts";

/** A plain reading of the wire, in both spellings. */
interface WireCall {
  readonly name: string;
  readonly args?: unknown;
}
interface WirePart {
  readonly text?: string;
  readonly thoughtSignature?: string;
  readonly functionCall?: WireCall;
  readonly function_call?: WireCall;
  readonly functionResponse?: WireCall;
  readonly function_response?: WireCall;
  readonly inlineData?: object;
  readonly fileData?: object;
}
interface WireRequest {
  readonly contents: readonly { readonly role?: string; readonly parts: readonly WirePart[] }[];
  readonly systemInstruction?: { readonly parts: readonly WirePart[] };
  readonly tools?: readonly { readonly functionDeclarations?: readonly { readonly name: string }[] }[];
  readonly generationConfig?: { readonly maxOutputTokens?: number };
}

const records = recordedGemini();
const answered = records.filter(({ status }) => status === 200);
const targetOf = ({ path, query }: (typeof records)[number]) => {
  const target = geminiTarget(path, query);
  if (target === undefined) throw new Error(`no target: ${path}`);
  return target.facts;
};

describe.skipIf(records.length === 0)("recorded requests", () => {
  it("have targets that name model, stream and form", () => {
    expect(records).toHaveLength(89);
    for (const record of records) {
      const { model, isStream, streamForm } = targetOf(record);
      expect(record.path).toContain(`/models/${model}:`);
      expect(isStream).toBe(record.path.includes("stream"));
      const isSse = record.response.startsWith("data:");
      expect(streamForm, record.name).toBe(isStream ? (isSse ? "sse" : "json-array") : undefined);
    }
  });

  it("are all read, with the facts that a full parse finds", () => {
    for (const record of records) {
      const body: WireRequest = JSON.parse(record.request.toString());
      const target = targetOf(record);
      const limit = body.generationConfig?.maxOutputTokens;
      expect(readFacts(record.request, target), record.name).toEqual({
        kind: "facts",
        facts: { ...target, wantsUsage: true, ...(limit !== undefined && { outputTokensMax: limit }) },
      });
    }
  });

  it("are all decoded that the provider took, every text, call, result and tool among them", () => {
    for (const record of answered) {
      const body: WireRequest = JSON.parse(record.request.toString());
      const decoding = decodeGemini(record.request, { target: targetOf(record) });
      if (decoding.kind === "invalid")
        throw new Error(`${record.name}: ${JSON.stringify(decoding.problems)}`);
      const { call, warnings } = decoding;
      expect(warnings, record.name).toEqual([]);
      const wire = [...(body.systemInstruction?.parts ?? []), ...body.contents.flatMap(({ parts }) => parts)];
      const parts = [...call.instructions, ...call.turns.flatMap((turn) => turn.parts)];
      const textsOf = parts.flatMap((part) => (part.kind === "text" ? [part.text] : []));
      expect(textsOf, record.name).toEqual(
        wire.flatMap(({ text }) => (text === undefined || text === "" ? [] : [text])),
      );
      const calls = parts.flatMap((part) => (part.kind === "tool-call" ? [part] : []));
      const wireCalls = wire.flatMap((part) => part.functionCall ?? part.function_call ?? []);
      expect(calls.map(({ name, argumentsText }) => [name, JSON.parse(argumentsText)])).toEqual(
        wireCalls.map(({ name, args }) => [name, args]),
      );
      const results = parts.flatMap((part) => (part.kind === "tool-result" ? [part] : []));
      const wireResults = wire.flatMap((part) => part.functionResponse ?? part.function_response ?? []);
      expect(results.map(({ name }) => name)).toEqual(wireResults.map(({ name }) => name));
      for (const result of results) {
        expect(result.content, record.name).toHaveLength(1);
        if (calls.length > 0) expect(calls.map(({ id }) => id)).toContain(result.callId);
      }
      const media = parts.filter(({ kind }) => kind === "image" || kind === "document");
      expect(media).toHaveLength(wire.filter((part) => part.inlineData ?? part.fileData).length);
      const names =
        body.tools?.flatMap((tool) => tool.functionDeclarations?.map(({ name }) => name) ?? ["-"]) ?? [];
      expect(call.tools.map((tool) => (tool.kind === "function" ? tool.name : "-"))).toEqual(names);
      const seals = parts.flatMap((part) => ("seal" in part ? [part.seal?.value] : []));
      expect(seals).toEqual(wire.flatMap(({ thoughtSignature }) => thoughtSignature ?? []));
    }
  });

  it("are refused where the provider refused the role", () => {
    const refused = records.find(({ name }) => name.includes("invalid_role"));
    if (refused === undefined) throw new Error("the record is missing");
    expect(decodeGemini(refused.request, { target: targetOf(refused) })).toMatchObject({
      kind: "invalid",
      problems: [{ path: "contents[0].role" }],
    });
  });
});

describe.skipIf(records.length === 0)("recorded answers", () => {
  const isSse = ({ response }: (typeof records)[number]): boolean => response.startsWith("data:");
  const isArray = ({ response }: (typeof records)[number]): boolean => response.startsWith("[");

  it.for([
    { form: "events", streams: answered.filter(isSse), count: 13 },
    { form: "arrays", streams: answered.filter(isArray), count: 16 },
  ])("the grammar takes every stream of $form to its end", ({ streams, count }) => {
    expect(streams).toHaveLength(count);
    for (const { name, response } of streams) {
      const state = grammarAfter(response);
      expect({ name, state }).toMatchObject({ name, state: { phase: "open" } });
      expect(!("kind" in state) && isWhole(state), name).toBe(true);
    }
  });

  it("the grammar takes every whole answer as a stream of one chunk", () => {
    const whole = answered.filter((record) => !isSse(record) && !isArray(record));
    expect(whole).toHaveLength(57);
    for (const { name, response } of whole)
      expect({ name, state: grammarAfter(`[${response}]`) }).toMatchObject({
        name,
        state: { phase: "open" },
      });
  });

  it("are read back from a client's history with all their text, calls and signatures", () => {
    const chunksOf = (record: (typeof records)[number]): readonly WireChunk[] => {
      if (isSse(record)) return datasOf(record.response).map((data): WireChunk => JSON.parse(data));
      const value: WireChunk | readonly WireChunk[] = JSON.parse(record.response);
      return [value].flat();
    };
    let seals = 0;
    for (const record of answered) {
      const contents = chunksOf(record).flatMap((chunk) => chunk.candidates?.[0]?.content ?? []);
      const wire = contents.flatMap(({ parts }) => parts ?? []);
      const parts = echoed([{ role: "user", parts: [{ text: "hi" }] }, ...contents]);
      const words = (kind: Part["kind"]): string =>
        parts.flatMap((part) => (part.kind === kind && "text" in part ? [part.text] : [])).join("");
      const wireWords = (isThought: boolean): string =>
        wire.flatMap((part) => ((part.thought === true) === isThought ? (part.text ?? []) : [])).join("");
      expect(words("text"), record.name).toBe(wireWords(false));
      expect(words("reasoning"), record.name).toBe(wireWords(true));
      const sealed = parts.flatMap((part) => ("seal" in part ? [part.seal?.value] : []));
      expect(sealed, record.name).toEqual(wire.flatMap(({ thoughtSignature }) => thoughtSignature ?? []));
      expect(parts.filter(({ kind }) => kind === "tool-call")).toHaveLength(
        wire.filter(({ functionCall }) => functionCall !== undefined).length,
      );
      seals += sealed.length;
    }
    expect(seals).toBe(22);
  });
});
