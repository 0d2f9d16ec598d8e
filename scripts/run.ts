/**
 * The tasks of the project: `npm run <task>`, or `node scripts/node.js scripts/run.ts <task> [arguments]`.
 * Arguments go to the last tool: `npm test -- src/kernel`, `npm run bench -- --help`.
 */
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { build } from "./build.ts";
import { countTests, plainLine } from "./test-counts.ts";
import { node, root } from "./tools.ts";

type Task = (args: readonly string[]) => Promise<boolean>;

const fast = ["unit", "contracts", "scenarios"];

const tasks: Readonly<Record<string, Task>> = {
  test: (args) => test(fast, args),
  "test:all": (args) => test([...fast, "conformance"], args),
  check,
  format: () => node("@biomejs/biome/bin/biome", ["check", "--write"]),
  build: () => build(join(root, "dist")),
  bench: (args) => node("./bench/run.ts", args),
  failover: (args) => node("./bench/failover.ts", args),
  eval: (args) => node("./bench/eval/run.ts", args),
  docs: (args) => node("./scripts/docs.ts", args),
  proto: (args) => node("./scripts/proto.ts", args),
};

/** Runs the tests of some projects. The last line of the output is the plain line of the counts. */
async function test(projects: readonly string[], args: readonly string[]): Promise<boolean> {
  const folder = mkdtempSync(join(tmpdir(), "sallyport-test-"));
  const report = join(folder, "report.json");
  const reporters = ["--reporter=default", "--reporter=json", `--outputFile.json=${report}`];
  try {
    const ok = await node("vitest/vitest.mjs", [
      "run",
      ...projects.flatMap((name) => ["--project", name]),
      ...reporters,
      ...args,
    ]);
    const counts = countTests(existsSync(report) ? JSON.parse(readFileSync(report, "utf8")) : undefined);
    // An error outside every test (a rejection nobody caught) fails the run: it counts as one.
    console.log(plainLine(ok || counts.failed > 0 ? counts : { ...counts, failed: 1 }));
    return ok && counts.passed > 0;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Everything that must hold before a commit, short of the tests. Goes on after a failure: one run shows all of them. */
async function check(): Promise<boolean> {
  const steps: readonly (readonly [name: string, run: () => Promise<boolean>])[] = [
    ["format", () => node("@biomejs/biome/bin/biome", ["ci"])],
    ["lint", () => node("oxlint/bin/oxlint", [])],
    ["types", checkTypes],
    [
      "architecture",
      () => node("vitest/vitest.mjs", ["run", "--project", "unit", "test/architecture", "--reporter=dot"]),
    ],
    ["unused", () => node("knip/bin/knip.js", [])],
  ];
  const failed: string[] = [];
  for (const [name, run] of steps) {
    console.log(`\n== ${name}`);
    if (!(await run())) failed.push(name);
  }
  console.log(failed.length === 0 ? "\ncheck: all in order" : `\ncheck: failed in ${failed.join(", ")}`);
  return failed.length === 0;
}

async function checkTypes(): Promise<boolean> {
  const projects = ["tsconfig.json", "tsconfig.build.json", "dashboard/tsconfig.json"].filter((file) =>
    existsSync(join(root, file)),
  );
  const answers: boolean[] = [];
  for (const project of projects) answers.push(await node("typescript/bin/tsc", ["-p", project, "--noEmit"]));
  return !answers.includes(false);
}

const [name = "", ...args] = process.argv.slice(2);
const task = Object.hasOwn(tasks, name) ? tasks[name] : undefined;
if (task === undefined) {
  console.error(`usage: npm run ${Object.keys(tasks).join("|")}`);
  process.exitCode = 2;
} else {
  process.exitCode = (await task(args)) ? 0 : 1;
}
