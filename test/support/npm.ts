import { execFile } from "node:child_process";
import { mkdtempSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";

/** The oldest line of Node that is supported. */
export const oldestNode = "24.21.0";

const env = {
  ...withoutNpm(process.env),
  npm_config_ignore_scripts: "true",
  npm_config_prefer_offline: "true",
};

/** Runs npm without install scripts. */
export async function npm(cwd: string, args: readonly string[]): Promise<void> {
  await promisify(execFile)("npm", args, { cwd, env });
}

/** The program of the oldest Node, fetched into `folder`; `undefined`, said aloud, where it cannot be, which under `CI=true` is a failure. */
export async function fetchOldestNode(folder: string): Promise<string | undefined> {
  const name = `node-linux-${process.arch}`;
  const place = mkdtempSync(join(folder, "node-"));
  try {
    writeFileSync(join(place, "package.json"), `{ "private": true }`);
    await npm(place, ["install", "--no-audit", "--no-fund", `${name}@${oldestNode}`]);
    return join(place, "node_modules", name, "bin/node");
  } catch (error) {
    if (process.env["CI"] === "true") throw error;
    console.warn(`skipped: ${name}@${oldestNode} cannot be fetched (${String(error)})`);
    return undefined;
  }
}

/** The environment without what an `npm test` around us was asked to do. */
function withoutNpm(given: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(
    Object.entries(given).filter(([name]) => !/^npm_(?!config_(registry|userconfig|cache)$)/i.test(name)),
  );
}
