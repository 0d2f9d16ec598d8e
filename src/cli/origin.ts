import { configFromEnvironment, demoConfig, sandboxName } from "../config/from-environment.ts";
import { type ParseWorld, parseConfig } from "../config/parse.ts";
import { GatewayError } from "../kernel/errors.ts";
import { startSandboxChild } from "../platform/child/index.ts";
import { createFileConfig, readTextFile } from "../platform/file-config/index.ts";
import { systemTimer } from "../platform/system/index.ts";
import { configError, type Origin } from "./boot.ts";
import { knownProviders } from "./catalog.ts";
import { findLocalServers } from "./local-servers.ts";
import { configFile, sandboxEntry } from "./places.ts";
import type { World } from "./world.ts";

const secretBytesMax = 65_536;

/** A configuration to start with, and what to say of it. */
export interface FoundOrigin {
  readonly origin: Origin;
  /** Where the configuration is from, in one line. */
  readonly summary: string;
  /** A model for the printed `curl`. */
  readonly sampleModel: string | undefined;
  readonly stopSandbox: () => void;
}

/** What parsing a configuration may ask of this machine. */
export function parseWorld(world: World): ParseWorld {
  return {
    env: (name) => world.env[name],
    readFile: (path) => readTextFile(path, secretBytesMax),
    catalog: knownProviders(),
  };
}

/**
 * Finds the configuration: the file that is named or lies here; else provider keys in the environment and local servers;
 * else the sandbox.
 * @throws GatewayError `malformed_request` with every problem of the file and its place.
 */
export async function findOrigin(named: string | undefined, world: World): Promise<FoundOrigin> {
  const file = configFile(named, world.cwd);
  const parsing = parseWorld(world);
  if (file !== undefined) return fromFile(file, parsing);
  const local = await findLocalServers();
  const found = configFromEnvironment({ env: parsing.env, catalog: parsing.catalog, local });
  if (found.kind === "found") {
    const first = Object.values(found.config.providers)[0];
    const name = local.find(({ known }) => known === first?.id)?.models[0];
    return {
      origin: { mode: "environment", config: found.config, files: [], source: undefined, world: parsing },
      summary: `Providers: ${found.found.map(({ provider, by }) => `${provider} (${by})`).join(", ")}. No configuration file.`,
      sampleModel: name === undefined ? undefined : `${first?.id}/${name}`,
      stopSandbox: () => undefined,
    };
  }
  const child = await startSandboxChild(sandboxEntry());
  return {
    origin: { mode: "demo", config: demoConfig(child.url), files: [], source: undefined, world: parsing },
    summary:
      "Demo mode: no provider key was found, so the built-in sandbox answers. Nothing leaves this machine.",
    sampleModel: `${sandboxName}/swift`,
    stopSandbox: child.stop,
  };
}

async function fromFile(file: string, given: ParseWorld): Promise<FoundOrigin> {
  const { source, readReference } = createFileConfig(file, systemTimer);
  const reading = await source.read();
  if (reading.kind === "unreadable") {
    const message = `the configuration file ${file} cannot be read: ${reading.reason}`;
    throw new GatewayError("malformed_request", message, { message });
  }
  const world: ParseWorld = { ...given, readFile: readReference };
  const parsed = parseConfig(reading.text, world);
  if (parsed.kind === "invalid") throw configError(file, parsed.problems);
  return {
    origin: { mode: "file", config: parsed.config, files: parsed.files, source, world },
    summary: `Configuration: ${file}`,
    sampleModel: Object.keys(parsed.config.models)[0],
    stopSandbox: () => undefined,
  };
}
