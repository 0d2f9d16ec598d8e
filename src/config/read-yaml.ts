import { LineCounter, parseDocument, type YAMLError } from "yaml";
import { type Path, printPath } from "./path.ts";
import type { ConfigProblem, Finding } from "./problem.ts";
import { shield, shieldedAt } from "./shield.ts";
import { type Marks, plainValue } from "./yaml-tree.ts";

const textMax = 4 * 1024 ** 2;

export type YamlReading =
  | {
      readonly kind: "tree";
      /** Plain objects, lists, strings, numbers, booleans and nulls; `undefined` for an empty text. */
      readonly value: unknown;
      /** The finding with its place; that of the nearest enclosing value when the path itself is not in the text. */
      readonly locate: (finding: Finding) => ConfigProblem;
    }
  | { readonly kind: "invalid"; readonly problems: readonly ConfigProblem[] };

/**
 * Reads YAML 1.2 (core schema) into plain values that remember where they stood. `${…}` may stand anywhere, in flow
 * maps too. Refused: syntax errors, repeated fields, tags, merge keys, more than one document, more than 4 Mi characters,
 * aliases that blow up.
 */
export function readYaml(text: string): YamlReading {
  if (text.length > textMax)
    return invalid([{ message: "the file is larger than 4 MiB", line: 1, column: 1, path: null }]);
  const lines = new LineCounter();
  const document = parseDocument(shield(text), {
    lineCounter: lines,
    prettyErrors: false,
    uniqueKeys: false,
    version: "1.2",
    schema: "core",
    stringKeys: false,
  });
  const at = (offset: number, message: string, path: Path | null = null): ConfigProblem => {
    const { line, col } = lines.linePos(offset);
    return {
      message,
      line: Math.max(1, line),
      column: Math.max(1, col),
      path: path === null || path.length === 0 ? null : printPath(path),
    };
  };
  const reserved = shieldedAt(text);
  if (reserved >= 0) return invalid([at(reserved, "characters U+E000 to U+E07F cannot be used here")]);
  const [syntax] = [...document.errors, ...document.warnings];
  if (syntax !== undefined) return invalid([at(syntax.pos[0], describeSyntax(syntax))]);
  const tree = plainValue(document);
  if (tree.faults.length > 0) {
    return invalid(tree.faults.map(({ offset, path, message }) => at(offset, message(lines), path)));
  }
  return {
    kind: "tree",
    value: tree.value,
    locate: (finding) => at(offsetOf(tree.marks, finding), finding.message, finding.path),
  };
}

function offsetOf(marks: Marks, { path, at }: Finding): number {
  const mark = marks.get(JSON.stringify(path));
  if (mark !== undefined) return at === "name" ? (mark.name ?? mark.value) : mark.value;
  for (let length = path.length - 1; length >= 0; length -= 1) {
    const enclosing = marks.get(JSON.stringify(path.slice(0, length)));
    if (enclosing !== undefined) return enclosing.name ?? enclosing.value;
  }
  return 0;
}

function describeSyntax(error: YAMLError): string {
  const sentence = error.message.replace(/\.$/, "");
  return `this is not YAML: ${sentence.charAt(0).toLowerCase()}${sentence.slice(1)}`;
}

function invalid(problems: readonly ConfigProblem[]): YamlReading {
  return { kind: "invalid", problems };
}
