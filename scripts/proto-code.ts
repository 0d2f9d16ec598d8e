import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { globSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "./tools.ts";

/** Which `.proto` files become which TypeScript; folders from the root. */
export const protoFolders: readonly { readonly from: string; readonly to: string }[] = [
  { from: "proto", to: "src/platform/protobuf/generated" },
  { from: "test/support/proto", to: "test/support/generated" },
];

/** Beside the generated code: what it was made from. */
export const digestFile = "sources.sha256";

/** SHA-256 of the `.proto` files of one folder, their names included. */
export function digestOf(from: string): string {
  const hash = createHash("sha256");
  const cwd = join(root, from);
  for (const file of globSync("**/*.proto", { cwd }).toSorted())
    hash.update(`${file.replaceAll("\\", "/")}\n`).update(readFileSync(join(cwd, file), "utf8"));
  return hash.digest("hex");
}

/** buf is no dependency: its package runs a script when it is installed, which it does well without. */
export function buf(args: readonly string[]): Promise<boolean> {
  const options = ["--yes", "--ignore-scripts", "--package", "@bufbuild/buf@1.75.0"];
  return new Promise((resolve, reject) => {
    const child = spawn("npx", [...options, "buf", ...args], {
      cwd: root,
      stdio: ["ignore", "inherit", "inherit"],
    });
    child.once("error", reject);
    child.once("exit", (code) => resolve(code === 0));
  });
}

/** Writes the TypeScript of the `.proto` files of one folder, and what it was made from. Whether it went well. */
export async function writeCode(from: string, to: string): Promise<boolean> {
  const template = {
    version: "v2",
    plugins: [
      {
        local: [process.execPath, "node_modules/@bufbuild/protoc-gen-es/bin/protoc-gen-es"],
        out: ".",
        opt: ["target=ts", "import_extension=ts", "erasable_syntax=true"],
      },
    ],
  };
  const isWritten = await buf(["generate", from, "--template", JSON.stringify(template), "--output", to]);
  if (isWritten) writeFileSync(join(to, digestFile), `${digestOf(from)}\n`);
  return isWritten;
}
