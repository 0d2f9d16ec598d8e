import type { ConfigProblem } from "../config/problem.ts";

const widthMax = 100;
const credential =
  /((?:key|token|secret|auth\w*|cookie|password|credential)["']?\s*:\s*)("[^"]*"?|'[^']*'?|[^\s,{}[\]"'][^\s,}\]]*(?:[ \t]+[^\s,}\]#]+)*)/gi;

/**
 * Problems as compilers print them, so that terminals and editors find the place:
 *
 *     sallyport.yaml:3:9: `server.port` must be at most 65535, not 70000
 *       3 |   port: 70000
 *         |         ^
 *
 * What stands behind a name like `key` is starred out: terminals are recorded and pasted.
 */
export function printProblems(file: string, text: string, problems: readonly ConfigProblem[]): string {
  const lines = text.split(/\r\n|\r|\n/);
  return problems.map((problem) => printProblem(file, lines, problem)).join("");
}

function printProblem(
  file: string,
  lines: readonly string[],
  { message, line, column }: ConfigProblem,
): string {
  if (line === null || column === null) return `${file}: ${message}\n`;
  const head = `${file}:${line}:${column}: ${message}\n`;
  const source = lines[line - 1];
  if (source === undefined || source.trim() === "") return head;
  const shown = starOut(source);
  const start = column > widthMax - 20 ? column - 40 : 0;
  const number = String(line).padStart(4);
  const indent = shown.slice(start, column - 1).replace(/[^\t]/g, " ");
  return `${head}${number} | ${shown.slice(start, start + widthMax)}\n     | ${indent}^\n`;
}

function starOut(line: string): string {
  return line.replace(credential, (whole: string, name: string, value: string) =>
    /^["']?(\$\{|file:)/.test(value) || /^(true|false)$/.test(value)
      ? whole
      : name + "*".repeat(value.length),
  );
}

/** `1 problem`, `3 changes`. */
export function count(amount: number, noun: string): string {
  return `${amount} ${noun}${amount === 1 ? "" : "s"}`;
}
