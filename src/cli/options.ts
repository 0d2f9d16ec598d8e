import { parseArgs } from "node:util";
import { nearestNames } from "../kernel/nearest.ts";

/** One option of a command: how it is parsed, and what the help says of it. */
export interface Option {
  readonly type: "string" | "boolean";
  /** What stands for the value in the help: `FILE`. Switches have none. */
  readonly value?: string;
  readonly help: string;
}

/** What may stand behind a command's name. Parser and help read the same table, so that neither knows more. */
export interface CommandLine {
  /** What it does, in one sentence. */
  readonly summary: string;
  /** Words besides options, as the usage shows them; absent: none. */
  readonly operands?: { readonly usage: string; readonly max: number };
  readonly options: Readonly<Record<string, Option>>;
}

/** A command line that cannot be understood: exit code 2, as shells and scripts expect. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

/**
 * Reads the options of a command; an unknown one is an error with the nearest known name.
 * @throws UsageError with a public sentence.
 */
export function readOptions<Line extends CommandLine>(args: readonly string[], line: Line) {
  const { tokens } = parseArgs({
    args: [...args],
    options: line.options,
    allowPositionals: true,
    strict: false,
    tokens: true,
  });
  const seen = new Set<string>();
  let operands = 0;
  for (const token of tokens) {
    if (token.kind === "positional") {
      operands += 1;
      if (operands > (line.operands?.max ?? 0)) throw surplus(token.value, line);
    }
    if (token.kind !== "option") continue;
    checkOption(token, line);
    if (seen.has(token.name)) throw new UsageError(`\`--${token.name}\` is given twice`);
    seen.add(token.name);
  }
  const options: Line["options"] = line.options;
  return parseArgs({ args: [...args], options, allowPositionals: true, strict: true });
}

interface GivenOption {
  readonly name: string;
  readonly rawName: string;
  readonly value: string | undefined;
  readonly inlineValue: boolean | undefined;
}

function checkOption({ name, rawName, value, inlineValue }: GivenOption, { options }: CommandLine): void {
  const option = Object.hasOwn(options, name) ? options[name] : undefined;
  if (option === undefined) {
    throw new UsageError(`there is no option \`${rawName}\` here${meant(name, Object.keys(options), "--")}`);
  }
  if (option.type === "boolean") {
    if (value !== undefined) throw new UsageError(`\`--${name}\` is a switch and takes no value`);
    return;
  }
  const isMissing =
    value === undefined || value.trim() === "" || (inlineValue === false && value.startsWith("-"));
  if (isMissing)
    throw new UsageError(`\`--${name}\` needs a value: \`--${name} ${option.value ?? "VALUE"}\``);
}

function surplus(word: string, { operands }: CommandLine): UsageError {
  const hint = operands === undefined ? "it takes options only" : `it takes \`${operands.usage}\``;
  const file = /\.ya?ml$/.test(word) ? `; a file is named with \`--config ${word}\`` : `; ${hint}`;
  return new UsageError(`\`${word}\` has no meaning here${file}`);
}

/** `; did you mean x?` for the end of a sentence; empty when nothing is near. */
export function meant(given: string, known: readonly string[], prefix = ""): string {
  const [near] = nearestNames(given, known);
  return near === undefined ? "" : `; did you mean \`${prefix}${near}\`?`;
}

/** A port number of an option. @throws UsageError. */
export function readPort(text: string | undefined, option: string): number | undefined {
  if (text === undefined) return undefined;
  const port = Number(text);
  if (/^\d+$/.test(text) && port <= 65_535) return port;
  throw new UsageError(`\`${option}\` takes a port from 0 to 65535, not \`${text}\``);
}
