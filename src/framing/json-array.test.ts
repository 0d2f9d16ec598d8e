import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { hasRecordedTraffic, recordedTraffic } from "../../test/support/recorded-traffic.ts";
import type { Frame } from "../exchange/codec.ts";
import { createJsonArrayReader } from "./json-array.ts";

const encode = (text: string): Uint8Array => new TextEncoder().encode(text);
const decode = (bytes: Uint8Array): string => new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes);

/** The frames of `bytes`, handed over in pieces that end at `cuts`. */
function read(bytes: Uint8Array, cuts: readonly number[]) {
  const reader = createJsonArrayReader();
  const frames: Frame[] = [];
  let start = 0;
  for (const end of [...cuts.toSorted((left, right) => left - right), bytes.length]) {
    frames.push(...reader.push(bytes.slice(start, end)));
    start = end;
  }
  return { frames: [...frames, ...reader.end()], tail: reader.tail() };
}

const shown = (frames: readonly Frame[]) =>
  frames.map(({ bytes, kind, data }) => [decode(bytes), kind === "event" ? data : undefined]);

const forms: readonly {
  readonly name: string;
  readonly input: string;
  readonly elements: readonly string[];
}[] = [
  { name: "an empty array", input: "[]", elements: [] },
  { name: "white space in an empty array", input: " [\r\n ] \n", elements: [] },
  { name: "one element", input: '[{"a":1}]', elements: ['{"a":1}'] },
  {
    name: "Gemini's own form",
    input: '[{\n  "a": 1\n}\n,\r\n{\n  "b": [2]\n}\n]\n',
    elements: ['{\n  "a": 1\n}', '{\n  "b": [2]\n}'],
  },
  {
    name: "nested arrays and objects",
    input: '[[[],[{}]],{"a":[{"b":[]}]}]',
    elements: ["[[],[{}]]", '{"a":[{"b":[]}]}'],
  },
  {
    name: "brackets in strings",
    input: '[{"a":"]},{["},{"}":"\\"]"}]',
    elements: ['{"a":"]},{["}', '{"}":"\\"]"}'],
  },
  {
    name: "backslashes before a quote",
    input: '["\\\\",{"a":"\\\\\\""},"\\u005d"]',
    elements: ['"\\\\"', '{"a":"\\\\\\""}', '"\\u005d"'],
  },
  {
    name: "numbers and literals",
    input: "[1 ,-2.5e+3,true\n,false,null]",
    elements: ["1", "-2.5e+3", "true", "false", "null"],
  },
  { name: "text beyond ASCII", input: '[{"a":"grüße 🏛"},"ß"]', elements: ['{"a":"grüße 🏛"}', '"ß"'] },
];

describe("createJsonArrayReader", () => {
  it.for(forms)("reads $name, cut anywhere, and keeps every byte", ({ input, elements }) => {
    const bytes = encode(input);
    const everyByte = Array.from({ length: bytes.length }, (_, index) => index);
    const whole = read(bytes, []);
    for (const cuts of [[], everyByte, ...everyByte.map((at) => [at])]) {
      const { frames, tail } = read(bytes, cuts);
      expect(frames.flatMap(({ kind, data }) => (kind === "event" ? [data] : []))).toEqual(elements);
      expect(shown(frames)).toEqual(shown(whole.frames));
      expect(decode(Buffer.concat(frames.map((frame) => frame.bytes)))).toBe(input);
      expect(tail).toHaveLength(0);
    }
  });

  it("gives an element at once, what is between elements with the next, the bracket by itself", () => {
    const reader = createJsonArrayReader();
    expect(shown(reader.push(encode('[{"a":1}')))).toEqual([['[{"a":1}', '{"a":1}']]);
    expect(reader.push(encode("\n,\r\n"))).toEqual([]);
    expect(shown(reader.push(encode('{"b":2}\n')))).toEqual([['\n,\r\n{"b":2}', '{"b":2}']]);
    expect(shown(reader.push(encode("]")))).toEqual([["\n]", undefined]]);
    expect(reader.push(encode("\n"))).toEqual([]);
    expect(shown(reader.end())).toEqual([["\n", undefined]]);
    expect(reader.tail()).toHaveLength(0);
  });

  it.for([
    { name: "an element that was cut", input: ',{"b":' },
    { name: "a string that was cut", input: ',"b\\"' },
    { name: "a number, which more digits might follow", input: ",12" },
    { name: "a comma without an element", input: "\n," },
    { name: "white space, without the bracket", input: "\n" },
  ])("keeps back $name", ({ input }) => {
    const reader = createJsonArrayReader();
    expect([...reader.push(encode(`[{"a":1}${input}`)), ...reader.end()]).toHaveLength(1);
    expect(decode(reader.tail())).toBe(input);
  });

  it.for([
    { name: "an object", input: '{"error":{}}' },
    { name: "a page", input: "<html>" },
    { name: "elements without a comma", input: "[{}{}]" },
    { name: "a comma before the first element", input: "[,{}]" },
    { name: "a comma before the bracket", input: "[{},]" },
    { name: "what is no value", input: "[{},}]" },
    { name: "a second array", input: "[{}][" },
  ])("refuses $name, cut anywhere", ({ input }) => {
    const bytes = encode(input);
    for (let at = 0; at <= bytes.length; at += 1) {
      expect(() => read(bytes, [at])).toThrow(/upstream_malformed_response/);
    }
  });

  it("gives elements inside one chunk without copying", () => {
    const chunk = encode('[{"a":1},{"b":2}]');
    const frames = createJsonArrayReader().push(chunk);
    expect(frames.map((frame) => frame.bytes.buffer === chunk.buffer)).toEqual([true, true, true]);
  });

  it.for([{ cut: 1 }, { cut: 5 }, { cut: 64 }])(
    "refuses an element above the limit, in pieces of $cut",
    ({ cut }) => {
      const reader = createJsonArrayReader({ frameBytesMax: 20 });
      const feed = (text: string): void => {
        for (let at = 0; at < text.length; at += cut) reader.push(encode(text.slice(at, at + cut)));
      };
      feed('["34567890123456789"');
      expect(() => feed(',"345678901234567890"')).toThrow(/upstream_malformed_response/);
    },
  );

  it("is linear in an element that comes in many pieces", () => {
    const reader = createJsonArrayReader();
    reader.push(encode('["'));
    const piece = encode("x".repeat(64));
    for (let count = 0; count < 100_000; count += 1) reader.push(piece);
    const [frame] = reader.push(encode('"'));
    expect(frame?.data).toHaveLength(6_400_002);
  });

  it("gives the elements of any array, their own text, whatever the white space and the cuts", () => {
    const space = fc.constantFrom("", " ", "\n", "\r\n\t");
    const element = fc.json({ maxDepth: 4 });
    const sample = fc.tuple(fc.array(fc.tuple(space, element, space), { maxLength: 6 }), space, space);
    const offsets = fc.array(fc.nat(400), { maxLength: 12 });
    fc.assert(
      fc.property(sample, offsets, ([elements, before, behind], cuts) => {
        const inner = elements.map((pieces) => pieces.join("")).join(",");
        const bytes = encode(`${before}[${inner}]${behind}`);
        const { frames, tail } = read(
          bytes,
          cuts.filter((offset) => offset <= bytes.length),
        );
        expect(frames.flatMap(({ kind, data }) => (kind === "event" ? [data] : []))).toEqual(
          elements.map(([, text]) => text),
        );
        expect(shown(frames)).toEqual(shown(read(bytes, []).frames));
        expect(Buffer.concat([...frames.map((frame) => frame.bytes), tail])).toEqual(Buffer.from(bytes));
      }),
      { numRuns: 2_000 },
    );
  });

  it("loses and adds no byte of any input that it takes", () => {
    const piece = fc.constantFrom("[", "]", "{", "}", ",", '"', "\\", " ", "1", "t", "ü", "🏛", ":");
    const sample = fc.array(piece, { maxLength: 30 }).map((pieces) => encode(`[${pieces.join("")}`));
    const attempt = (bytes: Uint8Array, cuts: readonly number[]) => {
      try {
        return read(bytes, cuts);
      } catch (thrown) {
        return String(thrown);
      }
    };
    fc.assert(
      fc.property(sample, fc.array(fc.nat(60), { maxLength: 8 }), (bytes, offsets) => {
        const whole = attempt(bytes, []);
        const cut = attempt(
          bytes,
          offsets.filter((offset) => offset <= bytes.length),
        );
        if (typeof whole === "string" || typeof cut === "string") {
          expect(cut).toEqual(whole);
          return;
        }
        expect(shown(cut.frames)).toEqual(shown(whole.frames));
        expect(Buffer.concat([...cut.frames.map((frame) => frame.bytes), cut.tail])).toEqual(
          Buffer.from(bytes),
        );
      }),
      { numRuns: 2_000 },
    );
  });

  it.runIf(hasRecordedTraffic())("cuts every recorded array into what JSON.parse finds in it", () => {
    const arrays = ["gemini.generateContent", "vertex-gemini.generateContent"]
      .flatMap((dialect) => recordedTraffic(dialect))
      .filter(({ response }) => response.toString().trimStart().startsWith("["));
    expect(arrays).toHaveLength(16);
    for (const { name, response } of arrays) {
      const every7th = Array.from({ length: Math.floor(response.length / 7) }, (_, index) => index * 7);
      for (const cuts of [[], every7th]) {
        const { frames } = read(response, cuts);
        const elements = frames.flatMap(({ kind, data }) => (kind === "event" ? [JSON.parse(data)] : []));
        expect(elements, name).toEqual(JSON.parse(response.toString()));
        expect(Buffer.concat(frames.map((frame) => frame.bytes)).equals(response), name).toBe(true);
      }
    }
  });
});
