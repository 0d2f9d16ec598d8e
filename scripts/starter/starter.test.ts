import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { text } from "node:stream/consumers";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type FakeProject, fakeProject, nodePackage, type StartOptions, writeNode } from "./fake-project.ts";
import { fits } from "./pinned-node.js";

let project: FakeProject;
beforeEach(() => {
  project = fakeProject();
});
afterEach(() => project[Symbol.dispose]());

describe("fits", () => {
  it.for([
    { version: "24.11.0", expected: true },
    { version: "24.10.9", expected: false },
    { version: "20.20.2", expected: false },
    { version: "26.0.0", expected: true },
    { version: "18.99.0", expected: false },
  ])("Node $version for >=24.11: $expected", ({ version, expected }) => {
    expect(fits(version, ">=24.11")).toBe(expected);
  });
});

describe("the Node that runs", () => {
  it("is this one when it fits, without a download", async () => {
    const { stdout } = await project.run(["tell.js", "--json", "x y"]);
    expect(JSON.parse(stdout)).toEqual({ pin: "no", args: ["--json", "x y"] });
    expect(project.npmRuns().map(({ prefix }) => prefix)).toEqual([project.root]);
  });

  it("is the pinned one when this one is too old: fetched once, told on stderr, stdout left to the script", async () => {
    project.needNewerNode();
    const { stdout, stderr, code } = await project.run(["tell.js"]);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toEqual({ pin: "yes", args: [] });
    expect(stderr).toContain(`${nodePackage}@99.1.0`);
    expect(stderr).toContain("106 MB");

    const again = await project.run(["tell.js"]);
    expect(again).toEqual({ stdout, stderr: "", code: 0, signal: null });
    const runs = project.npmRuns();
    expect(runs.map(({ prefix, pinned }) => [prefix, pinned])).toEqual([
      [join(project.root, "tooling/node"), false],
      [project.root, true],
    ]);
    expect(runs.every(({ command, flags }) => command === "ci" && flags.includes("--ignore-scripts"))).toBe(
      true,
    );
  });

  it("is fetched again when the pin has moved on", async () => {
    project.needNewerNode();
    await project.run(["tell.js"]);
    project.write(
      `tooling/node/node_modules/${nodePackage}/package.json`,
      JSON.stringify({ version: "98.0.0" }),
    );
    await project.run(["tell.js"]);
    expect(project.npmRuns().filter(({ prefix }) => prefix.endsWith("tooling/node"))).toHaveLength(2);
  });

  it("is the one that SALLYPORT_NODE names", async () => {
    writeNode(join(project.root, "mine"), "mine");
    const { stdout } = await project.run(["tell.js"], {
      env: { SALLYPORT_NODE: join(project.root, "mine") },
    });
    expect(JSON.parse(stdout)).toEqual({ pin: "mine", args: [] });
  });
});

describe("what cannot be had", () => {
  const later = "npm ci --prefix tooling/node --ignore-scripts";

  it.for<{ name: string; env: StartOptions["env"]; says: string }>([
    { name: "no network: the command for later", env: { FAKE_NPM_FAILS: "yes" }, says: later },
    { name: "a forbidden download: the command for later", env: { SALLYPORT_NO_DOWNLOAD: "1" }, says: later },
    {
      name: "a SALLYPORT_NODE that is not there",
      env: { SALLYPORT_NODE: "/nowhere/node" },
      says: "/nowhere/node",
    },
  ])("$name, exit 1, nothing on stdout", async ({ env, says }) => {
    project.needNewerNode();
    const { code, stdout, stderr } = await project.run(["tell.js"], { env: env ?? {} });
    expect(stderr).toContain(says);
    expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
  });

  it("no npm, neither around us nor beside Node nor on the path: said, exit 1", async () => {
    const node = join(project.root, "lonely-node");
    cpSync(process.execPath, node);
    const { code, stderr } = await project.run(["tell.js"], {
      node,
      env: { npm_execpath: undefined, PATH: "" },
    });
    expect(stderr).toContain("npm was not found");
    expect(code).toBe(1);
  });

  it("dependencies without a network: the command for later, exit 1", async () => {
    const { code, stdout, stderr } = await project.run(["tell.js"], { env: { FAKE_NPM_FAILS: "yes" } });
    expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
    expect(stderr).toContain("npm ci --ignore-scripts");
  });
});

describe("dependencies", () => {
  it("are installed once, and again when package-lock.json has changed", async () => {
    await project.run(["tell.js"]);
    await project.run(["tell.js"]);
    expect(project.npmRuns()).toHaveLength(1);
    project.write("package-lock.json", `{ "changed": true }`);
    await project.run(["tell.js"]);
    expect(project.npmRuns()).toHaveLength(2);
  });

  it("are installed by one of three starts at the same time; the others wait", async () => {
    const gate = mkdtempSync(join(project.root, "gate-"));
    const starts = Array.from({ length: 3 }, () =>
      project.start(["tell.js"], { env: { FAKE_NPM_WAITS_FOR: gate } }),
    );
    const closed = starts.map((child) => once(child, "close"));
    const answers = starts.map(({ stdout }) => text(stdout));
    await Promise.all(starts.map(({ stderr }) => once(stderr, "data"))); // each has said that it installs, or waits
    writeFileSync(join(gate, "go"), "");
    await Promise.all(closed);
    expect(await Promise.all(answers)).toEqual(Array.from({ length: 3 }, () => `{"pin":"no","args":[]}\n`));
    expect(project.npmRuns()).toHaveLength(1);
    expect(existsSync(join(project.root, "tooling/install.lock"))).toBe(false);
  });

  it("are installed although an earlier start died while it installed", async () => {
    const dead = spawn(process.execPath, ["-e", ""]);
    await once(dead, "close");
    mkdirSync(join(project.root, `tooling/install.lock/${dead.pid}`), { recursive: true });
    const { code } = await project.run(["tell.js"]);
    expect(code).toBe(0);
    expect(project.npmRuns()).toHaveLength(1);
  });

  it("come with those for development whatever the npm run around us was asked to do, from its registry", async () => {
    const asked = {
      npm_config_omit: "dev",
      npm_config_json: "true",
      npm_config_global: "true",
      NODE_ENV: "production",
    };
    await project.run(["tell.js"], { env: { ...asked, npm_config_registry: "http://127.0.0.1:9/" } });
    const [only] = project.npmRuns();
    expect(only?.flags).toContain("--include=dev");
    expect(only?.env).toEqual({ npm_config_registry: "http://127.0.0.1:9/" });
  });
});

describe("the dashboard", () => {
  const fakeVite = `
    import { mkdirSync, writeFileSync } from "node:fs";
    console.log("vite says things on stdout");
    if (process.env.FAKE_VITE_FAILS === "yes") process.exit(1);
    mkdirSync("dist/dashboard", { recursive: true });
    writeFileSync("dist/dashboard/index.html", "built");`;

  beforeEach(() => {
    project.write("src/main.ts", `console.log(JSON.stringify(process.argv.slice(2)));`);
    project.write("dashboard/index.html", "source");
    project.write("node_modules/vite/bin/vite.js", fakeVite);
    project.write("node_modules/vite/package.json", `{ "type": "module" }`);
  });

  it("is built for `start` when missing or older than its sources, and only then", async () => {
    const first = await project.run(["src/main.ts", "start", "--json"]);
    expect(first.stdout).toBe(`["start","--json"]\n`);
    expect(first.stderr).toContain("building the dashboard");
    expect((await project.run(["src/main.ts", "start"])).stderr).toBe("");
    project.write("dashboard/index.html", "changed");
    expect((await project.run(["src/main.ts", "validate"])).stderr).toBe("");
    expect((await project.run(["src/main.ts", "start"])).stderr).toContain("building the dashboard");
  });

  it("does not stop the gateway when it cannot be built", async () => {
    const { code, stdout, stderr } = await project.run(["src/main.ts", "start"], {
      env: { FAKE_VITE_FAILS: "yes" },
    });
    expect({ code, stdout }).toEqual({ code: 0, stdout: `["start"]\n` });
    expect(stderr).toContain("could not be built");
  });
});

describe.for([
  { name: "replaced by execve", flags: [] },
  {
    name: "with a child, where there is no execve",
    flags: ["--import", "data:text/javascript,process.execve=undefined"],
  },
])("the process, $name", ({ flags }) => {
  beforeEach(() => {
    project.write("exit7.js", "process.exitCode = 7;");
    project.write("die.js", `process.kill(process.pid, "SIGKILL");`);
    const drain = `process.once("SIGTERM", () => { console.log("drained"); process.exit(3); });`;
    project.write("wait.js", `${drain} setInterval(() => {}, 1e6); console.log("ready");`);
  });

  it("ends with the script's exit code", async () => {
    expect((await project.run(["exit7.js"], { flags })).code).toBe(7);
  });

  it("ends by the signal that ended the script", async () => {
    expect((await project.run(["die.js"], { flags })).signal).toBe("SIGKILL");
  });

  it("hands SIGTERM to the script, which decides how to end", async () => {
    const child = project.start(["wait.js"], { flags });
    const closed = once(child, "close");
    const [ready] = await once(child.stdout, "data");
    expect(String(ready)).toBe("ready\n");
    const rest = text(child.stdout);
    child.kill("SIGTERM");
    expect(await rest).toBe("drained\n");
    expect(await closed).toEqual([3, null]);
  });
});

describe("npm start", () => {
  it("passes SIGTERM on through npm and its shell, and ends with the gateway's exit code", async () => {
    const { scripts } = JSON.parse(readFileSync(join(import.meta.dirname, "../../package.json"), "utf8"));
    project.write("package.json", JSON.stringify({ type: "module", engines: { node: ">=24.11" }, scripts }));
    project.write("node_modules/.sallyport-lock", createHash("sha256").update("{}").digest("hex"));
    project.write(
      "src/main.ts",
      `process.once("SIGTERM", () => { console.log("drained"); process.exitCode = 3; clearInterval(life); });
       const life = setInterval(() => {}, 1e6);
       console.log("ready");`,
    );
    const { PATH, HOME } = process.env;
    const child = spawn("npm", ["start", "--silent"], {
      cwd: project.root,
      env: { PATH: `${dirname(process.execPath)}${delimiter}${PATH}`, HOME },
      stdio: ["ignore", "pipe", "inherit"],
    });
    const closed = once(child, "close");
    const [ready] = await once(child.stdout, "data");
    expect(String(ready)).toBe("ready\n");
    const rest = text(child.stdout);
    child.kill("SIGTERM");
    expect(await rest).toBe("drained\n");
    expect(await closed).toEqual([3, null]);
  });
});
