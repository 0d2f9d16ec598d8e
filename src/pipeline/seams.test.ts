import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { StreamPart } from "../exchange/part.ts";
import { createDelivered } from "./delivered.ts";
import { continuing, prefillOf, verifying } from "./seams.ts";
import type { Seam } from "./stream-lane.ts";

const start: StreamPart = { kind: "start", answerId: "b", model: "m" };
const finish: StreamPart = { kind: "finish", finish: { reason: "stop", raw: "stop" } };
const text = (part: number, ...pieces: readonly string[]): readonly StreamPart[] => [
  { kind: "text-start", part },
  ...pieces.map((piece): StreamPart => ({ kind: "text-delta", part, text: piece })),
];
const tool = (part: number, name: string, ...pieces: readonly string[]): readonly StreamPart[] => [
  { kind: "tool-input-start", part, id: `call_${part}`, name },
  ...pieces.map((piece): StreamPart => ({ kind: "tool-input-delta", part, argumentsText: piece })),
];
const end = (part: number, kind: "text" | "tool-input"): StreamPart =>
  kind === "text" ? { kind: "text-end", part } : { kind: "tool-input-end", part };

function told(...parts: readonly StreamPart[]) {
  const delivered = createDelivered();
  for (const part of parts) delivered.push(part);
  return delivered;
}
const through = (seam: Seam, parts: readonly StreamPart[]): readonly StreamPart[] => parts.flatMap(seam);
const wordsOf = (parts: readonly StreamPart[]): string =>
  parts.map((part) => ("text" in part ? part.text : "")).join("");

describe("prefillOf", () => {
  it.for([
    { name: "one text, its white space trimmed", parts: text(0, "a b \n"), prefill: "a b" },
    { name: "nothing but white space", parts: text(0, " \n"), prefill: undefined },
    { name: "a tool call", parts: tool(0, "f", "{"), prefill: undefined },
    { name: "text and a tool call", parts: [...text(0, "a"), ...tool(1, "f")], prefill: undefined },
    { name: "nothing", parts: [], prefill: undefined },
  ])("$name", ({ parts, prefill }) => {
    expect(prefillOf(told(start, ...parts))).toBe(prefill);
  });
});

describe("continuing", () => {
  it("goes on in the open text, without a second opening", () => {
    const seam = continuing(told(start, ...text(0, "one two")));
    expect(through(seam, [start, ...text(0, " three"), end(0, "text"), finish])).toEqual([
      { kind: "text-delta", part: 0, text: " three" },
      { kind: "text-end", part: 0 },
      finish,
    ]);
  });

  it("gives what follows numbers of its own", () => {
    const seam = continuing(told(start, ...text(0, "one")));
    expect(through(seam, [start, ...text(0, " two"), end(0, "text"), ...tool(1, "f", "{}")])).toMatchObject([
      { part: 0 },
      { part: 0 },
      { part: 1, kind: "tool-input-start" },
      { part: 1 },
    ]);
  });

  it("tells white space that was kept from the target once, however the text is cut", () => {
    fc.assert(
      fc.property(
        fc.constantFrom("", " ", "\n\n", " \t "),
        fc.array(fc.constantFrom("a", " ", "b c", "\n"), { maxLength: 5 }),
        fc.integer({ min: 0, max: 3 }),
        (space, pieces, from) => {
          const rest = pieces.join("");
          // The target was given `one`, and may or may not repeat the white space.
          const again = from % 2 === 0 ? space + rest : rest;
          const repeats = from % 2 === 0 || space === "" || !/^\s/.test(rest);
          fc.pre(repeats);
          const seam = continuing(told(start, ...text(0, `one${space}`)));
          const cut = Math.min(from, again.length);
          const passed = through(seam, [start, ...text(0, again.slice(0, cut), again.slice(cut))]);
          expect(`one${space}${wordsOf(passed)}`).toBe(`one${space}${rest}`);
        },
      ),
    );
  });
});

describe("verifying", () => {
  it("E7: whatever was told, and however the second answer is cut, the client has the whole answer once", () => {
    fc.assert(
      fc.property(
        fc.array(fc.string({ minLength: 1, maxLength: 4 }), { minLength: 1, maxLength: 8 }),
        fc.nat(),
        fc.nat({ max: 5 }),
        (pieces, at, size) => {
          const whole = pieces.join("");
          const cut = at % (whole.length + 1);
          const seam = verifying(told(start, ...text(0, whole.slice(0, cut))));
          const again = whole.match(new RegExp(`[\\s\\S]{1,${size + 1}}`, "g")) ?? [];
          const passed = through(seam, [start, ...text(0, ...again), end(0, "text"), finish]);
          expect(whole.slice(0, cut) + wordsOf(passed)).toBe(whole);
          expect(passed.filter(({ kind }) => kind === "start" || kind === "text-start")).toEqual([]);
          expect(passed.at(-1)).toEqual(finish);
        },
      ),
    );
  });

  it("goes on in a tool call that had begun, and in what follows it", () => {
    const first = [start, ...text(0, "so"), end(0, "text"), ...tool(1, "f", '{"a"')];
    const again = [
      start,
      ...text(0, "s", "o"),
      end(0, "text"),
      ...tool(1, "f", '{"', 'a":1}'),
      end(1, "tool-input"),
      ...tool(2, "g", "{}"),
      finish,
    ];
    expect(through(verifying(told(...first)), again)).toEqual([
      { kind: "tool-input-delta", part: 1, argumentsText: ":1}" },
      { kind: "tool-input-end", part: 1 },
      { kind: "tool-input-start", part: 2, id: "call_2", name: "g" },
      { kind: "tool-input-delta", part: 2, argumentsText: "{}" },
      finish,
    ]);
  });

  it.for([
    { name: "another word", again: text(0, "one tvo") },
    { name: "another kind of block", again: tool(0, "f") },
    { name: "an end before it is as long", again: [...text(0, "one"), end(0, "text")] },
    { name: "a finish before it is as long", again: [...text(0, "one"), finish] },
  ])("stops at the first difference: $name", ({ again }) => {
    const seam = verifying(told(start, ...text(0, "one two")));
    expect(() => through(seam, [start, ...again])).toThrowError("recovery_mismatch");
  });

  it("stops where a tool has another name, or a text that had ended goes on", () => {
    const named = verifying(told(start, ...tool(0, "f")));
    expect(() => through(named, [start, ...tool(0, "g")])).toThrowError("recovery_mismatch");
    const ended = verifying(told(start, ...text(0, "one"), end(0, "text")));
    expect(() => through(ended, [start, ...text(0, "one more")])).toThrowError("recovery_mismatch");
  });
});
