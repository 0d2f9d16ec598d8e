/**
 * What somebody would try whose code runs inside a gateway. Loaded into one by `--import`; once its file of orders is there it
 * tries everything, and writes what came of each into the data directory.
 */
import * as children from "node:child_process";
import {
  copyFileSync,
  existsSync,
  linkSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import * as inspector from "node:inspector";
import { register } from "node:module";
import { join } from "node:path";
import { writeHeapSnapshot } from "node:v8";
import { Worker } from "node:worker_threads";

const data = process.env["HOSTILE_DATA"] ?? "";
const foreign = process.env["HOSTILE_FOREIGN"] ?? "";

const tries: Readonly<Record<string, () => unknown>> = {
  "a program": () => children.spawnSync("id"),
  "a shell": () => children.execSync("id"),
  "a Node of its own": () => children.fork(join(data, "x.mjs")),
  "another program in its place": () => process.execve?.("/bin/true", ["true"], {}),
  "a worker": () => new Worker("0", { eval: true }),
  "a worker without permissions": () => new Worker("0", { eval: true, execArgv: [] }),
  "a hook of modules": () => register(new URL("data:text/javascript,0")),
  "a native add-on": () => process.dlopen({ exports: {} }, join(data, "x.node")),
  "an internal binding": () => Reflect.apply(Reflect.get(process, "binding"), process, ["spawn_sync"]),
  "the inspector": () => inspector.open(0),
  "an inspector session": () => new inspector.Session().connect(),
  "a foreign file": () => readFileSync(join(foreign, "secret"), "utf8"),
  "a foreign directory": () => readdirSync(foreign),
  "whether a file is there": () => existsSync("/etc/passwd"),
  "writing a foreign file": () => writeFileSync(join(foreign, "planted"), "x"),
  "writing into the package": () =>
    writeFileSync(join(process.env["HOSTILE_PACKAGE"] ?? "", "src/planted.ts"), "x"),
  "a link to a foreign file": () => symlinkSync(join(foreign, "secret"), join(data, "link")),
  "another name of a foreign file": () => linkSync(join(foreign, "secret"), join(data, "link")),
  "a copy of a foreign file": () => copyFileSync(join(foreign, "secret"), join(data, "copy")),
  "a heap snapshot elsewhere": () => writeHeapSnapshot(join(foreign, "heap")),
  "a wider prototype of objects": () =>
    Object.defineProperty(Reflect.getPrototypeOf({}) ?? {}, "isAdmin", { value: true }),
  "a wider prototype of lists": () =>
    Object.defineProperty(Reflect.getPrototypeOf([]) ?? {}, "isAdmin", { value: true }),
  "the way by __proto__": () => {
    if (!("__proto__" in {})) throw Object.assign(new Error("it is gone"), { code: "GONE" });
  },
};

function outcomeOf(attempt: () => unknown): string {
  try {
    attempt();
    return "done";
  } catch (thrown) {
    return thrown instanceof Error && "code" in thrown ? String(thrown.code) : String(thrown);
  }
}

// The threads of a gateway load what their process does, too.
const orders = join(data, "orders");
const timer = setInterval(() => {
  if (!existsSync(orders)) return;
  clearInterval(timer);
  const outcomes = Object.entries(tries).map(([name, attempt]) => [name, outcomeOf(attempt)]);
  writeFileSync(join(data, "outcomes.json"), JSON.stringify(Object.fromEntries(outcomes)));
}, 20);
timer.unref();
