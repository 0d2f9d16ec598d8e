import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Splice } from "../exchange/codec.ts";
import { scanObject } from "./json-scan.ts";
import { spliceObject } from "./json-splice.ts";

const encode = (text: string): Uint8Array => new TextEncoder().encode(text);

function splice(text: string, splices: readonly Splice[]): string {
  const bytes = encode(text);
  const scan = scanObject(bytes);
  if (scan.kind === "invalid") throw new Error(scan.message);
  return new TextDecoder().decode(spliceObject(bytes, scan, splices));
}

describe("spliceObject", () => {
  it.for([
    {
      name: "sets a value and keeps everything else",
      text: '{ "model" : "a",\n"n":1.0}',
      splices: [{ member: "model", value: '"b"' }],
      out: '{ "model" : "b",\n"n":1.0}',
    },
    {
      name: "puts a new member last",
      text: '{"a":1 }',
      splices: [{ member: "b", value: "2" }],
      out: '{"a":1,"b":2 }',
    },
    {
      name: "puts a member into an empty object",
      text: "{ }",
      splices: [{ member: "b", value: "2" }],
      out: '{"b":2 }',
    },
    {
      name: "removes the first",
      text: '{ "a":1, "b":2}',
      splices: [{ member: "a", value: undefined }],
      out: '{ "b":2}',
    },
    {
      name: "removes one in the middle",
      text: '{"a":1 , "b":2, "c":3}',
      splices: [{ member: "b", value: undefined }],
      out: '{"a":1, "c":3}',
    },
    {
      name: "removes the only one",
      text: '{ "a":1 }',
      splices: [{ member: "a", value: undefined }],
      out: "{  }",
    },
    {
      name: "replaces the only one by another",
      text: '{"a":1}',
      splices: [
        { member: "a", value: undefined },
        { member: "b", value: "2" },
      ],
      out: '{"b":2}',
    },
    {
      name: "removes a name wherever it occurs",
      text: '{"a":1,"a":2,"b":3,"a":4}',
      splices: [{ member: "a", value: undefined }],
      out: '{"b":3}',
    },
    {
      name: "escapes the name of a new member",
      text: "{}",
      splices: [{ member: '"', value: "0" }],
      out: '{"\\"":0}',
    },
    {
      name: "finds a member whose name is escaped",
      text: '{"mod\\u0065l":"a"}',
      splices: [{ member: "model", value: '"b"' }],
      out: '{"mod\\u0065l":"b"}',
    },
  ])("$name", ({ text, splices, out }) => {
    expect(splice(text, splices)).toBe(out);
  });

  it.for([
    { name: "no splice", splices: [] },
    { name: "the removal of what is not there", splices: [{ member: "x", value: undefined }] },
    { name: "the value that is there", splices: [{ member: "model", value: '"grüße"' }] },
  ])("returns the same buffer for $name", ({ splices }) => {
    const bytes = encode('{"model":"grüße"}');
    const scan = scanObject(bytes);
    expect(scan.kind === "object" && spliceObject(bytes, scan, splices)).toBe(bytes);
  });

  it("gives the object that setting and deleting would give, and keeps the text of all other members", () => {
    const name = fc.constantFrom("a", "b", "c", "d", "ü");
    const change = fc.record({ member: name, value: fc.option(fc.json(), { nil: undefined }) });
    fc.assert(
      fc.property(
        fc.dictionary(name, fc.jsonValue()),
        fc.array(change, { maxLength: 4 }),
        fc.nat(2),
        (object, changes, indent) => {
          const text = JSON.stringify(object, null, indent);
          const out = splice(text, changes);
          const expected = new Map(Object.entries(JSON.parse(text)));
          for (const { member, value } of new Map(changes.map((entry) => [entry.member, entry])).values()) {
            if (value === undefined) expected.delete(member);
            else expected.set(member, JSON.parse(value));
          }
          expect(JSON.parse(out)).toEqual(Object.fromEntries(expected));
          const touched = new Set<string>(changes.map(({ member }) => member));
          const before = encode(text);
          const scan = scanObject(before);
          for (const member of scan.kind === "object" ? scan.members : []) {
            if (touched.has(member.name)) continue;
            const original = new TextDecoder().decode(before.subarray(member.nameStart, member.valueEnd));
            expect(out).toContain(original);
          }
        },
      ),
      { numRuns: 1_000 },
    );
  });
});
