import * as fc from "fast-check";
import { parse } from "graphql";
import { describe, expect, it } from "vitest";
import type { Json, JsonObject } from "../../kernel/json.ts";
import { graphqlLimits } from "../../ports/graphql.ts";
import { createGraphqlEngine } from "./engine.ts";
import { doublingFragments, hostileDocuments, hostileSdl } from "./hostile-documents.test-support.ts";
import { measureDocument } from "./measure.ts";

const engine = createGraphqlEngine();
const read = engine.schemaOf(`
  type Query {
    a: Query b: Query c(x: [Int]): String list: [Query]
    users(first: Int = 5): [User] @listSize(slicingArguments: ["first"])
    edges(first: Int): Page @listSize(slicingArguments: ["first"], sizedFields: ["nodes"])
    search(text: String @cost(weight: "3")): [User] @listSize(assumedSize: 2) @cost(weight: "7")
  }
  type Page { nodes: [User] }
  type User { name: String friends: [User] }
  type Mutation { a(n: Int!): Int }
`);
const schema = read.kind === "schema" ? read.schema : undefined;
const check = (text: string, variables: JsonObject = {}, hasSchema = true) =>
  engine
    .checkerOf({ schema: hasSchema ? schema : undefined, limits: graphqlLimits })
    .check(text, { variables, mayIntrospect: false });
const ruleOf = (text: string, hasSchema = true) => {
  const checked = check(text, {}, hasSchema);
  return checked.kind === "refused" ? checked.faults[0]?.rule : "taken";
};
const hostile = engine.schemaOf(hostileSdl);
const ruleOfHostile = (text: string, hasSchema: boolean) => {
  const known = hostile.kind === "schema" && hasSchema ? hostile.schema : undefined;
  const checked = engine.checkerOf({ schema: known, limits: graphqlLimits }).check(text, ask);
  return checked.kind === "refused" ? checked.faults[0]?.rule : "taken";
};
const ask = { variables: {}, mayIntrospect: false };

describe("hostile documents", () => {
  it.for(hostileDocuments.map((one) => ({ ...one })))(
    "$name: $rule",
    ({ text, rule, ruleWithoutSchema = rule }) => {
      expect(ruleOfHostile(text, true)).toBe(rule);
      expect(ruleOfHostile(text, false)).toBe(ruleWithoutSchema);
    },
  );

  it.for<[name: string, type: string, value: Json]>([
    [
      "members that nobody knows",
      "In",
      Object.fromEntries(Array.from({ length: 8000 }, (_, n) => [`k${n}`, 1])),
    ],
    ["a list of what it is not", "[Int]", Array.from({ length: 20_000 }, () => "x")],
    ["a long text", "Int", "x".repeat(60_000)],
  ])("by their variables, %s, have a few errors told, in few words", ([, type, v]) => {
    const known = hostile.kind === "schema" ? hostile.schema : undefined;
    const checker = engine.checkerOf({ schema: known, limits: graphqlLimits });
    const argument = type === "In" ? "in: $v" : type === "Int" ? "x: [$v]" : "x: $v";
    const checked = checker.check(`query($v: ${type}){c(${argument})}`, { ...ask, variables: { v } });
    const faults = checked.kind === "refused" ? checked.faults : [];
    expect(faults.length).toBeGreaterThan(0);
    // One more says that there are too many.
    expect(faults.length).toBeLessThanOrEqual(6);
    expect(JSON.stringify(faults).length).toBeLessThan(5000);
  });

  it("are measured in work that is linear in the document", () => {
    const limits = { ...graphqlLimits, fragmentSpreads: Infinity, rootFields: Infinity };
    const { visited, operations } = measureDocument(parse(`{...f0} ${doublingFragments}`), limits);
    expect(visited).toBe(202);
    expect([...operations.values()][0]?.spreads).toBeGreaterThan(2 ** 100);
  });

  it("of any kind are no reason to throw", () => {
    const words = fc.constantFrom(
      ...'{ } ( ) [ ] : $ @ ! ... a b c list on Query fragment query x 1 " """ # __proto__ f ='.split(" "),
    );
    fc.assert(
      fc.property(fc.array(words, { maxLength: 60 }), (parts) => {
        for (const hasSchema of [true, false])
          expect(check(parts.join(" "), {}, hasSchema).kind).toMatch(/refused|operation/);
      }),
      { numRuns: 500 },
    );
  });
});

describe("cost", () => {
  it.for<[text: string, cost: number, variables?: JsonObject]>([
    ["{c}", 0],
    ["{a{c}}", 1],
    ["{list{a{c}}}", 1 + 10],
    ["{users{friends{name}}}", 1 + 5],
    ["query($n: Int){users(first: $n){friends{name}}}", 1 + 7, { n: 7 }],
    ["query($n: Int = 3){users(first: $n){friends{name}}}", 1 + 3],
    ["{edges(first: 4){nodes{friends{name}}}}", 1 + 1 + 4],
    ["{edges(first: 4){...p}} fragment p on Page{nodes{friends{name}}}", 1 + 1 + 4],
    ['{search(text: "x"){friends{name}}}', 7 + 3 + 2],
  ])("of %s is %i", ([text, cost, variables]) => {
    const checked = check(text, variables);
    expect(checked.kind === "operation" ? checked.operation.cost : checked).toBe(cost);
  });
});

describe("check", () => {
  it("tells no names of the schema, and coerces variables", () => {
    const unknown = check("{lisst{c}}");
    expect(JSON.stringify(unknown)).not.toContain("Did you mean");
    expect(unknown).toMatchObject({ faults: [{ kind: "validation", rule: "fields-on-correct-type" }] });
    expect(check("mutation($n: Int!){a(n: $n)}", { n: null })).toMatchObject({
      faults: [{ kind: "variables" }],
    });
    expect(ruleOf("{__schema{types{name}}}")).toBe("introspection");
  });

  it("knows a document again, and the same operation in other words", () => {
    const checker = engine.checkerOf({ schema, limits: graphqlLimits });
    const [one, two] = ["{ a { c } }", "{a{c}} # x"].map((text) =>
      checker.check(text, { mayIntrospect: false }),
    );
    expect(one?.kind === "operation" && two?.kind === "operation" && one.operation.hash).toBe(
      two?.kind === "operation" && two.operation.hash,
    );
    checker.check("{ a { c } }", { mayIntrospect: false });
    expect(checker.cached().documents).toBe(2);
  });
});
