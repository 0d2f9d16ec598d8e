import { relative } from "node:path";
import { type ParsedConfig, type ParseWorld, parseConfig, parseTree } from "../config/parse.ts";
import type { ConfigProblem } from "../config/problem.ts";
import { GatewayError } from "../kernel/errors.ts";
import { createFileConfig } from "../platform/file-config/index.ts";
import { systemTimer } from "../platform/system/index.ts";
import type { FileReading } from "../ports/config-source.ts";
import type { Origin } from "./boot.ts";
import { loadLastGood } from "./last-good-file.ts";
import { parseWorld } from "./parse-world.ts";
import { count, printProblems } from "./print-problems.ts";
import type { World } from "./world.ts";

/** What to do about a broken file: stop, or go on with the last good configuration that a data directory keeps of it. */
export type IfBroken =
  | { readonly isStrict: true }
  | { readonly isStrict: false; readonly directory: () => string };

/** `warning`: the whole story for the operator when not the file itself runs. */
export interface FileOrigin {
  readonly origin: Origin;
  readonly warning: string | undefined;
}

/**
 * The configuration of a file; when the file is broken, the last good one that this data directory keeps of it.
 * @throws GatewayError `malformed_request` with every problem and its place, when neither can be used.
 */
export async function fromFile(file: string, ifBroken: IfBroken, world: World): Promise<FileOrigin> {
  const { source, readReference } = createFileConfig(file, systemTimer);
  const reading = await source.read();
  const parsing: ParseWorld = { ...parseWorld(world), readFile: readReference };
  const parsed = parseReading(reading, source.name, parsing);
  const base = { mode: "file", source, world: parsing } as const;
  if (parsed.kind === "valid") {
    const { config, files, written } = parsed;
    return { origin: { ...base, config, files, written, problems: [] }, warning: undefined };
  }
  const story = printStory(file, { reading, problems: parsed.problems, cwd: world.cwd });
  if (ifBroken.isStrict) throw brokenFile(story);
  const earlier = lastGoodOf(file, ifBroken.directory(), parsing);
  if (earlier.kind === "none") {
    throw brokenFile(`${story}\nThere is no last good configuration to go on with: ${earlier.why}.`);
  }
  const { config, files, written } = earlier.parsed;
  return {
    origin: {
      ...base,
      config,
      files: [...new Set([...parsed.files, ...files])],
      written,
      problems: parsed.problems,
    },
    warning: `${story}\nWARNING: the last good configuration, kept at ${earlier.keptAt}, runs instead. Correct the file: it is taken as soon as it is valid. With \`--strict-config\` nothing would have been started.`,
  };
}

function parseReading(reading: FileReading, name: string, parsing: ParseWorld): ParsedConfig {
  if (reading.kind === "text") return parseConfig(reading.text, parsing);
  const message = `the file ${name} cannot be read: ${reading.reason}`;
  return { kind: "invalid", problems: [{ message, line: null, column: null, path: null }], files: [] };
}

function printStory(
  file: string,
  parts: { readonly reading: FileReading; readonly problems: readonly ConfigProblem[]; readonly cwd: string },
): string {
  const name = relative(parts.cwd, file);
  if (parts.reading.kind === "unreadable")
    return `the configuration file ${name} cannot be read: ${parts.reading.reason}`;
  const { problems } = parts;
  return `the configuration is not valid\n${printProblems(name, parts.reading.text, problems)}${name} has ${count(problems.length, "problem")}.`;
}

type Earlier =
  | {
      readonly kind: "kept";
      readonly parsed: Extract<ParsedConfig, { kind: "valid" }>;
      readonly keptAt: string;
    }
  | { readonly kind: "none"; readonly why: string };

function lastGoodOf(file: string, directory: string, parsing: ParseWorld): Earlier {
  const loaded = loadLastGood(directory, file);
  if (loaded.kind === "none") return loaded;
  const { keptAt, tree } = loaded.kept;
  const parsed = parseTree(tree, parsing);
  if (parsed.kind === "valid") return { kind: "kept", parsed, keptAt };
  return {
    kind: "none",
    why: `the one of ${keptAt} cannot be used either: ${parsed.problems[0]?.message ?? ""}`,
  };
}

function brokenFile(message: string): GatewayError {
  return new GatewayError("malformed_request", message, { message });
}
