import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { answering, freePort, type Processes } from "./processes.ts";
import type { SystemUnderTest } from "./system-under-test.ts";

/** The peer in the version that the targets were set against. */
export const portkeyVersion = "1.15.2";

/** The peer and what it needs to work at all. */
const installation = {
  private: true,
  dependencies: { "@portkey-ai/gateway": portkeyVersion },
  // With a newer one it answers every stream with 500, `TypeError: immutable`. See Portkey-AI/gateway, issue 1389.
  overrides: { "@hono/node-server": "1.14.1" },
};

/**
 * Installs the peer into a cache folder outside of the tree, without running any install script.
 *
 * @returns The file of its server; `undefined` when it cannot be had, and why is printed.
 */
export async function installPortkey(processes: Processes): Promise<string | undefined> {
  const folder = join(tmpdir(), `sallyport-bench-portkey-${portkeyVersion}-streaming`);
  const server = join(folder, "node_modules/@portkey-ai/gateway/build/start-server.js");
  if (existsSync(server)) return server;
  console.log(`installing Portkey ${portkeyVersion} into a cache folder outside of the project ...`);
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "package.json"), JSON.stringify(installation));
  const flags = ["--ignore-scripts", "--no-audit", "--no-fund", "--prefix", folder];
  try {
    await processes.run({ program: "npm", args: ["install", ...flags], core: 1 });
    return server;
  } catch (error) {
    console.warn(`\nSKIPPED: Portkey cannot be installed; there will be no ratio to it.\n${String(error)}\n`);
    return undefined;
  }
}

/** Starts the peer's Node server in front of `upstream`, as its documentation says: provider and host by headers. */
export async function startPortkey(
  processes: Processes,
  server: string,
  upstream: string,
): Promise<SystemUnderTest> {
  const port = await freePort();
  const running = await processes.start({
    program: process.execPath,
    args: [server, "--headless", `--port=${port}`],
    core: 0,
    env: { NODE_ENV: "production", TRUSTED_CUSTOM_HOSTS: "127.0.0.1,localhost" },
  });
  const url = `http://127.0.0.1:${port}`;
  await answering(url);
  return {
    name: "portkey",
    pid: running.pid,
    url,
    headers: {
      authorization: "Bearer bench-upstream-key",
      "x-portkey-provider": "openai",
      "x-portkey-custom-host": `${upstream}/v1`,
    },
    end: running.end,
  };
}
