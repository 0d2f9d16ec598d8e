/** What code can do that runs inside a gateway: on the Node we develop with, and on the oldest that is supported. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { afterAll, describe, expect, it } from "vitest";
import { fetchOldestNode, oldestNode } from "../support/npm.ts";
import { runGateway } from "../support/running-gateway.ts";

const root = join(import.meta.dirname, "../..");
const folder = mkdtempSync(join(tmpdir(), "sallyport-permission-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const config = `
providers:
  local: { dialect: openai-chat, baseUrl: "http://127.0.0.1:9/v1", key: "file:../elsewhere/key", allowPrivate: true }
`;

/** What hostile code has come to in a gateway of this Node, by what it tried. */
async function outcomesOn(
  node: string,
  args: readonly string[] = [],
): Promise<Readonly<Record<string, string>>> {
  const place = mkdtempSync(join(folder, "place-"));
  const [home, data, foreign] = [join(place, "home"), join(place, "data"), join(place, "foreign")];
  for (const made of [home, foreign, join(place, "elsewhere")]) mkdirSync(made);
  writeFileSync(join(place, "elsewhere/key"), "sk-1");
  writeFileSync(join(foreign, "secret"), "what is not the gateway's");
  writeFileSync(join(home, "sallyport.yaml"), config);
  copyFileSync(join(root, "test/support/hostile-module.ts"), join(home, "hostile.mts"));
  const ports = ["--port", "0", "--admin-port", "0", "--data-dir", data];
  const child = spawn(
    node,
    ["--import", join(home, "hostile.mts"), join(root, "src/main.ts"), "start", "--json", ...ports, ...args],
    {
      cwd: home,
      env: {
        PATH: process.env["PATH"],
        HOSTILE_DATA: data,
        HOSTILE_FOREIGN: foreign,
        HOSTILE_PACKAGE: root,
      },
      stdio: ["ignore", "pipe", "inherit"],
    },
  );
  const closed = once(child, "close");
  try {
    await Promise.race([once(createInterface({ input: child.stdout }), "line"), closed]);
    writeFileSync(join(data, "orders"), "");
    await expect.poll(() => existsSync(join(data, "outcomes.json")), { timeout: 30_000 }).toBe(true);
    return JSON.parse(readFileSync(join(data, "outcomes.json"), "utf8"));
  } finally {
    child.kill("SIGKILL");
    await closed;
  }
}

const frozen = expect.stringMatching(/^TypeError/);
const denied = {
  "a program": "ERR_ACCESS_DENIED",
  "a shell": "ERR_ACCESS_DENIED",
  "a Node of its own": "ERR_ACCESS_DENIED",
  "another program in its place": "ERR_ACCESS_DENIED",
  "a worker": "ERR_ACCESS_DENIED",
  "a worker without permissions": "ERR_ACCESS_DENIED",
  "a hook of modules": "ERR_ACCESS_DENIED",
  "a native add-on": "ERR_DLOPEN_DISABLED",
  "an internal binding": "ERR_ACCESS_DENIED",
  "the inspector": "ERR_ACCESS_DENIED",
  "an inspector session": "ERR_ACCESS_DENIED",
  "a foreign file": "ERR_ACCESS_DENIED",
  "a foreign directory": "ERR_ACCESS_DENIED",
  "whether a file is there": "ERR_ACCESS_DENIED",
  "writing a foreign file": "ERR_ACCESS_DENIED",
  "writing into the package": "ERR_ACCESS_DENIED",
  "a link to a foreign file": "ERR_ACCESS_DENIED",
  "another name of a foreign file": "ERR_ACCESS_DENIED",
  "a copy of a foreign file": "ERR_ACCESS_DENIED",
  "a heap snapshot elsewhere": "ERR_ACCESS_DENIED",
  "a wider prototype of objects": frozen,
  "a wider prototype of lists": frozen,
  "the way by __proto__": "GONE",
};

describe("code that runs inside a gateway", () => {
  it("starts nothing and reaches no file that is not the gateway's", async () => {
    expect(await outcomesOn(process.execPath)).toEqual(denied);
  }, 120_000);

  it(`does not on Node ${oldestNode} either`, async ({ skip }) => {
    const node = await fetchOldestNode(folder);
    if (node === undefined) return skip(`Node ${oldestNode} cannot be fetched`);
    expect(await outcomesOn(node)).toEqual(denied);
  }, 180_000);
});

describe("permission mode", () => {
  it("is told by the gateway, and said aloud when it is off", async () => {
    await using on = await runGateway();
    expect(on.stderr()).toBe("");
    expect(await on.admin("/stats")).toMatchObject({ gateway: { process: { permissionMode: "on" } } });
    await using off = await runGateway({ args: ["--no-permission"] });
    expect(off.stderr()).toContain("permission mode is off");
    expect(await off.admin("/stats")).toMatchObject({ gateway: { process: { permissionMode: "off" } } });
  }, 120_000);

  it("lets a configuration name a new file beside it, and asks for a new start where it is elsewhere", async () => {
    await using gateway = await runGateway({
      config: config.replace("file:../elsewhere/key", "file:key"),
      directory: placeWithKeys(),
    });
    const reloaded = async (file: string) => {
      writeFileSync(gateway.configFile, config.replace("file:../elsewhere/key", `file:${file}`));
      return gateway.admin("/config/reload", { method: "POST" });
    };
    expect(await reloaded("later-key")).toMatchObject({ problems: [] });
    expect(JSON.stringify(await reloaded("../elsewhere/key"))).toContain("start the gateway anew");
  }, 120_000);
});

function placeWithKeys(): string {
  const place = mkdtempSync(join(folder, "keys-"));
  mkdirSync(join(place, "home"));
  mkdirSync(join(place, "elsewhere"));
  for (const file of ["home/key", "home/later-key", "elsewhere/key"])
    writeFileSync(join(place, file), "sk-1");
  return join(place, "home");
}
