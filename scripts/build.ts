import { chmodSync, cpSync, existsSync, rmSync } from "node:fs";
import { join } from "node:path";
import { node, root } from "./tools.ts";

/**
 * Compiles what is published into `out`: the gateway and the sandbox as JavaScript, the dashboard as files to serve.
 *
 * @param out The folder that becomes `dist`; emptied first.
 * @returns Whether all of it was built; the tools have said what was wrong.
 */
export async function build(out: string): Promise<boolean> {
  rmSync(out, { recursive: true, force: true });
  const compiled = await node("typescript/bin/tsc", ["-p", "tsconfig.build.json", "--outDir", out]);
  return compiled && (await declareSign(out)) && (await buildDashboard(join(out, "dashboard")));
}

/** The types of `sallyport/sign`, the one thing that programs import: it leans on no other file. */
async function declareSign(out: string): Promise<boolean> {
  const types = join(out, "types");
  const declared = await node("typescript/bin/tsc", ["-p", "tsconfig.sign.json", "--outDir", types]);
  if (declared) cpSync(join(types, "src/sign.d.ts"), join(out, "src/sign.d.ts"));
  rmSync(types, { recursive: true, force: true });
  return declared;
}

async function buildDashboard(out: string): Promise<boolean> {
  if (!existsSync(join(root, "dashboard/index.html"))) return true;
  return node("vite/bin/vite.js", [
    "build",
    "dashboard",
    "--outDir",
    out,
    "--emptyOutDir",
    "--logLevel",
    "warn",
  ]);
}

/**
 * Lays down in `folder` exactly what the tarball of a release holds, apart from this tree: `npm pack` there packs it.
 * (Here it would run into `ignore-scripts`, and would disturb whoever uses `dist`.)
 *
 * @returns Whether it could be built.
 */
export async function stageRelease(folder: string): Promise<boolean> {
  const files = ["package.json", "bin", "proto", "README.md", "LICENSE", "CHANGELOG.md", "SECURITY.md"];
  for (const file of files)
    if (existsSync(join(root, file))) cpSync(join(root, file), join(folder, file), { recursive: true });
  chmodSync(join(folder, "bin/sallyport.js"), 0o755);
  return build(join(folder, "dist"));
}
