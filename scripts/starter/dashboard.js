import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { readStamp } from "./dependencies.js";
import { withInstallLock } from "./install-lock.js";
import { say } from "./say.js";

/**
 * Builds `dashboard/` into `dist/dashboard` if it is missing there or older than its sources. A failure is told and
 * passed over: the gateway serves without its dashboard.
 *
 * @param {string} root
 * @param {string} node
 */
export async function ensureDashboard(root, node) {
  if (!existsSync(join(root, "dashboard/index.html"))) return;
  const stamp = join(root, "node_modules/.sallyport-dashboard");
  const sources = hashOf(root);
  const isBuilt = () => existsSync(join(root, "dist/dashboard/index.html")) && readStamp(stamp) === sources;
  if (isBuilt()) return;
  await withInstallLock(root, async () => {
    if (isBuilt()) return;
    say("building the dashboard (once) ...");
    if (await vite(root, node)) writeFileSync(stamp, sources);
    else say("the dashboard could not be built; starting without it.");
  });
}

/** @param {string} root @param {string} node @returns {Promise<boolean>} whether the build succeeded */
function vite(root, node) {
  const args = [join(root, "node_modules/vite/bin/vite.js"), "build", "dashboard", "--logLevel", "error"];
  return new Promise((resolve) => {
    const child = spawn(node, args, { cwd: root, stdio: ["ignore", 2, 2] });
    child.once("error", () => resolve(false));
    child.once("exit", (code) => resolve(code === 0));
  });
}

/** One hash of every source file of the dashboard and of the tools that build it. @param {string} root */
function hashOf(root) {
  const hash = createHash("sha256");
  hash.update(readFileSync(join(root, "package-lock.json")));
  for (const file of filesIn(join(root, "dashboard"))) hash.update(file).update(readFileSync(file));
  return hash.digest("hex");
}

/** @param {string} folder @returns {Generator<string>} */
function* filesIn(folder) {
  const entries = readdirSync(folder, { withFileTypes: true });
  entries.sort((a, b) => (a.name < b.name ? -1 : 1));
  for (const entry of entries) {
    if (entry.name === "node_modules" || entry.name.startsWith(".")) continue;
    const path = join(folder, entry.name);
    if (entry.isDirectory()) yield* filesIn(path);
    else if (entry.isFile()) yield path;
  }
}
