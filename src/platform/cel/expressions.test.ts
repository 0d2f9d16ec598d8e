import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { FactOf, FactSchema } from "../../ports/expressions.ts";
import { createExpressions } from "./expressions.ts";

const schema: FactSchema = {
  "ai.tools": { kind: "int", about: "tools" },
  "ai.model": { kind: "text", about: "model" },
  "ai.stream": { kind: "bool", about: "a stream" },
  "key.name": { kind: "text", about: "the key's name" },
  header: {
    kind: "texts",
    about: "headers",
    keys: { pattern: /^x-own-[a-z]+$/, rule: '`header["x-own-…"]`' },
  },
};
const facts: Readonly<Record<string, number | string | boolean>> = {
  "ai.tools": 2,
  "ai.model": "fast",
  "ai.stream": false,
  "key.name": "Robot",
  "header x-own-team": "blue",
};
const factOf: FactOf = (name, key) => facts[key === undefined ? name : `${name} ${key}`] ?? "";
const expressions = createExpressions();

function holdingOf(text: string, of: FactOf = factOf) {
  const compiled = expressions.compile(text, schema);
  return compiled.kind === "condition"
    ? compiled.condition(of)
    : { isTrue: undefined, fault: `${compiled.at}: ${compiled.message}` };
}

describe("conditions", () => {
  it.for<{ text: string; isTrue: boolean }>([
    { text: "ai.tools > 0", isTrue: true },
    { text: "ai.tools > 2", isTrue: false },
    { text: "ai.tools >= 1.5 && ai.tools < 2.5", isTrue: true },
    { text: 'ai.stream || ai.model == "fast"', isTrue: true },
    { text: "!ai.stream", isTrue: true },
    { text: 'ai.model in ["slow", "fast"]', isTrue: true },
    { text: 'ai.model.startsWith("fa") && key.name.lowerAscii() == "robot"', isTrue: true },
    { text: 'size(ai.model) == 4 && ai.model.contains("as")', isTrue: true },
    { text: 'header["x-own-team"] == "blue"', isTrue: true },
    { text: 'header["x-own-nobody"] == ""', isTrue: true },
    { text: "ai.tools + 1 == 3 && -ai.tools < 0 && ai.tools % 2 == 0", isTrue: true },
    { text: '(ai.stream ? ai.model : key.name) == "Robot"', isTrue: true },
    { text: Array.from({ length: 30 }, () => "ai.tools > 0").join(" && "), isTrue: true },
    { text: "ai.tools > 0 // why", isTrue: true },
  ])("$text", ({ text, isTrue }) => {
    expect(holdingOf(text)).toEqual({ isTrue });
  });

  it.for<{ text: string; says: string }>([
    { text: "ai.tolls > 0", says: "1: `ai.tolls` is no fact; did you mean `ai.tools`?" },
    { text: "!ai.stream && tools > 0", says: "15: `tools` is no fact; did you mean `ai.tools`?" },
    {
      text: "cost > 1",
      says: "1: `cost` is no fact; there are ai.tools, ai.model, ai.stream, key.name, header",
    },
    { text: "ai.model > 1", says: "1: no such overload: string > int" },
    { text: "ai.tools == 'two'", says: "1: no such overload: int == string" },
    { text: "ai.model", says: "1: it comes to `string`, and must be true or false" },
    { text: "ai.tools >", says: "11: unexpected token: EOF" },
    { text: "", says: "1: unexpected token: EOF" },
    { text: "ai.tools > 0 $", says: "14: unexpected character: $" },
    { text: 'header["authorization"] == "x"', says: '1: `header` is asked as `header["x-own-…"]`' },
    { text: "header[ai.model] == 'x'", says: '1: `header` is asked as `header["x-own-…"]`' },
    { text: "'x-own-a' in header", says: '14: `header` is asked as `header["x-own-…"]`' },
    { text: "header.constructor == 'x'", says: '1: `header` is asked as `header["x-own-…"]`' },
    { text: "ai.constructor == 'x'", says: "1: `ai.constructor` is no fact" },
    { text: "constructor == 'x'", says: "1: `constructor` is no fact" },
    { text: "ai.model.size > 1", says: "1: only facts have parts, and lists are for `in`" },
    { text: 'ai["tools"] > 1', says: "1: `ai` is no fact" },
    { text: 'ai.model.matches("(a+)+$")', says: "1: `matches` is no function of conditions" },
    { text: "[1, 2].all(x, x > 0)", says: "1: `all` is no function of conditions" },
    { text: "cel.bind(x, 1, x > 0)", says: "1: `bind` is no function of conditions" },
    { text: "has(ai.model)", says: "1: `has` is no function of conditions" },
    {
      text: 'ai.model.startWith("a")',
      says: "1: `startWith` is no function of conditions; did you mean `startsWith`?",
    },
    { text: 'ai.model + "x" == "fastx"', says: "1: texts are not put together in conditions" },
    { text: '{"a": 1} == {"a": 1}', says: "1: maps are not for conditions" },
    {
      text: `ai.model == "${"x".repeat(2000)}"`,
      says: "2001: it has 2014 characters, and at most 2000 are taken",
    },
    { text: `${"(".repeat(50)}true${")".repeat(50)}`, says: "21: exceeded maxDepth (20)" },
    { text: `${"!".repeat(300)}true`, says: "exceeded maxAstNodes (200)" },
  ])("not `$text`", ({ text, says }) => {
    const { isTrue, fault } = holdingOf(text);
    expect(isTrue).toBeUndefined();
    expect(fault).toContain(says);
  });

  it.for<{ text: string; fault: string }>([
    { text: "10 / (ai.tools - 2) > 1", fault: "division by zero" },
    { text: "int(ai.model) > 1", fault: "int() type error: cannot convert to int" },
    { text: "ai.tools + 9223372036854775807 > 0", fault: "integer overflow: 9223372036854775809" },
  ])("does not hold where it cannot be told: $text", ({ text, fault }) => {
    expect(holdingOf(text)).toEqual({ isTrue: false, fault });
  });

  it("asks for the facts that it names, once, and for no other", () => {
    const asked: string[] = [];
    holdingOf('ai.stream || ai.stream || header["x-own-team"] == "red"', (name, key) => {
      asked.push(key ?? name);
      return factOf(name, key);
    });
    expect(asked).toEqual(["ai.stream", "x-own-team"]);
  });

  it("does not hold where a fact is none", () => {
    expect(holdingOf("ai.tools > 0", () => Number.NaN).isTrue).toBe(false);
    expect(
      holdingOf("ai.tools > 0", () => {
        throw new Error("gone");
      }),
    ).toEqual({ isTrue: false, fault: "gone" });
  });
});

describe("values", () => {
  const made = (text: string, of: FactOf = factOf) => {
    const compiled = expressions.compileValue(text, schema);
    return compiled.kind === "value" ? compiled.make(of) : { problem: compiled.message };
  };

  it.for<{ text: string; value: string | number | boolean }>([
    { text: "ai.model", value: "fast" },
    { text: 'key.name + "/" + header["x-own-team"].upperAscii()', value: "Robot/BLUE" },
    { text: "ai.tools + 1", value: 3 },
    { text: "double(ai.tools) / 4.0", value: 0.5 },
    { text: "ai.stream", value: false },
    { text: 'ai.tools > 1 ? "many" : "few"', value: "many" },
  ])("$text", ({ text, value }) => {
    expect(made(text)).toEqual({ value });
  });

  it.for<{ text: string; says: string }>([
    { text: "ai.tolls", says: "`ai.tolls` is no fact" },
    { text: "[ai.model]", says: "must be a text, a number, or true or false" },
    { text: 'ai.model.replace("a", "b")', says: "`replace` is no function" },
  ])("not `$text`", ({ text, says }) => {
    expect(made(text)).toEqual({ problem: expect.stringContaining(says) });
  });

  it("are no longer than a header may be, and tell why they cannot be made", () => {
    const long = Array.from({ length: 9 }, () => "ai.model").join(" + ");
    expect(made(long, () => "x".repeat(5000))).toEqual({
      fault: "it has 9216 characters, and at most 8192 are taken",
    });
    expect(made("10 / (ai.tools - 2)")).toEqual({ fault: "division by zero" });
  });
});

describe("hostile text", () => {
  const fragments = [
    ...["ai.tools", "ai.model", "ai.stream", 'header["x-own-a"]', "header", "ai", "cel", "key", "__proto__"],
    ...[
      "(",
      ")",
      "[",
      "]",
      "{",
      "}",
      "?",
      ":",
      ",",
      ".",
      "!",
      "-",
      "+",
      "*",
      "/",
      "%",
      "&&",
      "||",
      "==",
      ">",
    ],
    ...["1", "0", "1e308", "9223372036854775807", '"a"', "'", '"""', "b'x'", "r'\\", "null", "true", " in "],
    ...[
      "matches(",
      "all(x, ",
      "map(",
      "cel.bind(x, ",
      "size(",
      "contains(",
      "int(",
      "duration(",
      "\u0000",
      "é",
    ],
  ];
  const texts = fc.oneof(
    fc.array(fc.constantFrom(...fragments), { maxLength: 60 }).map((parts) => parts.join("")),
    fc.tuple(fc.constantFrom(...fragments), fc.nat({ max: 3000 })).map(([part, times]) => part.repeat(times)),
    fc.string({ maxLength: 200 }),
  );

  it("never throws and never takes long", () => {
    const long = "a".repeat(100_000);
    let longestMs = 0;
    fc.assert(
      fc.property(texts, (text) => {
        const from = performance.now();
        const { isTrue } = holdingOf(text, (name) =>
          name === "ai.tools" ? 3 : name === "ai.stream" ? true : long,
        );
        longestMs = Math.max(longestMs, performance.now() - from);
        expect([true, false, undefined]).toContain(isTrue);
      }),
      { numRuns: 1000 },
    );
    // What is told of a hang would be seconds; a busy machine takes some milliseconds.
    expect(longestMs).toBeLessThan(500);
  });

  it("takes what its length allows at worst, and no pattern of time beyond", () => {
    const worst = Array.from({ length: 20 }, (_, index) => `ai.model.contains("${"a".repeat(60)}${index}")`);
    const text = worst.join(" || ");
    const from = performance.now();
    expect(holdingOf(text, () => "a".repeat(1_000_000))).toEqual({ isTrue: false });
    expect(performance.now() - from).toBeLessThan(500);
  });
});
