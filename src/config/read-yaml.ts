import { Composer, type CST, type Document, Lexer, LineCounter, Parser, type YAMLError } from "yaml";
import { invariant } from "../kernel/invariant.ts";
import type { Steps } from "./in-slices.ts";
import { type Path, printPath } from "./path.ts";
import type { ConfigProblem, Finding } from "./problem.ts";
import { shield, shieldedAt } from "./shield.ts";
import { placeOf, plainValue } from "./yaml-tree.ts";

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
export function* readYaml(text: string): Steps<YamlReading> {
  if (text.length > textMax)
    return invalid([{ message: "the file is larger than 4 MiB", line: 1, column: 1, path: null }]);
  const lines = new LineCounter();
  const [document, second] = yield* compose(shield(text), lines);
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
  if (second !== undefined)
    return invalid([at(second.range[0], "a second document begins here; one is all there may be")]);
  yield;
  const tree = plainValue(document);
  if (tree.faults.length > 0) {
    return invalid(tree.faults.map(({ offset, path, message }) => at(offset, message(lines), path)));
  }
  return {
    kind: "tree",
    value: tree.value,
    locate: (finding) => at(offsetOf(document, finding), finding.message, finding.path),
  };
}

/** Lexemes between two places for an interruption: about 2 ms. */
const lexemesPerStep = 2000;

/** What `parseDocument` of the package does, in steps. The first document is there even if the text is empty. */
function* compose(text: string, lines: LineCounter): Steps<[Document.Parsed, Document.Parsed?]> {
  const parser = new Parser(lines.addNewLine);
  lines.addNewLine(0);
  const tokens: CST.Token[] = [];
  let lexemes = 0;
  for (const lexeme of new Lexer().lex(text)) {
    tokens.push(...parser.next(lexeme));
    lexemes += 1;
    if (lexemes % lexemesPerStep === 0) yield;
  }
  tokens.push(...parser.end());
  yield;
  const composer = new Composer({
    uniqueKeys: false,
    version: "1.2",
    schema: "core",
    stringKeys: false,
  });
  const [first, second] = composer.compose(tokens, true, text.length);
  invariant(first !== undefined, "a document is always composed");
  return second === undefined ? [first] : [first, second];
}

function offsetOf(document: Document, finding: Finding): number {
  const { name, value, isExact } = placeOf(document, finding.path);
  return isExact && finding.at === "value" ? value : (name ?? value);
}

function describeSyntax(error: YAMLError): string {
  const sentence = error.message.replace(/\.$/, "");
  return `this is not YAML: ${sentence.charAt(0).toLowerCase()}${sentence.slice(1)}`;
}

function invalid(problems: readonly ConfigProblem[]): YamlReading {
  return { kind: "invalid", problems };
}
