import { describe, expect, it } from "vitest";
import type { Call } from "../exchange/call.ts";
import type { FinishReason } from "../exchange/finish.ts";
import type { Part } from "../exchange/part.ts";
import type { Json } from "../kernel/json.ts";
import type { SchemaChecker } from "../ports/schema-checker.ts";
import { contractOf } from "./contract.ts";

/** Takes what has a city. */
const schemas: SchemaChecker = {
  faultOf: (_, value) => (JSON.stringify(value).includes("city") ? undefined : "has no city"),
};
const parameters: Json = { type: "object" };
const base: Call = {
  source: "openai-chat",
  model: "m",
  instructions: [],
  turns: [],
  tools: [
    { kind: "function", name: "weather", parameters },
    { kind: "function", name: "stop" },
    { kind: "custom", name: "sql" },
  ],
  sampling: {},
  isStream: false,
  wantsUsage: false,
  extensions: new Map(),
};
const tool = (name: string, argumentsText: string): Part => ({
  kind: "tool-call",
  id: "1",
  name,
  argumentsText,
});
const words = (text: string): Part => ({ kind: "text", text });
const fine = tool("weather", '{"city":"Rome"}');

interface Case {
  readonly name: string;
  readonly call?: Partial<Call>;
  readonly parts: readonly Part[];
  readonly end?: FinishReason;
  readonly fault: string | undefined;
}

describe("the contract of an answer", () => {
  it.for<Case>([
    { name: "a valid call", parts: [fine], fault: undefined },
    { name: "words where a call is not required", parts: [words("Sunny.")], fault: undefined },
    { name: "no arguments where none are declared", parts: [tool("stop", "")], fault: undefined },
    { name: "free text for a custom tool", parts: [tool("sql", "select")], fault: undefined },
    { name: "another tool", parts: [tool("wether", "{}")], fault: "it calls `wether`, which is no tool" },
    {
      name: "no JSON",
      parts: [tool("weather", "{")],
      fault: "the arguments of `weather` are no JSON object",
    },
    {
      name: "a list",
      parts: [tool("weather", "[]")],
      fault: "the arguments of `weather` are no JSON object",
    },
    {
      name: "what the schema does not take",
      parts: [fine, tool("weather", "{}")],
      fault: "the arguments of `weather`: has no city",
    },
    { name: "nothing", parts: [words(" \n")], fault: "it is empty" },
    {
      name: "only thoughts",
      parts: [{ kind: "reasoning", text: "hm", isRedacted: false }],
      fault: "it is empty",
    },
    { name: "a cut", parts: [fine], end: "length", fault: "it was cut by its limit" },
    { name: "a refusal", parts: [words("no")], end: "refusal", fault: "it is a refusal" },
    {
      name: "words where a call is required",
      call: { toolChoice: { kind: "any" } },
      parts: [words("Sunny.")],
      fault: "it calls no tool",
    },
    {
      name: "another than the named",
      call: { toolChoice: { kind: "named", name: "stop" } },
      parts: [fine],
      fault: "it calls `weather`, which it may not",
    },
    {
      name: "one that is not among the allowed",
      call: { toolChoice: { kind: "among", names: ["stop"], isRequired: false } },
      parts: [fine],
      fault: "it calls `weather`, which it may not",
    },
    {
      name: "two where one may be called",
      call: { parallelTools: false },
      parts: [fine, fine],
      fault: "it calls 2 tools, and one may be called",
    },
    {
      name: "a call where JSON was asked for and none may be called",
      call: { toolChoice: { kind: "none" }, output: { kind: "json" } },
      parts: [fine],
      fault: "it calls a tool, and none may be called",
    },
    { name: "JSON", call: { tools: [], output: { kind: "json" } }, parts: [words("[1]")], fault: undefined },
    {
      name: "JSON in a fence",
      call: { tools: [], output: { kind: "json" } },
      parts: [words("```json\n{}\n```")],
      fault: "it is no JSON",
    },
    {
      name: "what its schema takes, in two pieces",
      call: { tools: [], output: { kind: "schema", name: "s", schema: {}, strict: true } },
      parts: [words('{"ci'), words('ty":1}')],
      fault: undefined,
    },
    {
      name: "what its schema does not take",
      call: { tools: [], output: { kind: "schema", name: "s", schema: {}, strict: true } },
      parts: [words("{}")],
      fault: "against its schema: has no city",
    },
  ])("$name: $fault", ({ call, parts, end = "stop", fault }) => {
    const contract = contractOf({ ...base, ...call }, schemas);
    expect(contract).toBeDefined();
    expect(contract?.faultOf({ parts, finish: { reason: end, raw: end } })).toBe(fault);
  });

  it.for<{ readonly name: string; readonly call: Partial<Call> }>([
    { name: "neither tools nor JSON", call: { tools: [] } },
    { name: "tools that may not be called", call: { toolChoice: { kind: "none" } } },
    { name: "a tool of the provider's", call: { tools: [{ kind: "opaque", type: "web_search", raw: {} }] } },
    { name: "several answers", call: { sampling: { choices: 2 } } },
  ])("there is none with $name", ({ call }) => {
    expect(contractOf({ ...base, ...call }, schemas)).toBeUndefined();
  });
});
