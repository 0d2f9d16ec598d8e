/**
 * The starter of every package script: `node scripts/node.js <script> [arguments]`, on whatever Node >= 18 is there.
 *
 *   1. takes a Node that fits: $SALLYPORT_NODE, this one, the pinned one of tooling/node, or fetches the pinned one
 *   2. installs the dependencies if they are missing or belong to another package-lock.json
 *   3. builds the dashboard if `start` would have none to serve
 *   4. becomes that Node running <script>
 *
 * Without dependencies and in plain JavaScript, since it runs before anything else is there. Everything it says goes
 * to stderr: stdout belongs to the script. See CONTRIBUTING.md.
 */
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { becomeNode } from "./starter/become.js";
import { ensureDashboard } from "./starter/dashboard.js";
import { ensureDependencies } from "./starter/dependencies.js";
import { ensureNode } from "./starter/pinned-node.js";
import { StartError } from "./starter/say.js";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");

/** @param {string | undefined} script @param {readonly string[]} args */
async function start(script, args) {
  if (script === undefined) throw new StartError("usage: node scripts/node.js <script> [arguments]");
  const node = await ensureNode(root);
  await ensureDependencies(root, node);
  if (script === "src/main.ts" && (args[0] ?? "start") === "start") await ensureDashboard(root, node);
  becomeNode(node, [join(root, script), ...args]);
}

try {
  await start(process.argv[2], process.argv.slice(3));
} catch (error) {
  if (!(error instanceof StartError)) throw error;
  console.error(`sallyport: ${error.message}`);
  process.exitCode = 1;
}
