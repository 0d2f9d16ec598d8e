import { mkdtempSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { answering, type Processes } from "./processes.ts";
import type { SystemUnderTest } from "./system-under-test.ts";

export interface StartedSallyport extends SystemUnderTest {
  readonly name: "sallyport";
  readonly adminUrl: string;
  readonly adminToken: string;
  /** From the start of the process to its line on stdout, in milliseconds. */
  readonly startMs: number;
}

/** Compiles what would be published: that is what users run, and what is measured. */
export async function buildSallyport(processes: Processes): Promise<void> {
  await processes.run({
    program: process.execPath,
    args: [join(import.meta.dirname, "../scripts/run.ts"), "build"],
    core: 1,
  });
}

/** Starts the gateway of this tree, as built, with every door on: client key, prices, request log in the store, metrics. */
export function startSallyport(
  processes: Processes,
  folder: string,
  upstream: string,
): Promise<StartedSallyport> {
  return startGateway(
    processes,
    folder,
    `server:
  limits:
    connectionsPerClientMax: 5000   # all load comes from one address
overload:
  ingress: { delayMax: off }   # what it can do is measured, not what it refuses
providers:
  mock:
    dialect: openai-chat
    baseUrl: ${upstream}/v1
    models: ["*"]
    key: \${BENCH_UPSTREAM_KEY}
pricing:
  rows:
    - match: { provider: mock, model: "*" }
      usdPerMillion: { input: 1, output: 2 }
      source: bench
`,
  );
}

/** Starts the gateway of this tree, as built, in a new data directory. */
export async function startGateway(
  processes: Processes,
  folder: string,
  configText: string,
): Promise<StartedSallyport> {
  const dataDir = mkdtempSync(join(folder, "sallyport-"));
  const config = join(dataDir, "sallyport.yaml");
  writeFileSync(config, configText);
  const began = performance.now();
  const running = await processes.start({
    program: process.execPath,
    args: [
      join(import.meta.dirname, "../dist/src/main.js"),
      ...["start", "--json", "--port", "0", "--admin-port", "0"],
      ...["--data-dir", join(dataDir, "data"), "--config", config],
    ],
    core: 0,
    env: { BENCH_UPSTREAM_KEY: "bench-upstream-key" },
  });
  const ready: unknown = JSON.parse(await running.line());
  const startMs = performance.now() - began;
  const text = (name: string): string => {
    const value: unknown = typeof ready === "object" && ready !== null ? Reflect.get(ready, name) : undefined;
    if (typeof value !== "string") throw new Error(`the gateway's first line has no \`${name}\``);
    return value;
  };
  await answering(text("url"));
  return {
    name: "sallyport",
    pid: running.pid,
    url: text("url"),
    headers: { authorization: `Bearer ${text("clientKey")}` },
    adminUrl: text("adminUrl"),
    adminToken: text("adminToken"),
    startMs,
    end: running.end,
  };
}
