import { existsSync, readdirSync, readFileSync, statfsSync, statSync } from "node:fs";
import { join } from "node:path";
import { isLoopback } from "../config/listeners.ts";
import { parseConfig } from "../config/parse.ts";
import { isJsonObject, type Json } from "../kernel/json.ts";
import { createFileConfig } from "../platform/file-config/index.ts";
import { canBecome } from "../platform/permission/index.ts";
import { systemTimer } from "../platform/system/index.ts";
import { adminClient } from "./admin-client.ts";
import { commandLines } from "./command-lines.ts";
import { dataDirectory } from "./data-directory.ts";
import { type InstallationFacts, judgeInstallation } from "./judge-installation.ts";
import { readOptions } from "./options.ts";
import { parseWorld } from "./parse-world.ts";
import { configFile } from "./places.ts";
import type { World } from "./world.ts";

/** `sallyport doctor`: says what of this installation is wrong, and what is weak. 0: nothing is wrong, 1: something is. */
export async function doctor(args: readonly string[], world: World): Promise<number> {
  const { values } = readOptions(args, commandLines.doctor);
  const directory = dataDirectory({ named: values["data-dir"], config: values.config }, world);
  const file = configFile(values.config, world.cwd);
  const findings = judgeInstallation({
    node: process.versions.node,
    hasPermissionMode: canBecome(),
    permissionMode: await runningMode(directory),
    nodeOptions: world.env["NODE_OPTIONS"] ?? "",
    isCoreDumped: isCoreDumped(),
    open: process.platform === "win32" ? [] : openToOthers(directory),
    isSealingKeyBesideData: existsSync(join(directory, "kek")) && world.env["SALLYPORT_KEK"] === undefined,
    freeBytes: freeBytes(existsSync(directory) ? directory : world.cwd),
    config: file === undefined ? undefined : await configFacts(file, world),
  });
  const isWell = findings.every(({ level }) => level !== "wrong");
  if (values.json === true) world.stdout(`${JSON.stringify({ directory, isWell, findings })}\n`);
  else {
    for (const { level, message } of findings) world.stdout(`${level.padEnd(5)}  ${message}\n`);
    world.stdout(isWell ? "Nothing is wrong.\n" : "Something is wrong.\n");
  }
  return isWell ? 0 : 1;
}

async function runningMode(directory: string): Promise<InstallationFacts["permissionMode"]> {
  const stats = await adminClient(directory)?.call("GET", "/stats");
  const mode = memberOf(memberOf(memberOf(stats, "gateway"), "process"), "permissionMode");
  return mode === "on" || mode === "off" ? mode : undefined;
}

function memberOf(value: Json | undefined, name: string): Json | undefined {
  return value !== undefined && isJsonObject(value) ? value[name] : undefined;
}

async function configFacts(file: string, world: World): Promise<InstallationFacts["config"]> {
  const { source, readReference } = createFileConfig(file, systemTimer);
  const reading = await source.read();
  const broken = { literals: [], isDataInClear: false, isAdminRemote: false, areKeysRequired: true };
  if (reading.kind === "unreadable") return { ...broken, problems: 1 };
  const parsed = parseConfig(reading.text, { ...parseWorld(world), readFile: readReference });
  if (parsed.kind === "invalid") return { ...broken, problems: parsed.problems.length };
  const { server, admin, keys } = parsed.config;
  return {
    problems: 0,
    literals: parsed.written.literals,
    isDataInClear: !isLoopback(server.host) && server.tls === undefined,
    isAdminRemote: !isLoopback(admin.host),
    areKeysRequired: keys.required,
  };
}

/** The directory itself, and what lies in it. */
function openToOthers(directory: string): InstallationFacts["open"] {
  if (!existsSync(directory)) return [];
  const paths = [directory, ...readdirSync(directory).map((name) => join(directory, name))];
  return paths
    .map((path) => ({ path, mode: (statSync(path, { throwIfNoEntry: false })?.mode ?? 0) & 0o777 }))
    .filter(({ mode }) => (mode & 0o077) !== 0);
}

/** Only Linux tells. */
function isCoreDumped(): boolean {
  try {
    const limits = readFileSync("/proc/self/limits", "utf8");
    return !/^Max core file size\s+0\s/m.test(limits);
  } catch {
    return false;
  }
}

function freeBytes(directory: string): number | undefined {
  try {
    const { bavail, bsize } = statfsSync(directory);
    return bavail * bsize;
  } catch {
    return undefined;
  }
}
