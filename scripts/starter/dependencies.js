import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { withInstallLock } from "./install-lock.js";
import { npmCi } from "./npm.js";
import { StartError, say } from "./say.js";

/**
 * Sees to it that `node_modules` is what `package-lock.json` says: installs when there is none, or when the stamp that
 * the last installation left in it names another lockfile.
 *
 * @param {string} root
 * @param {string} node the Node that npm runs under
 * @throws {StartError} with the command for later, if npm fails
 */
export async function ensureDependencies(root, node) {
  const stamp = join(root, "node_modules/.sallyport-lock");
  const lockfile = createHash("sha256")
    .update(readFileSync(join(root, "package-lock.json")))
    .digest("hex");
  if (readStamp(stamp) === lockfile) return;
  await withInstallLock(root, async () => {
    if (readStamp(stamp) === lockfile) return;
    say(
      "installing the dependencies of package-lock.json into node_modules (once; no install scripts run) ...",
    );
    rmSync(stamp, { force: true });
    if (!(await npmCi(node, root))) {
      throw new StartError(
        "could not install the dependencies. When the network is back, run: npm ci --ignore-scripts",
      );
    }
    mkdirSync(join(root, "node_modules"), { recursive: true });
    writeFileSync(stamp, lockfile);
  });
}

/**
 * The stamp that an earlier run left in `file`; undefined if none.
 *
 * @param {string} file
 */
export function readStamp(file) {
  try {
    return readFileSync(file, "utf8").trim();
  } catch {
    return undefined;
  }
}
