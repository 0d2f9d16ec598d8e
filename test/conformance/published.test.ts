/**
 * The tarball of a release, as a stranger uses it: packed, installed into an empty folder, started by its command on
 * each supported line of Node, and asked by the official SDKs.
 */
import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { promisify } from "node:util";
import Anthropic from "@anthropic-ai/sdk";
import OpenAI from "openai";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { stageRelease } from "../../scripts/build.ts";
import { root } from "../../scripts/tools.ts";
import { fetchOldestNode, npm, oldestNode } from "../support/npm.ts";

const model = "sandbox/swift";

const folder = mkdtempSync(join(tmpdir(), "sallyport-published-"));
const app = join(folder, "app");

beforeAll(async () => {
  mkdirSync(join(folder, "release"));
  expect(await stageRelease(join(folder, "release"))).toBe(true);
  await npm(join(folder, "release"), ["pack", "--silent", "--pack-destination", folder]);
  mkdirSync(app);
  writeFileSync(join(app, "package.json"), `{ "private": true }`);
  await npm(app, ["install", "--no-audit", "--no-fund", join(folder, tarball())]);
}, 180_000);

afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe("the published package", () => {
  it("brings its runtime packages and nothing of ours that is not meant for users", () => {
    const installed = readdirSync(join(app, "node_modules")).filter((name) => !name.startsWith("."));
    expect(installed.toSorted()).toEqual([
      ...["@bufbuild", "@marcbachmann", "@pydantic"],
      ...["ajv", "fast-deep-equal", "fast-uri"],
      ...["gpt-tokenizer", "graphql"],
      ...["jose", "json-schema-traverse"],
      ...["re2js", "require-from-string"],
      "sallyport",
      "undici",
      ...["ws", "yaml"],
      "zod",
    ]);
    const files = readdirSync(join(app, "node_modules/sallyport"), { recursive: true, encoding: "utf8" });
    expect(files).toEqual(
      expect.arrayContaining([
        "LICENSE",
        "README.md",
        "bin/sallyport.js",
        "dist/src/main.js",
        "proto/ai/v1/chat.proto",
      ]),
    );
    const ours = files.filter((file) => file !== "dist/src/sign.d.ts");
    expect(ours.filter((file) => /\.ts$|\.test\.|^(src|test|scripts|node_modules)\//.test(file))).toEqual([]);
  });

  it("tells a strict program the types of `sallyport/sign`, and a wrong one what is wrong", async () => {
    const compiled = async (text: string): Promise<string> => {
      writeFileSync(join(app, "program.mts"), text);
      const options = ["--strict", "--module", "nodenext", "--target", "es2024", "--types", "", "--noEmit"];
      const tsc = join(root, "node_modules/typescript/bin/tsc");
      return promisify(execFile)(process.execPath, [tsc, ...options, "--ignoreConfig", "program.mts"], {
        cwd: app,
      }).then(
        ({ stdout }) => stdout,
        (thrown: { readonly stdout: string }) => thrown.stdout,
      );
    };
    const program = (key: string): string =>
      `import { signRequest } from "sallyport/sign";\nconst made: Record<string, string> = signRequest({ method: "GET", url: "http://a/" }, { id: "sgk_1", ${key} });\nexport { made };\n`;
    expect(await compiled(program('key: "k", algorithm: "ed25519"'))).toBe("");
    expect(await compiled(program('key: "k", algorithm: "rsa"'))).toMatch(/"rsa".* is not assignable/);
  }, 60_000);

  it("has its dashboard", () => {
    expect(existsSync(join(app, "node_modules/sallyport/dist/dashboard/index.html"))).toBe(true);
  });

  it(`streams for both SDKs on Node ${oldestNode}`, async ({ skip }) => {
    const node = await fetchOldestNode(folder);
    if (node === undefined) return skip(`Node ${oldestNode} cannot be fetched`);
    await streamWithBothSdks(node);
  }, 180_000);

  it("streams for both SDKs on the Node we develop with", async () => {
    await streamWithBothSdks(process.execPath);
  }, 60_000);
});

async function streamWithBothSdks(node: string): Promise<void> {
  await using gateway = await startInstalled(node);
  const { url, clientKey } = gateway.ready;

  const openai = new OpenAI({ baseURL: `${url}/v1`, apiKey: clientKey, maxRetries: 0 });
  const chat = await openai.chat.completions.create({
    model,
    stream: true,
    messages: [{ role: "user", content: "Hello" }],
  });
  let chatText = "";
  let finish: string | null | undefined;
  for await (const { choices } of chat) {
    chatText += choices[0]?.delta.content ?? "";
    finish = choices[0]?.finish_reason ?? finish;
  }
  expect(chatText).not.toBe("");
  expect(finish).toBe("stop");

  const anthropic = new Anthropic({ baseURL: url, apiKey: clientKey, maxRetries: 0 });
  const stream = anthropic.messages.stream({
    model,
    max_tokens: 256,
    messages: [{ role: "user", content: "Hello" }],
  });
  const message = await stream.finalMessage();
  expect(await stream.finalText()).not.toBe("");
  expect(message.stop_reason).toBe("end_turn");

  expect(await gateway.stop()).toEqual({ code: 0, signal: null });
  expect(gateway.lines()).toHaveLength(1); // the line of --json has the whole of stdout
}

/** The installed command with `start --json`, in demo mode: without a key of any provider in its environment. */
async function startInstalled(node: string) {
  const data = mkdtempSync(join(folder, "data-"));
  const args = ["start", "--json", "--port", "0", "--admin-port", "0", "--data-dir", data];
  const child = spawn(node, [join(app, "node_modules/sallyport/bin/sallyport.js"), ...args], {
    cwd: app,
    env: { PATH: process.env["PATH"], HOME: folder },
    stdio: ["ignore", "pipe", "inherit"],
  });
  const closed = once(child, "close");
  const lines: string[] = [];
  const output = createInterface({ input: child.stdout }).on("line", (line) => lines.push(line));
  await Promise.race([once(output, "line"), closed]);
  const ready: { readonly url: string; readonly clientKey: string } = JSON.parse(
    lines[0] ?? `"it ended at once"`,
  );
  return {
    ready,
    lines: () => lines,
    stop: async () => {
      child.kill("SIGTERM");
      await closed;
      return { code: child.exitCode, signal: child.signalCode };
    },
    [Symbol.asyncDispose]: async () => {
      child.kill("SIGKILL");
      await closed;
    },
  };
}

function tarball(): string {
  const found = readdirSync(folder).find((name) => name.endsWith(".tgz"));
  if (found === undefined) throw new Error("npm pack left no tarball");
  return found;
}
