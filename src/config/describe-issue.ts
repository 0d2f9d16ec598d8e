import type * as z from "zod";
import { nearestNames } from "../kernel/nearest.ts";
import { type Path, printPath } from "./path.ts";
import { type Finding, quoteAll, suggestion } from "./problem.ts";
import { fieldNames, type SchemaNode } from "./schema-shape.ts";

type Issue = z.core.$ZodIssue;

/** What a description may look at. */
export interface IssueContext {
  readonly value: unknown;
  readonly shape: SchemaNode;
  /** Whether the value at this path may be printed. */
  readonly isShowable: (path: Path) => boolean;
}

const nouns: Readonly<Record<string, string>> = {
  string: "text",
  number: "a number",
  int: "a whole number",
  boolean: "`true` or `false`",
  object: "a map of fields",
  record: "a map of names",
  array: "a list",
};

/** One issue of Zod as sentences that name the field, what it must be, and what it is. */
export function describeIssue(issue: Issue, context: IssueContext, base: Path = []): readonly Finding[] {
  const path = [...base, ...issue.path.map((step) => (typeof step === "symbol" ? String(step) : step))];
  const must = (rule: string): readonly Finding[] => [
    { path, message: `${nameOf(path)} ${rule}${shown(path, context)}`, at: "value" },
  ];
  switch (issue.code) {
    case "unrecognized_keys":
      return issue.keys.map((key) => unknownField(key, path, context));
    case "invalid_type":
      return valueAt(context.value, path) === undefined
        ? [missing(path)]
        : must(`must be ${nouns[issue.expected] ?? issue.expected}`);
    case "invalid_value":
      return [wrongChoice(issue.values.map(String), path, context)];
    case "too_small":
      return must(boundOf(issue.origin, "at least", Number(issue.minimum)));
    case "too_big":
      return must(boundOf(issue.origin, "at most", Number(issue.maximum)));
    case "invalid_key":
      return issue.issues.map((inner) => ({
        path,
        message: `the name ${JSON.stringify(path.at(-1))} ${ruleOf(inner)}`,
        at: "name",
      }));
    case "invalid_union":
      return describeUnion(issue, context, path);
    case "invalid_format":
      return must(formatRule(issue));
    case "custom":
      return must(issue.message);
    case "not_multiple_of":
    case "invalid_element":
      return must(`is wrong: ${issue.message}`);
  }
}

/** The branch that fits the value's kind tells what is wrong; when none fits, the kinds that would. */
function describeUnion(
  issue: Extract<Issue, { code: "invalid_union" }>,
  context: IssueContext,
  path: Path,
): readonly Finding[] {
  const fitting = issue.errors.find((branch) => !branch.some(isWrongKind));
  if (fitting !== undefined && fitting.length > 0)
    return fitting.flatMap((inner) => describeIssue(inner, context, path));
  const kinds = new Set(issue.errors.flatMap((branch) => branch.flatMap(kindsOf)));
  return [
    {
      path,
      message: `${nameOf(path)} must be ${[...kinds].join(" or ")}${shown(path, context)}`,
      at: "value",
    },
  ];
}

function isWrongKind(issue: Issue): boolean {
  return issue.code === "invalid_type" && issue.path.length === 0;
}

function kindsOf(issue: Issue): readonly string[] {
  return issue.code === "invalid_type" && issue.path.length === 0
    ? [nouns[issue.expected] ?? issue.expected]
    : [];
}

function unknownField(key: string, path: Path, { shape }: IssueContext): Finding {
  const known = fieldNames(shape, path);
  const near = nearestNames(key, known, 2);
  const where = path.length === 0 ? "" : ` in \`${printPath(path)}\``;
  const hint = near.length > 0 ? suggestion(near) : `; known here: ${quoteAll(known)}`;
  return { path: [...path, key], message: `unknown field \`${key}\`${where}${hint}`, at: "name" };
}

function missing(path: Path): Finding {
  const owner = path.slice(0, -1);
  return { path, message: `${nameOf(owner)} needs \`${String(path.at(-1))}\``, at: "name" };
}

function wrongChoice(values: readonly string[], path: Path, context: IssueContext): Finding {
  const value = valueAt(context.value, path);
  const near = typeof value === "string" ? nearestNames(value, values, 1) : [];
  const rule = values.length === 1 ? `can only be ${quoteAll(values)}` : `must be one of ${quoteAll(values)}`;
  return { path, message: `${nameOf(path)} ${rule}${shown(path, context)}${suggestion(near)}`, at: "value" };
}

function boundOf(origin: string, relation: "at least" | "at most", bound: number): string {
  if (origin === "string")
    return bound === 1 && relation === "at least"
      ? "must not be empty"
      : `must have ${relation} ${bound} characters`;
  if (origin === "array" || origin === "set")
    return `must have ${relation} ${bound} ${bound === 1 ? "entry" : "entries"}`;
  return `must be ${relation} ${bound}`;
}

/** The schema's own words, where it has some. */
function formatRule(issue: Extract<Issue, { code: "invalid_format" }>): string {
  if (!issue.message.startsWith("Invalid")) return issue.message;
  return issue.pattern === undefined
    ? `must be of the form ${issue.format}`
    : `must fit the pattern ${issue.pattern}`;
}

function ruleOf(issue: Issue): string {
  if (issue.code === "too_small") return boundOf(issue.origin, "at least", Number(issue.minimum));
  if (issue.code === "too_big") return boundOf(issue.origin, "at most", Number(issue.maximum));
  return issue.code === "invalid_format" ? formatRule(issue) : issue.message;
}

function nameOf(path: Path): string {
  return path.length === 0 ? "the configuration" : `\`${printPath(path)}\``;
}

/** `, not 70000`: the value where it may be shown and is short. */
function shown(path: Path, { value: root, isShowable }: IssueContext): string {
  const value = valueAt(root, path);
  if (value === null) return ", but it is empty";
  if (Array.isArray(value)) return value.length === 0 ? ", but it is empty" : ", not a list";
  if (typeof value === "object") return ", not a map";
  if (value === undefined || value === "" || !isShowable(path)) return "";
  const text = typeof value === "number" ? String(value) : JSON.stringify(value);
  return text.length > 60 ? "" : `, not ${text}`;
}

function valueAt(root: unknown, path: Path): unknown {
  return path.reduce<unknown>(
    (value, step) => (typeof value === "object" && value !== null ? Reflect.get(value, step) : undefined),
    root,
  );
}
