import fc from "fast-check";
import { expect, it } from "vitest";
import { utf8Length } from "./utf8.ts";

it.for([
  ["", 0],
  ["gate", 4],
  ["é", 2],
  ["三", 3],
  ["🏰", 4],
  ["\ud800", 3],
  ["\udc00\ud800", 6],
] as const)("counts %j as %i bytes", ([text, size]) => {
  expect(utf8Length(text)).toBe(size);
});

it("counts what an encoder writes, for any text", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), (text) => {
      expect(utf8Length(text)).toBe(new TextEncoder().encode(text).byteLength);
    }),
  );
});
