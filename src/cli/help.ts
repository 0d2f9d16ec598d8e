import { type CommandName, commandLines } from "./command-lines.ts";
import type { CommandLine, Option } from "./options.ts";

/** The text of `sallyport --help`: every command, and every option with the commands that take it. */
export function printOverview(): string {
  const lines: readonly (readonly [string, CommandLine])[] = Object.entries(commandLines);
  const commands = table(lines.map(([name, { summary }]) => [name, summary]));
  return `sallyport: the AI and API gateway that can prove it

Usage: sallyport [COMMAND] [OPTIONS]      \`sallyport COMMAND --help\` explains one

Commands
${commands}
Options
${table(mergedOptions(lines))}${table([
  ["--version", "prints the version"],
  ["--help", "prints this, or the help of a command"],
])}`;
}

/** The text of `sallyport COMMAND --help`. */
export function printHelp(name: CommandName): string {
  const line: CommandLine = commandLines[name];
  const operands = line.operands === undefined ? "" : ` ${line.operands.usage}`;
  const options = Object.entries(line.options).map(
    ([option, given]) => [shownOption(option, given), given.help] as const,
  );
  return `${line.summary}

Usage: sallyport ${name}${operands} [OPTIONS]

Options
${table([...options, ["--help", "prints this"]])}`;
}

/** Options of the same name and meaning stand once, with all their commands. */
function mergedOptions(
  lines: readonly (readonly [string, CommandLine])[],
): readonly (readonly [string, string])[] {
  const rows = new Map<
    string,
    { readonly shown: string; readonly help: string; readonly takenBy: string[] }
  >();
  for (const [name, { options }] of lines) {
    for (const [option, given] of Object.entries(options)) {
      const key = JSON.stringify([option, given.help]);
      const row = rows.get(key) ?? { shown: shownOption(option, given), help: given.help, takenBy: [] };
      row.takenBy.push(name);
      rows.set(key, row);
    }
  }
  return [...rows.values()].map(
    ({ shown, help, takenBy }) => [shown, `${takenBy.join(", ")}: ${help}`] as const,
  );
}

function shownOption(name: string, { value }: Option): string {
  return value === undefined ? `--${name}` : `--${name} ${value}`;
}

function table(rows: readonly (readonly [string, string])[]): string {
  const width = 20;
  return rows.map(([left, right]) => `  ${left.padEnd(width)} ${right}\n`).join("");
}
