import type { ASTNode } from "@marcbachmann/cel-js";
import type { Read, RuleWorld } from "../../ports/expressions.ts";
import type { Running } from "./rule-functions.ts";

/** What looking through a rule is told of. */
export interface Names {
  readonly world: RuleWorld;
  readonly running: Running;
  readonly note: (read: Read) => void;
  /** @throws What is against the rule. */
  readonly against: (message: string, at: number) => never;
  readonly walk: (node: ASTNode, names: Names, scope: Scope) => number;
}

/** Bound names, and the steps of looking at what each stands for. */
export type Scope = ReadonlyMap<string, number>;

/** Of a text whose length nobody knows: 8 KiB, a step for 64 bytes. */
const longText = 128;
/** Of a name in a fact that is a list, or a map of lists: at most 256 bytes. */
const shortText = 4;
const bytesPerStep = 64;
const longTextBytes = longText * bytesPerStep;
const patternStepsPerStep = 4;
const patternFirst = 10;

/** Steps of looking at a text as long as this may be, beside those of its node. */
function weight(node: ASTNode, world: RuleWorld, scope: Scope): number {
  if (node.op === "value")
    return typeof node.args === "string" ? Math.ceil(node.args.length / bytesPerStep) : 0;
  if (node.op === "list")
    return node.args.reduce((sum, one) => sum + weight(one, world, scope), node.args.length);
  if (node.op === "id" && scope.has(node.args)) return scope.get(node.args) ?? longText;
  return factWeight(node, world, scope);
}

function factWeight(node: ASTNode, world: RuleWorld, scope: Scope): number {
  const name = nameOf(node, scope) ?? "";
  const fact = Object.hasOwn(world.facts, name) ? world.facts[name] : undefined;
  if (fact === undefined) return isNumber(node) ? 0 : longText;
  if (fact.kind === "list" || fact.kind === "lists") return (fact.sizeMax ?? longTextBytes) * longText;
  return fact.kind === "text" ? longText : 0;
}

const isNumber = (node: ASTNode): boolean =>
  ["!_", "-_", "-", "*", "/", "%", "&&", "||", "==", "!=", "<", "<=", ">", ">=", "in"].includes(node.op) ||
  (node.op === "call" && ["size", "int", "double"].includes(node.args[0])) ||
  (node.op === "rcall" && ["size", "indexOf"].includes(node.args[0]));

/** Steps of an operator for the texts that it is given. */
export function textWeight(node: ASTNode, world: RuleWorld, scope: Scope): number {
  switch (node.op) {
    case "==":
    case "!=":
    case "<":
    case "<=":
    case ">":
    case ">=":
      return Math.min(weight(node.args[0], world, scope), weight(node.args[1], world, scope));
    case "+":
      return weight(node.args[0], world, scope) + weight(node.args[1], world, scope);
    case "in":
      return inWeight(node.args[0], node.args[1], { world, scope });
    default:
      return 0;
  }
}

function inWeight(
  element: ASTNode,
  of: ASTNode,
  { world, scope }: { readonly world: RuleWorld; readonly scope: Scope },
): number {
  const one = Math.max(1, weight(element, world, scope));
  if (of.op === "list")
    return of.args.reduce((sum, other) => sum + Math.min(one, weight(other, world, scope)) + 1, 0);
  return sizeOf(of, world, scope) * (1 + one);
}

/** The dotted name that a node is, if it begins with no bound one. */
export function nameOf(node: ASTNode, scope: Scope): string | undefined {
  if (node.op === "id") return scope.has(node.args) ? undefined : node.args;
  if (node.op !== ".") return undefined;
  const of = nameOf(node.args[0], scope);
  return of === undefined ? undefined : `${of}.${node.args[1]}`;
}

/** Steps of looking at one element of a list. */
export function elementWeight(node: ASTNode, { facts }: RuleWorld, scope: Scope): number {
  const name = nameOf(node, scope);
  return name !== undefined && Object.hasOwn(facts, name) ? shortText : longText;
}

/** How many elements a list has at most. */
export function sizeOf(node: ASTNode, world: RuleWorld, scope: Scope): number {
  if (node.op === "list") return node.args.length;
  if (node.op === "rcall" && (node.args[0] === "filter" || node.args[0] === "map"))
    return sizeOf(node.args[1], world, scope);
  const { facts } = world;
  const isHeader = node.op === "call" && node.args[0] === "header";
  const owner = isHeader ? "request.headers" : ownerOf(node, facts, scope);
  return (owner === undefined ? undefined : facts[owner]?.sizeMax) ?? unknownSizeMax;
}

/** The fact that a node is, or is a part of. */
function ownerOf(node: ASTNode, facts: RuleWorld["facts"], scope: Scope): string | undefined {
  const name = nameOf(node.op === "[]" ? node.args[0] : node, scope);
  return name === undefined || Object.hasOwn(facts, name) ? name : name.slice(0, name.lastIndexOf("."));
}

/** Of a list that is made: a text of 8 KiB cut at each character. */
const unknownSizeMax = 8192;

/** Steps of a function beside those of what it is given. */
export function callCost(
  node: Extract<ASTNode, { op: "call" | "rcall" }>,
  { world }: Pick<Names, "world">,
  scope: Scope,
): number {
  const [name] = node.args;
  const given = node.op === "call" ? node.args[1] : [node.args[1], ...node.args[2]];
  const weights = given.map((one) => weight(one, world, scope));
  switch (name) {
    case "regexMatch":
      return 1 + patternFirst + patternStepsPerStep * (weights[0] ?? longText);
    case "startsWith":
    case "endsWith":
      return 1 + Math.min(...weights);
    case "inList":
    case "size":
      return 1 + longText;
    default:
      return 1 + weights.reduce((sum, one) => sum + one, 0);
  }
}
