import type { ASTNode } from "@marcbachmann/cel-js";
import { nearestNames } from "../../kernel/nearest.ts";
import type { Read, RuleWorld } from "../../ports/expressions.ts";
import { callCost, elementWeight, type Names, nameOf, type Scope, sizeOf, textWeight } from "./cost.ts";
import { noFact } from "./look.ts";
import { patternOf, type Running } from "./rule-functions.ts";

/** A rule looked through: what it reads, what it takes at worst, what is against it (`at` counts from 0). */
export interface LookedRule {
  readonly reads: readonly Read[];
  readonly cost: number;
  readonly problem?: { readonly message: string; readonly at: number };
}

const functions: ReadonlySet<string> = new Set([
  ...["size", "int", "double", "string", "has", "header", "inCidr", "glob", "inList"],
  ...["startsWith", "endsWith", "contains", "lowerAscii", "upperAscii", "trim", "substring", "indexOf"],
  ...["split", "join", "matches", "regexMatch", "all", "exists", "exists_one", "filter", "map"],
]);
/** They give a name to each element of a list. */
export const macros: ReadonlySet<string> = new Set(["all", "exists", "exists_one", "filter", "map"]);

class Against extends Error {
  readonly at: number;
  constructor(message: string, at: number) {
    super(message);
    this.at = at;
  }
}

/**
 * Looks through a rule, and makes each `matches` in its tree a call of the own `regexMatch`: what the library would do takes
 * 2^n steps for some patterns.
 */
export function lookIntoRule(root: ASTNode, world: RuleWorld, running: Running): LookedRule {
  const reads: Read[] = [];
  const note = (read: Read): void => {
    if (!reads.some(({ name, key }) => name === read.name && key === read.key)) reads.push(read);
  };
  const against = (message: string, at: number): never => {
    throw new Against(message, at);
  };
  const names: Names = { world, running, note, against, walk };
  try {
    return { cost: walk(root, names, new Map()), reads };
  } catch (thrown) {
    if (!(thrown instanceof Against)) throw thrown;
    return { reads, cost: 0, problem: { message: thrown.message, at: thrown.at } };
  }
}

/** @returns The steps it takes at worst. */
function walk(node: ASTNode, names: Names, scope: Scope): number {
  const read = readOf(node, names, scope);
  if (read !== undefined) {
    names.note(read);
    return 1;
  }
  switch (node.op) {
    case "value":
      return 1;
    case "id":
      return scope.has(node.args) ? 1 : names.against(noFact(node.args, names.world.facts), node.start);
    case ".":
      return names.against(noField(node, names), node.start);
    case "[]":
      return index(node, names, scope);
    case "call":
    case "rcall":
      return call(node, names, scope);
    case ".?":
    case "[?]":
    case "map":
      return names.against("maps are not for rules", node.start);
    default:
      return 1 + operands(node, names, scope) + textWeight(node, names.world, scope);
  }
}

function operands(node: ASTNode, names: Names, scope: Scope): number {
  switch (node.op) {
    case "!_":
    case "-_":
      return walk(node.args, names, scope);
    case "list":
    case "?:":
    case "||":
    case "&&":
      return node.args.reduce((sum, operand) => sum + walk(operand, names, scope), 0);
    case "in":
      return membership(node, names, scope);
    case "!=":
    case "==":
    case "+":
    case "-":
    case "*":
    case "/":
    case "%":
    case "<":
    case "<=":
    case ">":
    case ">=":
      return walk(node.args[0], names, scope) + walk(node.args[1], names, scope);
    default:
      return 0;
  }
}

/** `"x-team" in request.headers` asks for that one only. */
function membership(node: Extract<ASTNode, { op: "in" }>, names: Names, scope: Scope): number {
  const [element, of] = node.args;
  const name = nameOf(of, scope);
  const isMap = name !== undefined && names.world.facts[name]?.kind === "lists";
  if (!isMap || element.op !== "value" || typeof element.args !== "string")
    return walk(element, names, scope) + walk(of, names, scope);
  names.note(keyed(name, element.args, node, names));
  return 2;
}

function index(node: Extract<ASTNode, { op: "[]" }>, names: Names, scope: Scope): number {
  const [of, at] = node.args;
  return 1 + walk(of, names, scope) + walk(at, names, scope);
}

/** The fact that a node is: a whole one, or one of the lists of one by a name that stands there. */
function readOf(node: ASTNode, names: Names, scope: Scope): Read | undefined {
  const { facts } = names.world;
  const name = nameOf(node, scope);
  if (name !== undefined && Object.hasOwn(facts, name)) return { name };
  if (node.op === ".") {
    const of = nameOf(node.args[0], scope);
    if (of !== undefined && isLists(of, names)) return keyed(of, node.args[1], node, names);
  }
  if (node.op !== "[]") return undefined;
  const [of, at] = node.args;
  const map = nameOf(of, scope);
  if (map === undefined || !isLists(map, names) || at.op !== "value" || typeof at.args !== "string")
    return undefined;
  return keyed(map, at.args, node, names);
}

const isLists = (name: string, { world: { facts } }: Names): boolean =>
  Object.hasOwn(facts, name) && facts[name]?.kind === "lists";

function keyed(name: string, key: string, node: ASTNode, { world, against }: Names): Read {
  const keys = world.facts[name]?.keys;
  if (keys !== undefined && !keys.pattern.test(key))
    against(`\`${name}\` is asked as ${keys.rule}`, node.start);
  return { name, key };
}

function noField(node: Extract<ASTNode, { op: "." }>, { world: { facts } }: Names): string {
  const name = nameOf(node, new Map());
  if (name === undefined) return "only facts have parts";
  const parent = Object.keys(facts).find((fact) => name.startsWith(`${fact}.`));
  return parent === undefined ? noFact(name, facts) : `\`${parent}\` has no parts`;
}

function call(node: Extract<ASTNode, { op: "call" | "rcall" }>, names: Names, scope: Scope): number {
  const [name] = node.args;
  if (!functions.has(name)) names.against(noFunction(name), node.start);
  if (node.op === "rcall") {
    const [, receiver, given] = node.args;
    if (macros.has(name)) return comprehension(node, names, scope);
    if (name === "matches" || name === "regexMatch") {
      node.args[0] = "regexMatch";
      known(given[0], names, (source) => {
        const pattern = patternOf(source);
        if (typeof pattern === "string") return pattern;
        names.running.patterns.set(source, pattern);
        return undefined;
      });
    }
    return callCost(node, names, scope) + walk(receiver, names, scope) + sum(given, names, scope);
  }
  const [, given] = node.args;
  if (name === "has") return 1 + hasOf(given[0], names, scope);
  if (name === "header") return headerOf(given[0], names, scope);
  if (name === "inCidr")
    known(given[1], names, (cidr) => {
      const network = names.running.networkOf(cidr);
      if (network === undefined) return `\`${cidr}\` is no network, like \`10.0.0.0/8\``;
      names.running.networks.set(cidr, network);
      return undefined;
    });
  if (name === "inList")
    known(given[0], names, (list) =>
      names.running.lists.has(list) ? undefined : noList(list, [...names.running.lists.keys()]),
    );
  return callCost(node, names, scope) + sum(given, names, scope);
}

const sum = (nodes: readonly ASTNode[], names: Names, scope: Scope): number =>
  nodes.reduce((total, one) => total + walk(one, names, scope), 0);

/** What must stand there as it is, so that it can be checked once. `check` tells what is wrong. */
function known(
  node: ASTNode | undefined,
  { against }: Names,
  check: (text: string) => string | undefined,
): void {
  if (node === undefined) return;
  if (node.op !== "value" || typeof node.args !== "string")
    return against("a text must stand here", node.start);
  const wrong = check(node.args);
  if (wrong !== undefined) against(wrong, node.start);
}

/** `has(auth.claims.team)`: whether a map has that key. */
function hasOf(node: ASTNode | undefined, names: Names, scope: Scope): number {
  const read = node === undefined ? undefined : readOf(node, names, scope);
  if (node === undefined || read?.key === undefined || node.op !== ".")
    return names.against(
      "`has` asks for a key of a map, `has(auth.claims.team)`: all other facts are there",
      node?.start ?? 0,
    );
  names.note(read);
  return 2;
}

/** `header("x-team")` asks for that one only. */
function headerOf(node: ASTNode | undefined, names: Names, scope: Scope): number {
  const name = "request.headers";
  if (node === undefined) return 1;
  if (!isLists(name, names)) names.against("there are no headers here", node.start);
  if (node.op === "value" && typeof node.args === "string") {
    names.note(keyed(name, node.args, node, names));
    return 2;
  }
  names.note({ name });
  return 1 + walk(node, names, scope);
}

function comprehension(node: Extract<ASTNode, { op: "rcall" }>, names: Names, scope: Scope): number {
  const [, receiver, [variable, ...bodies]] = node.args;
  if (variable?.op !== "id")
    return names.against("the first argument is a name for each element", node.start);
  const taken = Object.keys(names.world.facts).some((fact) => fact.split(".")[0] === variable.args);
  if (taken) names.against(`\`${variable.args}\` is a fact already`, variable.start);
  const times = sizeOf(receiver, names.world, scope);
  const inner = new Map([...scope, [variable.args, elementWeight(receiver, names.world, scope)]]);
  return 1 + walk(receiver, names, scope) + times * (2 + sum(bodies, names, inner));
}

function noFunction(name: string): string {
  const [near] = nearestNames(name, [...functions]);
  const hint =
    near === undefined ? `; there are ${[...functions].join(", ")}` : `; did you mean \`${near}\`?`;
  return `\`${name}\` is no function of rules${hint}`;
}

function noList(name: string, lists: readonly string[]): string {
  const [near] = nearestNames(name, lists);
  return `\`${name}\` is no list${near === undefined ? "" : `; did you mean \`${near}\`?`}`;
}
