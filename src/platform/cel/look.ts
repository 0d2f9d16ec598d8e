import type { ASTNode } from "@marcbachmann/cel-js";
import { nearestNames } from "../../kernel/nearest.ts";
import type { FactSchema, Read } from "../../ports/expressions.ts";

export interface Looked {
  readonly reads: readonly Read[];
  /** Absent: there is nothing against it. `at` counts from 0. */
  readonly problem?: { readonly message: string; readonly at: number };
}

/**
 * What takes no longer than its text is long. `matches` is not among them, since a pattern may take for ever on a text,
 * and neither is what goes through a list (`all`, `map`) or gives a name to a value (`cel.bind`).
 */
const functions: ReadonlySet<string> = new Set([
  ...["size", "int", "double"],
  ...["startsWith", "endsWith", "contains", "lowerAscii", "upperAscii", "trim"],
]);
const textFunctions: ReadonlySet<string> = new Set(["lowerAscii", "upperAscii", "trim"]);

/** Which facts an expression names, each once, and whether it uses nothing but what is allowed here. */
export function lookInto(root: ASTNode, facts: FactSchema, isCondition: boolean): Looked {
  const reads: Read[] = [];
  const problems: { readonly message: string; readonly at: number }[] = [];
  const walk = (node: ASTNode): void => {
    const read = readOf(node, facts);
    if (read !== undefined) {
      if (!reads.some(({ name, key }) => name === read.name && key === read.key)) reads.push(read);
      return;
    }
    const message =
      isCondition && node.op === "+" && node.args.some((operand) => isText(operand, facts))
        ? "texts are not put together in conditions"
        : againstIt(node, facts);
    if (message === undefined) childrenOf(node).forEach(walk);
    else problems.push({ message, at: node.start });
  };
  walk(root);
  const [problem] = problems;
  return { reads, ...(problem === undefined ? {} : { problem }) };
}

/** The fact that a node is; `undefined`: it is none, or may not be asked for. */
function readOf(node: ASTNode, facts: FactSchema): Read | undefined {
  if (node.op === ".") {
    const [of, field] = node.args;
    const name = of.op === "id" ? `${of.args}.${field}` : "";
    return Object.hasOwn(facts, name) ? { name } : undefined;
  }
  if (node.op !== "[]") return undefined;
  const [of, at] = node.args;
  if (of.op !== "id" || at.op !== "value" || typeof at.args !== "string") return undefined;
  const keys = Object.hasOwn(facts, of.args) ? facts[of.args]?.keys : undefined;
  return keys?.pattern.test(at.args) === true ? { name: of.args, key: at.args } : undefined;
}

/** Why a node may not stand where it stands. */
function againstIt(node: ASTNode, facts: FactSchema): string | undefined {
  switch (node.op) {
    case "id":
      return noFact(node.args, facts);
    case ".":
    case "[]":
      return noSelection(node, facts);
    case ".?":
    case "[?]":
    case "map":
      return "maps are not for conditions";
    case "call":
    case "rcall":
      return noFunction(node.args[0]);
    default:
      return undefined;
  }
}

function noSelection(node: Extract<ASTNode, { op: "." | "[]" }>, facts: FactSchema): string {
  const [of, at] = node.args;
  if (of.op !== "id") return "only facts have parts, and lists are for `in`";
  const keys = Object.hasOwn(facts, of.args) ? facts[of.args]?.keys : undefined;
  if (keys !== undefined) return `\`${of.args}\` is asked as ${keys.rule}`;
  return typeof at === "string" ? noFact(`${of.args}.${at}`, facts) : noFact(of.args, facts);
}

export function noFact(name: string, facts: FactSchema): string {
  const keys = Object.hasOwn(facts, name) ? facts[name]?.keys : undefined;
  if (keys !== undefined) return `\`${name}\` is asked as ${keys.rule}`;
  const known = Object.keys(facts);
  const last = name.slice(name.lastIndexOf(".") + 1);
  const same = known.filter((fact) => fact.endsWith(`.${last}`));
  const [near] = same.length > 0 ? same : nearestNames(name, known);
  const hint = near === undefined ? `; there are ${known.join(", ")}` : `; did you mean \`${near}\`?`;
  return `\`${name}\` is no fact${hint}`;
}

function noFunction(name: string): string | undefined {
  if (functions.has(name)) return undefined;
  const [near] = nearestNames(name, [...functions]);
  const hint =
    near === undefined ? `; there are ${[...functions].join(", ")}` : `; did you mean \`${near}\`?`;
  return `\`${name}\` is no function of conditions${hint}`;
}

function isText(node: ASTNode, facts: FactSchema): boolean {
  const read = readOf(node, facts);
  if (read !== undefined) return facts[read.name]?.kind.startsWith("text") === true;
  if (node.op === "value") return typeof node.args === "string";
  if (node.op === "?:") return isText(node.args[1], facts);
  return node.op === "rcall" && textFunctions.has(node.args[0]);
}

export function childrenOf(node: ASTNode): readonly ASTNode[] {
  switch (node.op) {
    case "value":
    case "id":
    case ".":
    case ".?":
    case "map":
      return [];
    case "call":
      return node.args[1];
    case "rcall":
      return [node.args[1], ...node.args[2]];
    case "!_":
    case "-_":
      return [node.args];
    default:
      return node.args;
  }
}
