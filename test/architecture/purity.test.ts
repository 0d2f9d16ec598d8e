/** The lint that keeps the world out of `src`, tried on files that break it: a check that finds nothing must be able to find. */
import { execFile } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { root } from "./source-files.ts";

const impure = `import { readFileSync } from "node:fs";
export const planted = [
  Date.now(),
  performance.now(),
  Math.random(),
  setTimeout(planted.pop, 1),
  AbortSignal.timeout(1),
  crypto.randomUUID(),
  process.pid,
  console.log(readFileSync),
  fetch("http://127.0.0.1"),
  new URL("http://127.0.0.1"),
];
`;

const files = {
  "src/capabilities/planted/stage.ts": impure,
  "src/kernel/planted.ts": impure,
  "src/platform/planted/planted.ts": impure,
  "src/kernel/planted.test.ts": impure,
  "src/platform/node-server/planted.ts": `export const planted = new URL("http://127.0.0.1");\n`,
  "src/pipeline/habits.ts": `export default function planted(value: any): string {\n  return (value as string[])[0]!;\n}\n`,
  "src/pipeline/one.ts": `import type { Two } from "./two.ts";\nexport interface One { readonly two: Two }\n`,
  "src/pipeline/two.ts": `import type { One } from "./one.ts";\nexport interface Two { readonly one: One }\n`,
};

const folder = mkdtempSync(join(tmpdir(), "sallyport-lint-"));
let found: readonly string[] = [];

beforeAll(async () => {
  for (const name of [".oxlintrc.json", "tsconfig.json"]) cpSync(join(root, name), join(folder, name));
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
  symlinkSync(join(root, "node_modules"), join(folder, "node_modules")); // the lint looks there for its half that knows types
  found = await lint();
});

afterAll(() => rmSync(folder, { recursive: true }));

function lint(): Promise<readonly string[]> {
  const oxlint = join(root, "node_modules/oxlint/bin/oxlint");
  return new Promise((resolve) => {
    execFile(process.execPath, [oxlint, "--format=unix"], { cwd: folder }, (_, stdout) =>
      resolve(stdout.split("\n")),
    );
  });
}

const linesOf = (file: string) => found.filter((line) => line.startsWith(`${file}:`)).join("\n");

describe("the lint", () => {
  it.for(["src/capabilities/planted/stage.ts", "src/kernel/planted.ts"])(
    "names the port for each touch of the world in %s",
    (file) => {
      const lines = linesOf(file);
      const ports = ["clock", "random", "timer", "transport", "logger"].map((name) => `\`${name}\``);
      for (const port of ports) expect(lines).toContain(port);
      for (const touch of [
        "'Date'",
        "'performance'",
        "'Math.random'",
        "'setTimeout'",
        "'AbortSignal.timeout'",
        "'crypto'",
      ])
        expect(lines).toContain(touch);
      for (const touch of ["'process'", "'console'", "'fetch'", "'URL'", "'node:fs'"])
        expect(lines).toContain(touch);
    },
  );

  it.for(["src/platform/planted/planted.ts", "src/kernel/planted.test.ts"])(
    "lets %s touch the world",
    (file) => {
      expect(linesOf(file)).not.toContain("no-restricted");
    },
  );

  it("lets no server parse a request's target by itself", () => {
    expect(linesOf("src/platform/node-server/planted.ts")).toContain("new URL(request.url)");
  });

  it("finds any, `!`, `as`, a default export, and a cycle of types", () => {
    const lines = linesOf("src/pipeline/habits.ts");
    for (const rule of [
      "no-explicit-any",
      "no-non-null-assertion",
      "consistent-type-assertions",
      "no-default-export",
    ]) {
      expect(lines).toContain(rule);
    }
    expect(linesOf("src/pipeline/one.ts") + linesOf("src/pipeline/two.ts")).toContain("no-cycle");
  });
});
