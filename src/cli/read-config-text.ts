import { relative } from "node:path";
import { GatewayError } from "../kernel/errors.ts";
import { readTextFile } from "../platform/file-config/index.ts";
import { configFile } from "./places.ts";
import type { World } from "./world.ts";

const bytesMax = 4 * 1024 ** 2;

/**
 * The configuration file that a command means, and its text.
 * @throws GatewayError `malformed_request` saying what to do when there is none or it cannot be read.
 */
export function readConfigText(
  named: string | undefined,
  world: World,
): { readonly file: string; readonly text: string } {
  const file = configFile(named, world.cwd);
  if (file === undefined)
    throw usageError("there is no sallyport.yaml in this directory; name a file with `--config`");
  const reading = readTextFile(file, bytesMax);
  if (reading.kind === "text") return { file, text: reading.text };
  throw usageError(`the file ${relative(world.cwd, file)} cannot be read: ${reading.reason}`);
}

function usageError(message: string): GatewayError {
  return new GatewayError("malformed_request", message, { message });
}
