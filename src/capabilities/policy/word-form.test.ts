import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createExpressions } from "../../platform/cel/index.ts";
import type { FactSchema } from "../../ports/expressions.ts";
import { wordForm } from "./word-form.ts";

const textOf = (text: string): string => {
  const form = wordForm(text);
  return form.kind === "form" ? form.text : `${form.at}: ${form.message}`;
};

describe("wordForm", () => {
  it.for<[string, string]>([
    ["auth_required and not authenticated", "auth_required && !(authenticated)"],
    ["not a == b or c", "!(a == b) || c"],
    ["x not in y", "!(x in y)"],
    ["a and x not in y or b", "a && !(x in y) || b"],
    ["not x not in y", "!(!(x in y))"],
    ["not not a", "!(!(a))"],
    ["not a and not b", "!(a) && !(b)"],
    ["not (a or b) and c", "!((a || b)) && c"],
    ["not(a)", "!((a))"],
    ["a ? not b : not c", "a ? !(b) : !(c)"],
    ["f(not a, b not in c)", "f(!(a), !(b in c))"],
    ["[not a, True][0]", "[!(a), true][0]"],
    ["x in [True, False, None]", "x in [true, false, null]"],
    ["not a.b(c and d).e == f", "!(a.b(c && d).e == f)"],
    ["a && not b || c", "a && !(b) || c"],
    ['x == "a and not b"', 'x == "a and not b"'],
    ["x == 'it\\'s not' and y", "x == 'it\\'s not' && y"],
    ['x == r"\\" and y', 'x == r"\\" && y'],
    ['x == """a " and """ and y', 'x == """a " and """ && y'],
    ["a.not == b.and", "a.not == b.and"],
    ["a . or and b", "a . or && b"],
    ['{not: 1, "and": 2}', '{not: 1, "and": 2}'],
    ['{"k": not a}', '{"k": !(a)}'],
    ["a // and not b\nand c", "a // and not b\n&& c"],
    ["android or nothing", "android || nothing"],
    ["a  and\tnot  b ", "a  &&\t!(b) "],
    [
      "not auth.roles.exists(r, r == 'admin' and not stale)",
      "!(auth.roles.exists(r, r == 'admin' && !(stale)))",
    ],
    ["size(not) > 1", "6: `not` needs something that it denies"],
    ["a == not b", "6: `not` stands before what it denies, or before `in`"],
    ["a not b", "3: `not` stands before what it denies, or before `in`"],
    ["a < b < c", "7: comparisons are not chained: put `and` between them"],
    ["a == b not in c", "12: comparisons are not chained: put `and` between them"],
    ["(a == b) == c", "(a == b) == c"],
    ["a and (", "a && ("],
    ["", ""],
  ])("%s", ([written, expected]) => {
    expect(textOf(written)).toBe(expected);
  });

  it("tells of a character where it stood in what was written", () => {
    const written = "not a and x not in y or bad";
    const form = wordForm(written);
    if (form.kind !== "form") throw new Error(form.message);
    expect(form.text).toBe("!(a) && !(x in y) || bad");
    expect(form.writtenAt(form.text.indexOf("bad") + 1)).toBe(written.indexOf("bad") + 1);
    expect(form.writtenAt(form.text.indexOf("x in") + 1)).toBe(written.indexOf("x not") + 1);
  });

  it("never throws, and changes nothing the second time", () => {
    const piece = fc.constantFrom(
      ...["and", "or", "not", "in", "True", "None", "a", "b.c", "(", ")", "[", "]", "{", "}", ",", ":", "?"],
      ...["==", "<", "&&", "||", "!", '"not"', "'", "//", "\n", "1", ".", " "],
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 30 }), (pieces) => {
        const once = wordForm(pieces.join(" "));
        if (once.kind === "problem") return;
        const twice = wordForm(once.text);
        if (twice.kind === "form") expect(twice.text).toBe(once.text);
        else expect(twice.message).toContain("chained");
      }),
      { numRuns: 2000 },
    );
  });
});

/** Python, as far as rules go. */
type Py =
  | { readonly op: "name"; readonly name: "p" | "q" | "r" }
  | { readonly op: "truth"; readonly value: boolean }
  | { readonly op: "not"; readonly of: Py }
  | { readonly op: "and" | "or"; readonly one: Py; readonly other: Py }
  | { readonly op: "==" | "<" | "!="; readonly one: number | "n" | "m"; readonly other: number | "n" | "m" }
  | { readonly op: "in" | "not in"; readonly one: "n" | "m"; readonly of: readonly number[] };

interface Facts {
  readonly p: boolean;
  readonly q: boolean;
  readonly r: boolean;
  readonly n: number;
  readonly m: number;
}

/** What Python says of it. */
function truthOf(py: Py, facts: Facts): boolean {
  const number = (value: number | "n" | "m"): number => (typeof value === "number" ? value : facts[value]);
  switch (py.op) {
    case "name":
      return facts[py.name];
    case "truth":
      return py.value;
    case "not":
      return !truthOf(py.of, facts);
    case "and":
      return truthOf(py.one, facts) && truthOf(py.other, facts);
    case "or":
      return truthOf(py.one, facts) || truthOf(py.other, facts);
    case "==":
      return number(py.one) === number(py.other);
    case "!=":
      return number(py.one) !== number(py.other);
    case "<":
      return number(py.one) < number(py.other);
    case "in":
      return py.of.includes(number(py.one));
    case "not in":
      return !py.of.includes(number(py.one));
  }
}

/** With no more brackets than Python needs: 1 `or`, 2 `and`, 3 `not`, 4 comparisons. */
function inPython(py: Py, outer = 0): string {
  const [level, text] = ((): [number, string] => {
    switch (py.op) {
      case "name":
        return [5, py.name];
      case "truth":
        return [5, py.value ? "True" : "False"];
      case "not":
        return [3, `not ${inPython(py.of, 3)}`];
      case "and":
        return [2, `${inPython(py.one, 2)} and ${inPython(py.other, 3)}`];
      case "or":
        return [1, `${inPython(py.one, 1)} or ${inPython(py.other, 2)}`];
      case "in":
      case "not in":
        return [4, `${py.one} ${py.op} [${py.of.join(", ")}]`];
      default:
        return [4, `${py.one} ${py.op} ${py.other}`];
    }
  })();
  return level < outer ? `(${text})` : text;
}

describe("a rule in words", () => {
  const schema: FactSchema = {
    p: { kind: "bool", about: "" },
    q: { kind: "bool", about: "" },
    r: { kind: "bool", about: "" },
    n: { kind: "int", about: "" },
    m: { kind: "int", about: "" },
  };
  const world = { facts: schema, lists: new Map<string, ReadonlySet<string>>() };
  const { compileRule } = createExpressions();
  const number = fc.oneof(fc.integer({ min: 0, max: 3 }), fc.constantFrom("n" as const, "m" as const));
  const { py } = fc.letrec<{ py: Py }>((tie) => ({
    py: fc.oneof(
      { maxDepth: 4, withCrossShrink: true },
      fc.record({
        op: fc.constant("name" as const),
        name: fc.constantFrom("p" as const, "q" as const, "r" as const),
      }),
      fc.record({ op: fc.constant("truth" as const), value: fc.boolean() }),
      fc.record({
        op: fc.constantFrom("==" as const, "<" as const, "!=" as const),
        one: number,
        other: number,
      }),
      fc.record({
        op: fc.constantFrom("in" as const, "not in" as const),
        one: fc.constantFrom("n" as const, "m" as const),
        of: fc.array(fc.integer({ min: 0, max: 3 }), { minLength: 1, maxLength: 3 }),
      }),
      fc.record({ op: fc.constant("not" as const), of: tie("py") }),
      fc.record({ op: fc.constantFrom("and" as const, "or" as const), one: tie("py"), other: tie("py") }),
    ),
  }));

  it("has the truth value that Python gives it", () => {
    const facts = fc.record({
      p: fc.boolean(),
      q: fc.boolean(),
      r: fc.boolean(),
      n: fc.integer({ min: 0, max: 3 }),
      m: fc.integer({ min: 0, max: 3 }),
    });
    fc.assert(
      fc.property(py, facts, (rule, values) => {
        const form = wordForm(inPython(rule));
        if (form.kind === "problem") throw new Error(form.message);
        const compiled = compileRule(form.text, world);
        // What is nested deeper than the language takes says nothing of words.
        if (compiled.kind === "problem") {
          expect(compiled.message).toContain("exceeded max");
          return;
        }
        const known = new Map<string, boolean | number>(Object.entries(values));
        const holding = compiled.condition((name) => known.get(name) ?? "");
        expect(holding).toEqual({ isTrue: truthOf(rule, values) });
      }),
      { numRuns: 1500 },
    );
  });
});
