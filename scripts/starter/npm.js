import { spawn } from "node:child_process";
import { existsSync, realpathSync } from "node:fs";
import { basename, delimiter, dirname, join } from "node:path";
import { StartError } from "./say.js";

/**
 * Runs `npm ci --ignore-scripts` in `folder`, npm itself under `node`: under an older Node npm silently leaves out
 * optional packages (the platform binaries of build tools) whose `engines` do not fit.
 *
 * @param {string} node
 * @param {string} folder
 * @returns {Promise<boolean>} whether it succeeded; npm has said why not
 * @throws {StartError} if npm is not installed
 */
export function npmCi(node, folder) {
  const cli = findNpm();
  const flags = [
    "--ignore-scripts",
    "--include=dev",
    "--no-audit",
    "--no-fund",
    "--no-update-notifier",
    "--loglevel=error",
  ];
  const args = [cli, "ci", "--prefix", folder, ...flags];
  return new Promise((resolve, reject) => {
    const child = spawn(node, args, { cwd: folder, env: npmEnvironment(cli), stdio: ["ignore", 2, 2] });
    child.once("error", reject);
    child.once("exit", (code) => resolve(code === 0));
  });
}

/** npm's own program: of the npm that started us, beside this Node, or behind the `npm` of the PATH. */
function findNpm() {
  const found = [...candidates()].find((file) => basename(file) === "npm-cli.js" && existsSync(file));
  if (found === undefined)
    throw new StartError("npm was not found. Install npm, or start through `npm start`.");
  return found;
}

function* candidates() {
  const started = process.env["npm_execpath"];
  if (started) yield join(dirname(started), basename(started).replace("npx-cli.js", "npm-cli.js"));
  const besideNode = dirname(process.execPath);
  yield join(besideNode, "../lib/node_modules/npm/bin/npm-cli.js");
  yield join(besideNode, "node_modules/npm/bin/npm-cli.js");
  for (const folder of (process.env["PATH"] ?? "").split(delimiter)) {
    const npm = join(folder, "npm");
    if (folder === "" || !existsSync(npm)) continue;
    yield realpathSync(npm);
    yield join(folder, "node_modules/npm/bin/npm-cli.js");
  }
}

/** What npm may inherit of a run inside `npm start` or `npx`: where packages come from, not what that run was asked to do. */
const kept =
  /^npm_config_(registry|userconfig|globalconfig|cache|cafile|ca|proxy|https_proxy|noproxy|strict_ssl|fetch_\w+|prefer_offline|offline|\/\/.*|@.*)$/i;

/** @param {string} cli */
function npmEnvironment(cli) {
  const env = Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !/^npm_/i.test(name) || kept.test(name)),
  );
  // Debian splits npm into packages that only Debian's own Node finds.
  if (cli.startsWith("/usr/share/nodejs/")) env["NODE_PATH"] = "/usr/share/nodejs:/usr/lib/nodejs";
  return env;
}
