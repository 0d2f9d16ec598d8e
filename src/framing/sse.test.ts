import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Frame } from "../exchange/codec.ts";
import { createSseReader } from "./sse.ts";

const encode = (text: string): Uint8Array => new TextEncoder().encode(text);
const decode = (bytes: Uint8Array): string => new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes);

/** Reads `bytes` cut before each of the offsets. */
function read(
  bytes: Uint8Array,
  cuts: readonly number[],
): { readonly frames: readonly Frame[]; readonly tail: Uint8Array } {
  const reader = createSseReader();
  const edges = [0, ...cuts.toSorted((left, right) => left - right), bytes.length];
  const frames = edges
    .slice(1)
    .flatMap((edge, index) => reader.push(bytes.subarray(edges[index] ?? 0, edge)));
  return { frames: [...frames, ...reader.end()], tail: reader.tail() };
}

const shown = (frames: readonly Frame[]) =>
  frames.filter(({ kind }) => kind === "event").map(({ event, data }) => [event, data]);

const forms: readonly {
  readonly name: string;
  readonly input: string;
  readonly events: readonly (readonly string[])[];
}[] = [
  {
    name: "LF",
    input: "data: a\n\ndata: b\n\n",
    events: [
      ["", "a"],
      ["", "b"],
    ],
  },
  {
    name: "CRLF",
    input: "data: a\r\n\r\ndata: b\r\n\r\n",
    events: [
      ["", "a"],
      ["", "b"],
    ],
  },
  {
    name: "CR",
    input: "data: a\r\rdata: b\r\r",
    events: [
      ["", "a"],
      ["", "b"],
    ],
  },
  {
    name: "mixed line ends",
    input: "data: a\r\n\ndata: b\n\r\ndata: c\r\n\rdata: d\n\n",
    events: [
      ["", "a"],
      ["", "b"],
      ["", "c"],
      ["", "d"],
    ],
  },
  { name: "data without a space", input: "data:a\n\n", events: [["", "a"]] },
  { name: "only one space is eaten", input: "data:  a \n\n", events: [["", " a "]] },
  { name: "multi-line data", input: "data: a\ndata:\ndata: b\n\n", events: [["", "a\n\nb"]] },
  { name: "a named event", input: "event: ping\ndata: {}\nid: 7\nretry: 10\n\n", events: [["ping", "{}"]] },
  { name: "a byte order mark", input: "\uFEFFdata: a\n\n", events: [["", "a"]] },
  { name: "a mark that is not at the front is text", input: "data: \uFEFFa\n\n", events: [["", "\uFEFFa"]] },
  { name: "comments never become data", input: ": data: no\n\ndata: a\n:x\n\n", events: [["", "a"]] },
  {
    name: "blank lines between events",
    input: "\n\n\ndata: a\n\n\n\ndata: b\n\n\n",
    events: [
      ["", "a"],
      ["", "b"],
    ],
  },
  {
    name: "text beyond ASCII",
    input: "data: grüße 🏛\n\ndata: ß\n\n",
    events: [
      ["", "grüße 🏛"],
      ["", "ß"],
    ],
  },
  { name: "a field that only begins like ours", input: "database: a\ndata\n\n", events: [["", ""]] },
  {
    name: "a last event without blank line, whole by its JSON",
    input: 'data: a\n\ndata: {"a":1}',
    events: [
      ["", "a"],
      ["", '{"a":1}'],
    ],
  },
  { name: "a last [DONE] without line end", input: "data: [DONE]", events: [["", "[DONE]"]] },
];

describe("rule 51: createSseReader", () => {
  it.for(forms)("reads $name, cut anywhere, and keeps every byte", ({ input, events }) => {
    const bytes = encode(input);
    const everyByte = Array.from({ length: bytes.length }, (_, index) => index);
    for (const cuts of [[], everyByte, ...everyByte.map((at) => [at])]) {
      const { frames, tail } = read(bytes, cuts);
      expect(shown(frames)).toEqual(events);
      expect(decode(Buffer.concat([...frames.map((frame) => frame.bytes), tail]))).toBe(input);
      expect(tail).toHaveLength(0);
    }
  });

  it("delivers a frame that ends in CR at once; an LF in the next chunk is the next frame's first byte", () => {
    const reader = createSseReader();
    expect(shown(reader.push(encode("data: a\r\n\r")))).toEqual([["", "a"]]);
    const [next] = reader.push(encode("\ndata: b\n\n"));
    expect(next).toMatchObject({ data: "b", bytes: encode("\ndata: b\n\n") });
  });

  it("tells comments from events", () => {
    const frames = createSseReader().push(encode(": ping\n\nretry: 5\n\ndata: a\n\nevent: end\n\n"));
    expect(frames.map(({ kind }) => kind)).toEqual(["comment", "comment", "event", "event"]);
  });

  it.for([
    { name: "JSON that was cut", input: 'data: {"a":' },
    { name: "a number, which more digits might follow", input: "data: 12" },
    { name: "a name without data", input: "event: message_stop\n" },
    { name: "a comment without line end, which would swallow what follows", input: ": pi" },
  ])("keeps back $name", ({ input }) => {
    const reader = createSseReader();
    expect([...reader.push(encode(`data: a\n\n${input}`)), ...reader.end()]).toHaveLength(1);
    expect(decode(reader.tail())).toBe(input);
  });

  it("gives frames inside one chunk without copying", () => {
    const chunk = encode("data: a\n\ndata: b\n\n");
    const frames = createSseReader().push(chunk);
    expect(frames.map((frame) => frame.bytes.buffer === chunk.buffer)).toEqual([true, true]);
  });

  it.for([{ cut: 1 }, { cut: 5 }, { cut: 64 }])(
    "refuses a frame above the limit, in pieces of $cut",
    ({ cut }) => {
      const reader = createSseReader({ frameBytesMax: 20 });
      const feed = (text: string): void => {
        for (let at = 0; at < text.length; at += cut) reader.push(encode(text.slice(at, at + cut)));
      };
      feed("data: 3456789012345\n\n".slice(1));
      expect(() => feed("data: 34567890123456\n\n")).toThrow(/upstream_malformed_response/);
    },
  );

  it("is linear in a frame that comes in many pieces", () => {
    const reader = createSseReader();
    const piece = encode("x".repeat(64));
    reader.push(encode("data: "));
    for (let count = 0; count < 100_000; count += 1) reader.push(piece);
    const [frame] = reader.push(encode("\n\n"));
    expect(frame?.data).toHaveLength(6_400_000);
  });

  it("is linear in many short lines that end in CR", () => {
    const frames = createSseReader().push(encode("data: a\r\r".repeat(100_000)));
    expect(frames).toHaveLength(100_000);
  });

  it("loses and adds no byte, and reads the same events, whatever the input and the cuts", () => {
    const piece = fc.constantFrom(
      "data",
      "event",
      ":",
      " ",
      "\n",
      "\r",
      "\r\n",
      "\n\n",
      "a",
      "ü",
      "🏛",
      "\uFEFF",
      "{}",
      "[DONE]",
    );
    const sample = fc.array(piece, { maxLength: 40 }).map((pieces) => encode(pieces.join("")));
    fc.assert(
      fc.property(sample, fc.array(fc.nat(80), { maxLength: 12 }), (bytes, offsets) => {
        const whole = read(bytes, []);
        const cut = read(
          bytes,
          offsets.filter((offset) => offset <= bytes.length),
        );
        expect(Buffer.concat([...cut.frames.map((frame) => frame.bytes), cut.tail])).toEqual(
          Buffer.from(bytes),
        );
        expect(shown(cut.frames)).toEqual(shown(whole.frames));
      }),
      { numRuns: 2_000 },
    );
  });
});
