import type { ParseWorld } from "../config/parse.ts";
import { createExpressions } from "../platform/cel/index.ts";
import { readTextFile } from "../platform/file-config/index.ts";
import { knownProviders } from "./catalog.ts";
import type { World } from "./world.ts";

/** A supergraph is the largest of what a configuration names. */
const fileBytesMax = 8 * 1024 * 1024;

/** What parsing a configuration may ask of this machine. */
export function parseWorld(world: Pick<World, "env">): ParseWorld {
  return {
    env: (name) => world.env[name],
    readFile: (path) => readTextFile(path, fileBytesMax),
    catalog: knownProviders(),
    expressions: createExpressions(),
  };
}
