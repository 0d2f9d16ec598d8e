import { Environment, EvaluationError, ParseError, TypeError as TypeFault } from "@marcbachmann/cel-js";
import type {
  Compiled,
  Condition,
  Expressions,
  FactKind,
  FactOf,
  FactSchema,
} from "../../ports/expressions.ts";
import { lookInto, type Read } from "./look.ts";

const charactersMax = 2000;
/** Of a fact; what is behind them is not looked at. */
const factCharactersMax = 1024;
const limits = {
  maxAstNodes: 200,
  maxDepth: 20,
  maxListElements: 100,
  maxMapEntries: 1,
  maxCallArguments: 4,
};

const typeOf: Readonly<Record<FactKind, string>> = {
  int: "int",
  text: "string",
  bool: "bool",
  texts: "map<string, string>",
};

/** Conditions in the Common Expression Language, as far as they end in a time that their length bounds. */
export function createExpressions(): Expressions {
  const environments = new WeakMap<FactSchema, Environment>();
  const environmentOf = (facts: FactSchema): Environment => {
    const known = environments.get(facts) ?? environmentWith(facts);
    environments.set(facts, known);
    return known;
  };
  return { compile: (text, facts) => compile(text, facts, environmentOf(facts)) };
}

/** `ai.tools` is the field `tools` of the variable `ai`. */
function environmentWith(facts: FactSchema): Environment {
  const environment = new Environment({ limits });
  const schemas = new Map<string, Record<string, string>>();
  for (const [name, { kind }] of Object.entries(facts)) {
    const [variable = name, field] = name.split(".");
    if (field === undefined) environment.registerVariable(variable, typeOf[kind]);
    else schemas.set(variable, { ...schemas.get(variable), [field]: typeOf[kind] });
  }
  for (const [variable, schema] of schemas) environment.registerVariable(variable, { schema });
  return environment;
}

function compile(text: string, facts: FactSchema, environment: Environment): Compiled {
  if (text.length > charactersMax)
    return problem(`it has ${text.length} characters, and at most ${charactersMax} are taken`, charactersMax);
  try {
    const parsed = environment.parse(text);
    const looked = lookInto(parsed.ast, facts);
    if (looked.problem !== undefined) return problem(looked.problem.message, looked.problem.at);
    const { type, error } = parsed.check();
    if (error !== undefined) return problemOf(error);
    if (type !== "bool") return problem(`it comes to \`${type ?? "nothing"}\`, and must be true or false`, 0);
    return { kind: "condition", condition: conditionOf(parsed, looked.reads) };
  } catch (thrown) {
    return problemOf(thrown);
  }
}

const problem = (message: string, from: number): Compiled => ({ kind: "problem", message, at: from + 1 });

function problemOf(thrown: unknown): Compiled {
  if (thrown instanceof ParseError || thrown instanceof TypeFault)
    return problem(lowered(thrown.summary), thrown.range?.start ?? 0);
  return problem(faultOf(thrown), 0);
}

const lowered = (text: string): string => `${text.slice(0, 1).toLowerCase()}${text.slice(1)}`;

function faultOf(thrown: unknown): string {
  if (thrown instanceof EvaluationError) return thrown.summary;
  return thrown instanceof Error ? thrown.message : "it cannot be told why";
}

function conditionOf(evaluate: (context: object) => unknown, reads: readonly Read[]): Condition {
  const places = reads.map(placeOf);
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

function valueOf(fact: ReturnType<FactOf>): Value {
  if (typeof fact === "number") return BigInt(Math.trunc(fact));
  return typeof fact === "string" ? fact.slice(0, factCharactersMax) : fact;
}
