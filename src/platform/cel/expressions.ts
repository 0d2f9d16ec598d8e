import type { Environment } from "@marcbachmann/cel-js";
import type {
  Compiled,
  CompiledValue,
  Condition,
  Expressions,
  FactOf,
  FactSchema,
  FactValue,
  Made,
  Read,
} from "../../ports/expressions.ts";
import { environmentWith } from "./environment.ts";
import { faultOf, problem, problemOf } from "./fault.ts";
import { lookInto } from "./look.ts";
import { compilePattern } from "./pattern.ts";
import { createRules } from "./rules.ts";

const charactersMax = 2000;
/** Of a fact; what is behind them is not looked at. */
const factCharactersMax = 1024;
/** Of a text that is made. */
const madeCharactersMax = 8192;
const limits = {
  maxAstNodes: 200,
  maxDepth: 20,
  maxListElements: 100,
  maxMapEntries: 1,
  maxCallArguments: 4,
};

/** Conditions in the Common Expression Language, as far as they end in a time that their length bounds. */
export function createExpressions(): Expressions {
  const environments = new WeakMap<FactSchema, Environment>();
  const environmentOf = (facts: FactSchema): Environment => {
    const known = environments.get(facts) ?? environmentWith(facts, limits);
    environments.set(facts, known);
    return known;
  };
  return {
    compile: (text, facts) => compile(text, facts, environmentOf(facts)),
    compileValue: (text, facts) => compileValue(text, facts, environmentOf(facts)),
    pattern: compilePattern,
    compileRule: createRules(),
  };
}

function compile(text: string, facts: FactSchema, environment: Environment): Compiled {
  const checked = check(text, facts, { environment, isCondition: true });
  if (checked.kind === "problem") return checked;
  const { type, evaluate, places } = checked;
  if (type !== "bool") return problem(`it comes to \`${type}\`, and must be true or false`, 0);
  return { kind: "condition", condition: conditionOf(evaluate, places) };
}

const valueTypes: ReadonlySet<string> = new Set(["string", "int", "double", "bool"]);

function compileValue(text: string, facts: FactSchema, environment: Environment): CompiledValue {
  const checked = check(text, facts, { environment, isCondition: false });
  if (checked.kind === "problem") return checked;
  const { type, evaluate, places } = checked;
  if (!valueTypes.has(type))
    return problem(`it comes to \`${type}\`, and must be a text, a number, or true or false`, 0);
  return { kind: "value", make: makerOf(evaluate, places) };
}

type Evaluate = (context: object) => unknown;

/** What the language says of a text: of which type it is, and which facts it asks for. */
function check(
  text: string,
  facts: FactSchema,
  { environment, isCondition }: { readonly environment: Environment; readonly isCondition: boolean },
):
  | Problem
  | {
      readonly kind: "checked";
      readonly type: string;
      readonly evaluate: Evaluate;
      readonly places: readonly Place[];
    } {
  if (text.length > charactersMax)
    return problem(`it has ${text.length} characters, and at most ${charactersMax} are taken`, charactersMax);
  try {
    const parsed = environment.parse(text);
    const looked = lookInto(parsed.ast, facts, isCondition);
    if (looked.problem !== undefined) return problem(looked.problem.message, looked.problem.at);
    const { type = "nothing", error } = parsed.check();
    if (error !== undefined) return problemOf(error);
    return { kind: "checked", type, evaluate: parsed, places: looked.reads.map(placeOf) };
  } catch (thrown) {
    return problemOf(thrown);
  }
}

type Problem = ReturnType<typeof problem>;

function makerOf(evaluate: Evaluate, places: readonly Place[]): (factOf: FactOf) => Made {
  return (factOf) => {
    try {
      const value = evaluate(contextOf(places, factOf));
      if (typeof value === "bigint") return { value: Number(value) };
      if (typeof value === "boolean" || typeof value === "number") return { value };
      if (typeof value !== "string") return { fault: "it is no text" };
      return value.length > madeCharactersMax
        ? { fault: `it has ${value.length} characters, and at most ${madeCharactersMax} are taken` }
        : { value };
    } catch (thrown) {
      return { fault: faultOf(thrown) };
    }
  };
}

function conditionOf(evaluate: Evaluate, places: readonly Place[]): Condition {
  return (factOf) => {
    try {
      const value = evaluate(contextOf(places, factOf));
      return typeof value === "boolean"
        ? { isTrue: value }
        : { isTrue: false, fault: "it is not true or false" };
    } catch (thrown) {
      return { isTrue: false, fault: faultOf(thrown) };
    }
  };
}

/** A fact and where it stands among the variables: `ai.tools` is the member `tools` of `ai`. */
interface Place extends Read {
  readonly variable: string;
  readonly member: string;
}

function placeOf(read: Read): Place {
  const [variable = read.name, field = read.name] = read.name.split(".");
  return { ...read, variable, member: read.key ?? field };
}

type Value = bigint | string | boolean;

/** The facts that an expression reads, as the variables that it names. */
function contextOf(
  places: readonly Place[],
  factOf: FactOf,
): Readonly<Record<string, Record<string, Value>>> {
  const context: Record<string, Record<string, Value>> = {};
  for (const { name, key, variable, member } of places) {
    const members = context[variable] ?? {};
    members[member] = valueOf(factOf(name, key));
    context[variable] = members;
  }
  return context;
}

function valueOf(fact: FactValue): Value {
  if (typeof fact === "number") return BigInt(Math.trunc(fact));
  if (typeof fact === "boolean") return fact;
  return typeof fact === "string" ? fact.slice(0, factCharactersMax) : "";
}
