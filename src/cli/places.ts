import { existsSync, readFileSync, realpathSync } from "node:fs";
import { join, resolve, sep } from "node:path";
import { pathToFileURL } from "node:url";

/** Sources run as they are (`src/cli/*.ts`), the package runs what was built (`dist/src/cli/*.js`); both find their parts here. */
const isSource = import.meta.filename.endsWith(".ts");
const root = isSource ? join(import.meta.dirname, "../..") : join(import.meta.dirname, "../../..");

/** The version of the package. */
export function version(): string {
  const manifest: unknown = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  return typeof manifest === "object" && manifest !== null && "version" in manifest
    ? String(manifest.version)
    : "0.0.0";
}

/** The built dashboard; `undefined` when it has not been built. */
export function dashboardDirectory(): string | undefined {
  const directory = join(root, "dist/dashboard");
  return existsSync(join(directory, "index.html")) ? directory : undefined;
}

/** The program of the sandbox's own thread. */
export const sandboxEntry = (): URL =>
  pathToFileURL(isSource ? join(root, "sandbox/thread.ts") : join(root, "dist/sandbox/thread.js"));

/** What a gateway loads of this package and of those it needs; directories end in a separator. */
export function packageParts(): readonly string[] {
  const own = isSource ? ["src", "sandbox", "dist/dashboard"] : ["dist"];
  const shared = `${sep}node_modules${sep}`;
  const at = root.indexOf(shared);
  const parts = [...own, "node_modules"].map((part) => join(root, part));
  // In a working copy the packages may be a link to those of another.
  const real = parts.filter((part) => existsSync(part)).map((part) => realpathSync(part));
  const folders = [...parts, ...real].map((part) => join(part, sep));
  return [join(root, "package.json"), ...folders, ...(at < 0 ? [] : [root.slice(0, at + shared.length)])];
}

/** The configuration file: the one named, else `sallyport.yaml` here if there is one. */
export function configFile(named: string | undefined, cwd: string): string | undefined {
  if (named !== undefined) return resolve(cwd, named);
  const usual = join(cwd, "sallyport.yaml");
  return existsSync(usual) ? usual : undefined;
}
