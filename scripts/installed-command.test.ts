import { execFile } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { root } from "./tools.ts";

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "sallyport-installed-"));
  cpSync(join(root, "bin"), join(folder, "bin"), { recursive: true });
  mkdirSync(join(folder, "dist/src"), { recursive: true });
  writeFileSync(
    join(folder, "dist/src/main.js"),
    "export const main = async (args) => (console.log(args.join()), 5);",
  );
});
afterEach(() => rmSync(folder, { recursive: true }));

function run(engines: string, args: readonly string[]) {
  writeFileSync(
    join(folder, "package.json"),
    JSON.stringify({ type: "module", version: "1.2.3", engines: { node: engines } }),
  );
  const command = [join(folder, "bin/sallyport.js"), ...args];
  return new Promise((resolve) => {
    const child = execFile(process.execPath, command, (_, stdout, stderr) =>
      resolve({ code: child.exitCode, stdout, stderr }),
    );
  });
}

describe("bin/sallyport.js", () => {
  it("hands its arguments to main, and ends with the exit code of main", async () => {
    expect(await run(">=24.11", ["start", "--json"])).toEqual({
      code: 5,
      stdout: "start,--json\n",
      stderr: "",
    });
  });

  it("on a Node that is too old says one line with the command that works, and exits 1", async () => {
    expect(await run(">=99.0", ["start"])).toEqual({
      code: 1,
      stdout: "",
      stderr: expect.stringMatching(
        /^sallyport needs Node >=99\.0, .*npx -y -p node-\S+@\d+\.\d+\.\d+ -p sallyport@1\.2\.3 sallyport\n$/,
      ),
    });
  });
});
