import { resolve } from "node:path";
import { atOnce } from "../config/in-slices.ts";
import { readYaml } from "../config/read-yaml.ts";
import { isJsonObject } from "../kernel/json.ts";
import { readTextFile } from "../platform/file-config/index.ts";
import { UsageError } from "./options.ts";
import type { World } from "./world.ts";

const bytesMax = 8 * 1024 ** 2;

/** The list `policies` of a YAML file, as it is written: the gateway tells what is wrong with it. @throws UsageError */
export function readPolicies(file: string | undefined, { cwd }: Pick<World, "cwd">): unknown {
  if (file === undefined) throw new UsageError("of which file? `--policies FILE`");
  const reading = readTextFile(resolve(cwd, file), bytesMax);
  if (reading.kind === "unreadable") throw new UsageError(`\`${file}\` cannot be read: ${reading.reason}`);
  const read = atOnce(readYaml(reading.text));
  if (read.kind === "invalid")
    throw new UsageError(`\`${file}\`: ${read.problems[0]?.message ?? "it is no YAML"}`);
  const { value } = read;
  const list = isJsonObject(value) ? value["policies"] : value;
  if (!Array.isArray(list)) throw new UsageError(`\`${file}\` has no list \`policies\``);
  return list;
}
