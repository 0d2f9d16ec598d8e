import type { ASTNode } from "@marcbachmann/cel-js";
import { fitsGlob, globMatcher } from "../../kernel/glob.ts";
import type { FactKind, FactOf, RuleWorld } from "../../ports/expressions.ts";
import { nameOf, type Scope } from "./cost.ts";
import type { Pattern, Running } from "./rule-functions.ts";

type Truth = (factOf: FactOf) => boolean;
type Text = (factOf: FactOf) => string;
type Amount = (factOf: FactOf) => number;
type List = (factOf: FactOf) => readonly string[];

interface Known {
  readonly world: RuleWorld;
  readonly running: Running;
  /** Names that stand for an element of a list; what each is just now. Nothing waits meanwhile. */
  readonly bound?: ReadonlyMap<string, Element>;
}

interface Element {
  text: string;
}

const noScope: Scope = new Map();

/**
 * A checked rule as a function, if nothing in it can fail: facts and literals compared, looked up and put together by `&&`,
 * `||` and `!`. That is what nearly all rules are, and a tenth of the time that the library takes for one.
 * @returns `undefined`: it is another; the library runs it.
 */
export function quickRule(node: ASTNode, known: Known): Truth | undefined {
  switch (node.op) {
    case "value":
      return typeof node.args === "boolean" ? constant(node.args) : undefined;
    case "!_": {
      const of = quickRule(node.args, known);
      return of && ((factOf) => !of(factOf));
    }
    case "&&":
    case "||":
      return both(node, known);
    case "==":
    case "!=":
      return equal(node, known);
    case "<":
    case "<=":
    case ">":
    case ">=":
      return ordered(node, known);
    case "in":
      return member(node.args, known);
    case "call":
      return called(node.args, known);
    case "rcall":
      return textTest(node.args, known);
    default:
      return truthFact(node, known);
  }
}

const constant =
  <Value>(value: Value): ((factOf: FactOf) => Value) =>
  () =>
    value;

function both({ op, args }: Extract<ASTNode, { op: "&&" | "||" }>, known: Known): Truth | undefined {
  const [one, other] = [quickRule(args[0], known), quickRule(args[1], known)];
  if (one === undefined || other === undefined) return undefined;
  return op === "&&" ? (factOf) => one(factOf) && other(factOf) : (factOf) => one(factOf) || other(factOf);
}

function factName(
  node: ASTNode,
  { world: { facts } }: Known,
  kinds: readonly FactKind[],
): string | undefined {
  const name = nameOf(node, noScope);
  if (name === undefined || !Object.hasOwn(facts, name)) return undefined;
  const kind = facts[name]?.kind;
  return kind !== undefined && kinds.includes(kind) ? name : undefined;
}

function truthFact(node: ASTNode, known: Known): Truth | undefined {
  const name = factName(node, known, ["bool"]);
  return name === undefined ? undefined : (factOf) => factOf(name) === true;
}

function textOf(node: ASTNode, known: Known): Text | undefined {
  if (node.op === "value") return typeof node.args === "string" ? constant(node.args) : undefined;
  const element = node.op === "id" ? known.bound?.get(node.args) : undefined;
  if (element !== undefined) return () => element.text;
  const name = factName(node, known, ["text"]);
  if (name === undefined) return undefined;
  return (factOf) => {
    const value = factOf(name);
    return typeof value === "string" ? value : "";
  };
}

const exact = (value: bigint): boolean =>
  value <= BigInt(Number.MAX_SAFE_INTEGER) && value >= BigInt(Number.MIN_SAFE_INTEGER);

function amountOf(node: ASTNode, known: Known): Amount | undefined {
  if (node.op === "value") {
    if (typeof node.args === "bigint") return exact(node.args) ? constant(Number(node.args)) : undefined;
    return typeof node.args === "number" ? constant(node.args) : undefined;
  }
  if (node.op === "call" && node.args[0] === "size") {
    const [list] = node.args[1];
    const items = list === undefined ? undefined : listOf(list, known);
    return items && ((factOf) => items(factOf).length);
  }
  const name = factName(node, known, ["int", "double"]);
  if (name === undefined) return undefined;
  return (factOf) => {
    const value = factOf(name);
    if (typeof value !== "number" || Number.isNaN(value)) throw new TypeError(`\`${name}\` is no number`);
    return value;
  };
}

function listOf(node: ASTNode, known: Known): List | undefined {
  if (node.op === "call" && node.args[0] === "header") {
    const [name] = node.args[1];
    if (name?.op !== "value" || typeof name.args !== "string") return undefined;
    const key = name.args;
    return (factOf) => textsOf(factOf("request.headers", key));
  }
  const name = factName(node, known, ["list"]);
  return name === undefined ? undefined : (factOf) => textsOf(factOf(name));
}

const none: readonly string[] = [];
const textsOf = (value: ReturnType<FactOf>): readonly string[] => (Array.isArray(value) ? value : none);

function equal({ op, args }: Extract<ASTNode, { op: "==" | "!=" }>, known: Known): Truth | undefined {
  const [left, right] = args;
  const [one, other] =
    pair(textOf(left, known), textOf(right, known)) ??
    pair(amountOf(left, known), amountOf(right, known)) ??
    pair(quickRule(left, known), quickRule(right, known)) ??
    [];
  if (one === undefined || other === undefined) return undefined;
  return op === "==" ? (factOf) => one(factOf) === other(factOf) : (factOf) => one(factOf) !== other(factOf);
}

type Operand = (factOf: FactOf) => string | number | boolean;
const pair = (
  one: Operand | undefined,
  other: Operand | undefined,
): readonly [Operand, Operand] | undefined =>
  one === undefined || other === undefined ? undefined : [one, other];

function ordered(
  { op, args }: Extract<ASTNode, { op: "<" | "<=" | ">" | ">=" }>,
  known: Known,
): Truth | undefined {
  const [one, other] = [amountOf(args[0], known), amountOf(args[1], known)];
  if (one === undefined || other === undefined) return undefined;
  switch (op) {
    case "<":
      return (factOf) => one(factOf) < other(factOf);
    case "<=":
      return (factOf) => one(factOf) <= other(factOf);
    case ">":
      return (factOf) => one(factOf) > other(factOf);
    case ">=":
      return (factOf) => one(factOf) >= other(factOf);
  }
}

function member([element, of]: readonly [ASTNode, ASTNode], known: Known): Truth | undefined {
  const one = textOf(element, known);
  if (one === undefined) return undefined;
  if (of.op === "list") {
    const texts = of.args.flatMap((item) =>
      item.op === "value" && typeof item.args === "string" ? [item.args] : [],
    );
    const set = new Set(texts);
    return texts.length === of.args.length ? (factOf) => set.has(one(factOf)) : undefined;
  }
  const list = listOf(of, known);
  return list && ((factOf) => list(factOf).includes(one(factOf)));
}

function called([name, given]: readonly [string, readonly ASTNode[]], known: Known): Truth | undefined {
  const [first, second] = given;
  if (first === undefined || second === undefined) return undefined;
  const [one, other] = [textOf(first, known), textOf(second, known)];
  if (one === undefined || other === undefined) return undefined;
  const { networks, lists } = known.running;
  switch (name) {
    case "glob":
      if (second.op === "value" && typeof second.args === "string") {
        const fits = globMatcher(second.args);
        return (factOf) => fits(one(factOf));
      }
      return (factOf) => fitsGlob(other(factOf), one(factOf));
    case "inCidr":
      return literal(second, networks, one);
    case "inList": {
      const set = first.op === "value" && typeof first.args === "string" ? lists.get(first.args) : undefined;
      return set && ((factOf) => set.has(other(factOf)));
    }
    default:
      return undefined;
  }
}

function textTest(
  [name, receiver, [given, body]]: readonly [string, ASTNode, readonly ASTNode[]],
  known: Known,
): Truth | undefined {
  if (name === "exists" || name === "all") return ofElements(name, receiver, { given: [given, body], known });
  const one = textOf(receiver, known);
  if (one === undefined || given === undefined) return undefined;
  if (name === "regexMatch") return literal(given, known.running.patterns, one);
  const other = textOf(given, known);
  if (other === undefined) return undefined;
  switch (name) {
    case "startsWith":
      return (factOf) => one(factOf).startsWith(other(factOf));
    case "endsWith":
      return (factOf) => one(factOf).endsWith(other(factOf));
    case "contains":
      return (factOf) => one(factOf).includes(other(factOf));
    default:
      return undefined;
  }
}

/** `roles.exists(role, …)`: whether one of a list, or each, is as the body says. */
function ofElements(
  name: "exists" | "all",
  receiver: ASTNode,
  {
    given: [variable, body],
    known,
  }: { readonly given: readonly [ASTNode | undefined, ASTNode | undefined]; readonly known: Known },
): Truth | undefined {
  const list = listOf(receiver, known);
  if (list === undefined || variable?.op !== "id" || body === undefined) return undefined;
  const element: Element = { text: "" };
  const holds = quickRule(body, { ...known, bound: new Map(known.bound).set(variable.args, element) });
  if (holds === undefined) return undefined;
  const ends = name === "exists";
  return (factOf) => {
    for (const text of list(factOf)) {
      element.text = text;
      if (holds(factOf) === ends) return ends;
    }
    return !ends;
  };
}

/** What was made of a literal when the rule was checked, asked of a text. */
function literal(node: ASTNode, made: ReadonlyMap<string, Pattern>, one: Text): Truth | undefined {
  const test = node.op === "value" && typeof node.args === "string" ? made.get(node.args) : undefined;
  return test && ((factOf) => test(one(factOf)));
}
