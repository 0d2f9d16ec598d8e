import { digestOf } from "../kernel/murmur3.ts";
import { Secret } from "../kernel/secret.ts";
import { type Path, printPath } from "./path.ts";
import type { Config } from "./schema.ts";

/** One difference between two configurations; as `gateway/control.ts` and the admin API show it. */
export interface ConfigChange {
  /** As in the file: `providers.openai.key`. */
  readonly path: string;
  readonly kind: "added" | "removed" | "changed";
  /** Printed values; secrets are shown as `***`. */
  readonly before: string | null;
  readonly after: string | null;
  /** Whether the running process goes on with the old value until it is started again. */
  readonly needsRestart: boolean;
}

/** What is fixed while a process runs: a path here stands for all below it. */
const restartOnly: readonly string[] = [
  "server.host",
  "server.port",
  "server.limits",
  "server.tls",
  "server.http2",
  "server.trustedProxies",
  "server.proxyProtocol",
  "admin",
  "dataDir",
  "log",
  "audit",
];
/** Below `restartOnly`, what is read anew with each request all the same. */
const reloadable: readonly string[] = ["server.limits.bodyBytesMax", "server.limits.headersMax"];

/** All differences, in the order of the new configuration; what is there on one side only is one difference. */
export function diffConfigs(before: Config, after: Config): readonly ConfigChange[] {
  return [...compare(briefly(before), briefly(after), []), ...compareOrder(before, after)];
}

/** `next` with all that needs a restart as it is now: what a running process can take of `next`. */
export function keepUntilRestart(running: Config, next: Config): Config {
  const { headersMax, bodyBytesMax } = next.server.limits;
  const { hosts, forwarded, shutdownDelayMs, drainTimeoutMs } = next.server;
  return {
    ...next,
    server: {
      ...running.server,
      hosts,
      forwarded,
      shutdownDelayMs,
      drainTimeoutMs,
      limits: { ...running.server.limits, headersMax, bodyBytesMax },
    },
    admin: running.admin,
    dataDir: running.dataDir,
    log: running.log,
    audit: running.audit,
  };
}

/** The configuration as it may be shown: plain JSON values, each secret as `***`. */
export function showConfig(config: Config): unknown {
  return JSON.parse(JSON.stringify(briefly(config)));
}

/** Files of whole schemas are told by digest and size, in characters. */
function briefly(config: Config): unknown {
  if (config.graphqlFiles === undefined) return config;
  const files = Object.entries(config.graphqlFiles).map(([name, text]) => [
    name,
    { digest: digestOf(text), size: text.length },
  ]);
  return { ...config, graphqlFiles: Object.fromEntries(files) };
}

function compare(before: unknown, after: unknown, path: Path): readonly ConfigChange[] {
  if (isSame(before, after)) return [];
  if (isMap(before) && isMap(after)) {
    const names = [...new Set([...Object.keys(after), ...Object.keys(before)])];
    return names.flatMap((name) => compare(before[name], after[name], [...path, name]));
  }
  const kind = before === undefined ? "added" : after === undefined ? "removed" : "changed";
  const printed = printPath(path);
  return [
    { path: printed, kind, before: print(before), after: print(after), needsRestart: needsRestart(printed) },
  ];
}

/** The order of providers decides between two that serve the same model, so it is part of the configuration. */
function compareOrder(before: Config, after: Config): readonly ConfigChange[] {
  const earlier = Object.keys(before.providers).filter((name) => Object.hasOwn(after.providers, name));
  const later = Object.keys(after.providers).filter((name) => Object.hasOwn(before.providers, name));
  if (earlier.join() === later.join()) return [];
  return [
    {
      path: "providers",
      kind: "changed",
      before: `in the order ${earlier.join(", ")}`,
      after: `in the order ${later.join(", ")}`,
      needsRestart: false,
    },
  ];
}

function isSame(left: unknown, right: unknown): boolean {
  if (left instanceof Secret || right instanceof Secret)
    return left instanceof Secret && right instanceof Secret && left.equals(right);
  if (Array.isArray(left) && Array.isArray(right)) return JSON.stringify(left) === JSON.stringify(right);
  return left === right;
}

function isMap(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value) && !(value instanceof Secret);
}

function print(value: unknown): string | null {
  if (value === undefined) return null;
  return typeof value === "string" || value instanceof Secret ? String(value) : JSON.stringify(value);
}

/** Whether the value at a printed path is fixed while a process runs. */
export function needsRestart(path: string): boolean {
  const isBelow = (root: string): boolean => path === root || path.startsWith(`${root}.`);
  return restartOnly.some(isBelow) && !reloadable.some(isBelow);
}
