import { existsSync, realpathSync, statSync } from "node:fs";
import { homedir } from "node:os";
import { dirname, join, resolve, sep } from "node:path";
import { type NamedFiles, namedFiles } from "../config/named-files.ts";
import { readTextFile } from "../platform/file-config/index.ts";
import type { Reach } from "../platform/permission/index.ts";
import { configFile, packageParts } from "./places.ts";
import type { World } from "./world.ts";

const configBytesMax = 4 * 1024 ** 2;
const nothing: NamedFiles = { files: [], dataDir: undefined };

/**
 * What a gateway needs of the file system: to read this package, its configuration with the files that it names and what
 * lies beside it, and to read and write its data directory. Loads little, for it is asked by a process that ends at once.
 */
export function reachOf(
  options: { readonly config?: string | undefined; readonly "data-dir"?: string | undefined },
  { cwd, env }: World,
): Reach {
  const file = configFile(options.config, cwd);
  const reading = file === undefined ? undefined : readTextFile(file, configBytesMax);
  const named = reading?.kind === "text" ? namedFiles(reading.text, (name) => env[name]) : nothing;
  const data = withEnd(resolve(cwd, options["data-dir"] ?? named.dataDir ?? ".sallyport"));
  const read = [
    ...packageParts(),
    // Looked for again by the process that opens the gate.
    join(cwd, "sallyport.yaml"),
    ...(file === undefined ? [] : ofConfiguration(file, named)),
    data,
  ];
  return { read: [...new Set(read)], write: [data] };
}

function ofConfiguration(file: string, { files }: NamedFiles): readonly string[] {
  const folder = dirname(file);
  const elsewhere = files.map((path) => resolve(folder, path)).filter((path) => !isDirectory(path));
  return [file, ...elsewhere, ...(holdsHome(folder) ? [] : [withEnd(folder)])];
}

/** A configuration in a home directory, or above one, does not open all that is there. */
function holdsHome(folder: string): boolean {
  const home = homedir();
  return [home, existsSync(home) ? realpathSync(home) : home].some((one) =>
    withEnd(one).startsWith(withEnd(folder)),
  );
}

function isDirectory(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}

function withEnd(directory: string): string {
  return directory.endsWith(sep) ? directory : `${directory}${sep}`;
}
