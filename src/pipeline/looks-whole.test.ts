import fc from "fast-check";
import { expect, it } from "vitest";
import type { Frame } from "../exchange/codec.ts";
import { looksWhole } from "./looks-whole.ts";

const frame = (data: string, kind: Frame["kind"] = "event"): Frame => ({
  bytes: new Uint8Array(),
  kind,
  event: "",
  data,
});

it("takes every JSON object and array for whole, and none that is cut", () => {
  const values = fc.oneof(
    fc.dictionary(fc.string(), fc.jsonValue(), { noNullPrototype: true }),
    fc.array(fc.jsonValue()),
  );
  fc.assert(
    fc.property(values, fc.nat(), (value, at) => {
      const text = JSON.stringify(value);
      expect(looksWhole(frame(text))).toBe(true);
      expect(looksWhole(frame(` ${text}\n`))).toBe(true);
      const cut = text.slice(0, at % text.length);
      expect(cut === "" || !looksWhole(frame(cut))).toBe(true);
    }),
  );
});

it.for([
  ["[DONE]", true],
  ["", true],
  ["<html>", false],
  ["null", false],
  ['{"a":"}', false],
  [String.raw`{"a":"\\"}`, true],
  [String.raw`{"a":"\"}`, false],
  ['{"a":1}{"b":2}', false],
  ["]", false],
] as const)("%s is %s", ([data, isWhole]) => {
  expect(looksWhole(frame(data))).toBe(isWhole);
});

it("does not look at comments", () => {
  expect(looksWhole(frame("{", "comment"))).toBe(true);
});
