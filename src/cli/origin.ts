import { configFromEnvironment, demoConfig } from "../config/from-environment.ts";
import type { Origin } from "./boot.ts";
import { fromFile, type IfBroken } from "./file-origin.ts";
import { findLocalServers } from "./local-servers.ts";
import { parseWorld } from "./parse-world.ts";
import { configFile } from "./places.ts";
import { startSandboxThread } from "./sandbox-thread.ts";
import type { World } from "./world.ts";

/** A configuration to start with, and what to say of it. */
export interface FoundOrigin {
  readonly origin: Origin;
  /** Where the configuration is from, in one line. */
  readonly summary: string;
  /** What the operator must know before anything else. */
  readonly warning: string | undefined;
  readonly stopSandbox: () => void;
}

/**
 * Finds the configuration: the file that is named or lies here; else provider keys in the environment and local servers;
 * else the sandbox.
 * @throws GatewayError `malformed_request` with every problem of the file and its place.
 */
export async function findOrigin(
  named: string | undefined,
  world: World,
  ifBroken: IfBroken = { isStrict: true },
): Promise<FoundOrigin> {
  const file = configFile(named, world.cwd);
  if (file === undefined) return fromSurroundings(world);
  const found = await fromFile(file, ifBroken, world);
  const summary =
    found.warning === undefined ? `Configuration: ${file}` : `LAST GOOD configuration of ${file}`;
  return { ...found, summary, stopSandbox: () => undefined };
}

async function fromSurroundings(world: World): Promise<FoundOrigin> {
  const parsing = parseWorld(world);
  const base = { files: [], source: undefined, world: parsing, written: undefined, problems: [] };
  const local = await findLocalServers();
  const found = configFromEnvironment({ env: parsing.env, catalog: parsing.catalog, local });
  const warning =
    found.ignored.length === 0
      ? undefined
      : `${found.ignored.join(", ")} cannot be a key (not visible ASCII without spaces) and is left alone`;
  if (found.kind === "found") {
    const names = found.found.map(({ provider, by }) => `${provider} (${by})`).join(", ");
    return {
      origin: { ...base, mode: "environment", config: found.config },
      summary: `Providers: ${names}. No configuration file.`,
      warning,
      stopSandbox: () => undefined,
    };
  }
  const sandbox = await startSandboxThread();
  return {
    origin: { ...base, mode: "demo", config: demoConfig(sandbox.url, parsing.catalog) },
    summary:
      "Demo mode: no provider key was found, so the built-in sandbox answers. Nothing leaves this machine.",
    warning,
    stopSandbox: sandbox.stop,
  };
}
