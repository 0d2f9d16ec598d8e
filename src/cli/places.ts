import { existsSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";

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

/** The program of the sandbox's own process. */
export const sandboxEntry = (): string =>
  isSource ? join(root, "sandbox/child.ts") : join(root, "dist/sandbox/child.js");

/** The configuration file: the one named, else `sallyport.yaml` here if there is one. */
export function configFile(named: string | undefined, cwd: string): string | undefined {
  if (named !== undefined) return resolve(cwd, named);
  const usual = join(cwd, "sallyport.yaml");
  return existsSync(usual) ? usual : undefined;
}
