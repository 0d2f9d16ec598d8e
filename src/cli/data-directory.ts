import { resolve } from "node:path";
import { dataDirIn } from "../config/data-dir.ts";
import { readTextFile } from "../platform/file-config/index.ts";
import { parseWorld } from "./parse-world.ts";
import { configFile } from "./places.ts";
import type { World } from "./world.ts";

const configBytesMax = 4 * 1024 ** 2;
const usualDirectory = ".sallyport";

/**
 * The data directory that a command means: the one that is named, else the one the configuration file names, so that
 * every command finds the gateway that was started here.
 */
export function dataDirectory(
  { named, config }: { readonly named: string | undefined; readonly config?: string | undefined },
  world: World,
): string {
  return resolve(world.cwd, named ?? writtenIn(config, world) ?? usualDirectory);
}

function writtenIn(config: string | undefined, world: World): string | undefined {
  const file = configFile(config, world.cwd);
  const reading = file === undefined ? undefined : readTextFile(file, configBytesMax);
  return reading?.kind === "text" ? dataDirIn(reading.text, parseWorld(world)) : undefined;
}
