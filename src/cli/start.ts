import { becomeConfined, canBecome, isConfined } from "../platform/permission/index.ts";
import { commandLines } from "./command-lines.ts";
import { readOptions, readPort } from "./options.ts";
import { reachOf } from "./reach.ts";
import type { World } from "./world.ts";

const isOff =
  "permission mode is off: code that finds its way into this process can start programs, and reach every file of its user";

/**
 * `sallyport start`: puts a process under Node's permission model in the place of this one, which has read nothing from
 * the network, and which opens the gate.
 */
export async function start(args: readonly string[], world: World): Promise<undefined> {
  const { values } = readOptions(args, commandLines.start);
  const ports = {
    port: readPort(values.port, "--port"),
    adminPort: readPort(values["admin-port"], "--admin-port"),
  };
  if (!isConfined()) {
    if (values["no-permission"] !== true && world.program !== undefined && canBecome()) {
      becomeConfined(world.program, ["start", ...args], reachOf(values, world));
    }
    world.stderr(`sallyport: ${isOff}${canBecome() ? "" : " (this system has no such mode)"}\n`);
  }
  const { openGate } = await import("./open-gate.ts");
  return openGate({ ...values, ports }, world);
}
