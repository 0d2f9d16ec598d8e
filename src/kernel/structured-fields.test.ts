import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseDictionary, parseItem, parseList } from "./structured-fields.ts";
import { bareItemText, dictionaryText, itemText, listText } from "./structured-text.ts";
import type { SfBareItem, SfDictionary, SfItem, SfMember } from "./structured-values.ts";

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);

// Source: RFC 9651, examples of sections 3.1 to 3.3, and the cases of the HTTP working group's structured-field-tests.
describe("parseItem", () => {
  it.for<[string, SfBareItem]>([
    ["42", { type: "integer", value: 42 }],
    [" 42 ", { type: "integer", value: 42 }],
    ["-42", { type: "integer", value: -42 }],
    ["-0", { type: "integer", value: 0 }],
    ["042", { type: "integer", value: 42 }],
    ["999999999999999", { type: "integer", value: 999_999_999_999_999 }],
    ["-999999999999999", { type: "integer", value: -999_999_999_999_999 }],
    ["4.5", { type: "decimal", value: 4.5 }],
    ["-1.23", { type: "decimal", value: -1.23 }],
    ["1.0", { type: "decimal", value: 1 }],
    ["999999999999.999", { type: "decimal", value: 999_999_999_999.999 }],
    ['"hello world"', { type: "string", value: "hello world" }],
    ['"b\\"a\\\\r"', { type: "string", value: 'b"a\\r' }],
    ['""', { type: "string", value: "" }],
    ["foo123/456", { type: "token", value: "foo123/456" }],
    ["*", { type: "token", value: "*" }],
    ["a:b~!#$%&'*+-.^_`|", { type: "token", value: "a:b~!#$%&'*+-.^_`|" }],
    [
      ":cHJldGVuZCB0aGlzIGlzIGJpbmFyeSBjb250ZW50Lg==:",
      { type: "bytes", value: bytesOf("pretend this is binary content.") },
    ],
    ["::", { type: "bytes", value: bytesOf("") }],
    ["?1", { type: "boolean", value: true }],
    ["?0", { type: "boolean", value: false }],
    ["@1659578233", { type: "date", value: 1_659_578_233 }],
    ["@-1", { type: "date", value: -1 }],
    [
      '%"This is intended for display to %c3%bcsers."',
      { type: "display", value: "This is intended for display to üsers." },
    ],
    ['%"foo %22bar%22 \\ baz"', { type: "display", value: 'foo "bar" \\ baz' }],
    ['%"BOM: %ef%bb%bf"', { type: "display", value: "BOM: \uFEFF" }],
  ])("%s", ([text, value]) => {
    expect(parseItem(text)).toEqual({ value, parameters: new Map() });
  });

  it.for([
    ...[
      "",
      "  ",
      "1 2",
      "4-2",
      "-",
      "--0",
      "-a23",
      "1.",
      ".5",
      "-.5",
      "1..4",
      "1.5.4",
      "2,3",
      "\t42",
      "42\t",
    ],
    ...["1000000000000000", "1.0000", "1000000000000.0", "01234567890123.4", "123456789012345.6"],
    ...['"foo', '"foo \\', '"foo \\,"', "'foo'", '"fo\to"', '"fo\no"', '"füü"', "“foo”", '"a" "b"', "a b"],
    ...[":aGVsbG8:", ":aGVsbG8=", ":aGVsb G8=:", ":aGVsbG!8=:", ":iZ==:", ":aGVsbG9=:", ":=aGVsbG8=:"],
    ...[":aGVs=bG8=:", ":_-Ah:", "?", "?2", "?T", "? 1", "@", "@ 1", "@1.5", "@x", "(1 2)", "a=1"],
    ...['%"f%C3%BC"', '%"\t"', '%"\n"', "%'foo'", "%foo", '%foo"', '%"foo', '%"foo %a"', '%"%c3%28"'],
    ...['%"%a0%a1"', '%"%e2%28%a1"', '%"%f0%28%8c%28"', '%"%ff"', '%"%"', '%"ü"', "1;", "1; ", "1;A=1"],
    ...["1;a=", "1;a= 1", "1 ;a=1", "1;=1", "1;1=1", "1;a=(1)", "!token", "42, 43"],
  ])("refuses %j", (text) => {
    expect(parseItem(text)).toBeUndefined();
  });

  it("keeps parameters in their order, of two of one name the later value", () => {
    expect(parseItem('1; a;  b=?0;*c="x";a=@5')).toEqual({
      value: { type: "integer", value: 1 },
      parameters: new Map<string, SfBareItem>([
        ["a", { type: "date", value: 5 }],
        ["b", { type: "boolean", value: false }],
        ["*c", { type: "string", value: "x" }],
      ]),
    });
    expect([...(parseItem("1;a=1;b;a=2")?.parameters.keys() ?? [])]).toEqual(["a", "b"]);
  });
});

describe("what is read is written in its one form", () => {
  it.for([
    ['2; foourl="https://foo.example.com/"', '2;foourl="https://foo.example.com/"'],
    ["1; a; b=?0", "1;a;b=?0"],
    ["00", "0"],
    ["-0.0", "0.0"],
    ["1.500", "1.5"],
    ["1;a=?1;b=2;a=3", "1;a=3;b=2"],
  ])("item %s", ([text = "", wanted]) => {
    const item = parseItem(text);
    expect(item && itemText(item)).toBe(wanted);
  });

  it.for([
    ["", ""],
    ["42", "42"],
    ["1 \t,\t 42", "1, 42"],
    ['"foo", "bar", "It was the best of times."', '"foo", "bar", "It was the best of times."'],
    ["sugar,tea,rum", "sugar, tea, rum"],
    ['("foo" "bar"), ("baz"), ("bat" "one"), ()', '("foo" "bar"), ("baz"), ("bat" "one"), ()'],
    ['("foo"; a=1;b=2);lvl=5, ("bar" "baz");lvl=1', '("foo";a=1;b=2);lvl=5, ("bar" "baz");lvl=1'],
    ['abc;a=1;b=2; cde_456, (ghi;jk=4 l);q="9";r=w', 'abc;a=1;b=2;cde_456, (ghi;jk=4 l);q="9";r=w'],
    ["(  1  42  )", "(1 42)"],
    ["text/html  ,  text/plain;  q=0.5;  charset=utf-8", "text/html, text/plain;q=0.5;charset=utf-8"],
  ])("list %s", ([text = "", wanted]) => {
    const list = parseList(text);
    expect(list && listText(list)).toBe(wanted);
  });

  it.for([
    ["", ""],
    ['en="Applepie", da=:w4ZibGV0w6ZydGU=:', 'en="Applepie", da=:w4ZibGV0w6ZydGU=:'],
    ["a=?0, b, c; foo=bar", "a=?0, b, c;foo=bar"],
    ["rating=1.5, feelings=(joy sadness)", "rating=1.5, feelings=(joy sadness)"],
    ["a=(1 2), b=3, c=4;aa=bb, d=(5 6);valid", "a=(1 2), b=3, c=4;aa=bb, d=(5 6);valid"],
    ["a=1,b=2,a=3", "a=3, b=2"],
    ["a=1, b;c=1, a", "a, b;c=1"],
    ["a=?1;x", "a;x"],
  ])("dictionary %s", ([text = "", wanted]) => {
    const dictionary = parseDictionary(text);
    expect(dictionary && dictionaryText(dictionary)).toBe(wanted);
  });

  it.for([
    ...[
      "1,",
      "1, 42,",
      "1,,42",
      ",1",
      ",",
      "1 42",
      "(1 42",
      "(1\t42)",
      "(1,42)",
      "(1 42)x",
      "((1))",
      "1;a =1",
    ],
    ...["(", ")", "()()", '("a""b")', "(1 2) 3"],
  ])("refuses the list %j", (text) => {
    expect(parseList(text)).toBeUndefined();
  });

  it.for([
    ...[
      "a=1,",
      "a=1,,b=2",
      "A=1",
      "a =1",
      "a= 1",
      "a=1 b=2",
      "=1",
      "1=1",
      "a=",
      "a=(",
      "a;",
      "a=1;=",
      "a, B",
      '"a"=1',
    ],
  ])("refuses the dictionary %j", (text) => {
    expect(parseDictionary(text)).toBeUndefined();
  });
});

describe("bareItemText", () => {
  it.for([
    [0.0015, "0.002"],
    [0.0025, "0.002"],
    [-0.0025, "-0.002"],
    [1.0004, "1.0"],
    [0.5, "0.5"],
    [9.9996, "10.0"],
    [-0.0001, "0.0"],
  ])("rounds %s to the even third digit", ([value = 0, wanted]) => {
    expect(bareItemText({ type: "decimal", value: Number(value) })).toBe(wanted);
  });

  it.for<SfBareItem>([
    { type: "string", value: "ü" },
    { type: "string", value: "a\nb" },
    { type: "token", value: "1a" },
    { type: "token", value: "" },
    { type: "integer", value: 1e15 },
    { type: "integer", value: 1.5 },
    { type: "decimal", value: 1e12 },
    { type: "display", value: "\ud800" },
  ])("has no text for %j", (item) => {
    expect(() => bareItemText(item)).toThrow(/structured field|display string/);
  });

  it("has no text for a bad key", () => {
    expect(() =>
      dictionaryText(new Map([["A", { value: { type: "integer", value: 1 }, parameters: new Map() }]])),
    ).toThrow(/key/);
  });
});

const bare: fc.Arbitrary<SfBareItem> = fc.oneof(
  fc.record({ type: fc.constantFrom("integer", "date"), value: fc.integer() }),
  fc.integer({ min: -1e9, max: 1e9 }).map((value): SfBareItem => ({ type: "decimal", value: value / 1000 })),
  fc.stringMatching(/^[\x20-\x7e]{0,12}$/).map((value): SfBareItem => ({ type: "string", value })),
  fc
    .stringMatching(/^[A-Za-z*][A-Za-z0-9!#$%&'*+.^_`|~:/-]{0,8}$/)
    .map((value): SfBareItem => ({ type: "token", value })),
  fc
    .uint8Array({ maxLength: 20 })
    .map((value): SfBareItem => ({ type: "bytes", value: Uint8Array.from(value) })),
  fc.boolean().map((value): SfBareItem => ({ type: "boolean", value })),
  fc.string({ unit: "grapheme" }).map((value): SfBareItem => ({ type: "display", value })),
);
const key = fc.stringMatching(/^[a-z*][a-z0-9_.*-]{0,6}$/);
const parameters = fc.array(fc.tuple(key, bare), { maxLength: 4 }).map((pairs) => new Map(pairs));
const item: fc.Arbitrary<SfItem> = fc.record({ value: bare, parameters });
const member: fc.Arbitrary<SfMember> = fc.oneof(
  item,
  fc.record({ items: fc.array(item, { maxLength: 4 }), parameters }),
);
const withoutSign = (value: unknown): unknown =>
  JSON.parse(
    JSON.stringify(value, (_, found: unknown) =>
      found instanceof Map
        ? [...found]
        : Object.is(found, -0)
          ? 0
          : found instanceof Uint8Array
            ? [...found]
            : found,
    ),
  );

describe("what is written is read as what it was", () => {
  it("any list", () => {
    fc.assert(
      fc.property(fc.array(member, { maxLength: 5 }), (list) => {
        expect(withoutSign(parseList(listText(list)))).toEqual(withoutSign(list));
      }),
    );
  });

  it("any dictionary", () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(key, member), { maxLength: 5 }), (pairs) => {
        const dictionary: SfDictionary = new Map(pairs);
        expect(withoutSign(parseDictionary(dictionaryText(dictionary)))).toEqual(withoutSign(dictionary));
      }),
    );
  });

  it("any text that is read has a text that is read as the same", () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[a-c0-2"=;, ()?:@%.-]{0,14}$/), (text) => {
        const read = parseDictionary(text);
        if (read !== undefined) expect(parseDictionary(dictionaryText(read))).toEqual(read);
      }),
      { numRuns: 2000 },
    );
  });
});
