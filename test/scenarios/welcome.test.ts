import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { testTls } from "../support/test-tls.ts";
import { mainFile } from "../support/typed-command.ts";

describe("the first run", () => {
  /** What `start` prints when it has opened, until the gateway is stopped. */
  async function welcomeOf(
    env: Readonly<Record<string, string>>,
    ...args: readonly string[]
  ): Promise<string> {
    const place = mkdtempSync(join(tmpdir(), "sallyport-welcome-"));
    const child = spawn(process.execPath, [mainFile, "start", "--port", "0", "--admin-port", "0", ...args], {
      cwd: place,
      env: { PATH: process.env["PATH"], ...env },
      stdio: ["ignore", "pipe", "pipe"],
    });
    try {
      let text = "";
      child.stderr.on("data", (chunk) => {
        text += String(chunk);
      });
      for await (const chunk of child.stdout) {
        text += String(chunk);
        if (text.includes("lists the names")) break;
      }
      return text;
    } finally {
      const ended = new Promise((resolve) => child.once("exit", resolve));
      child.kill("SIGKILL");
      await ended;
      rmSync(place, { recursive: true, force: true });
    }
  }

  it.for([
    { env: { OPENAI_API_KEY: "sk-x", ANTHROPIC_API_KEY: "sk-y" }, model: "openai/gpt-5-mini" },
    { env: { ANTHROPIC_API_KEY: "sk-y" }, model: "anthropic/claude-haiku-4-5" },
    { env: { GEMINI_API_KEY: "k" }, model: "gemini/gemini-3.1-flash-lite" },
    { env: { GROQ_API_KEY: "k" }, model: "groq/openai/gpt-oss-20b" },
    { env: {}, model: "sandbox/swift" },
  ])("asks for $model with $env, and says how to list the others", async ({ env, model }) => {
    const text = await welcomeOf(env);
    expect(text).toContain(`-d '{"model":"${model}",`);
    expect(text).toContain("`sallyport models` lists the names that can be asked for.");
    expect(text).not.toContain("MODEL");
  });

  it("names a command as it is typed in a clone, for this data directory", async () => {
    const env = { npm_lifecycle_event: "start", npm_package_name: "sallyport" };
    const text = await welcomeOf(env, "--data-dir", "here");
    expect(text).toContain("`npm run --silent sallyport -- models --data-dir here` lists the names");
  });

  it("tells curl whom to trust where TLS is served", async () => {
    const place = mkdtempSync(join(tmpdir(), "sallyport-welcome-tls-"));
    const [certFile, keyFile, file] = ["cert.pem", "key.pem", "gate.yaml"].map((name) => join(place, name));
    writeFileSync(String(certFile), testTls.serverCert);
    writeFileSync(String(keyFile), testTls.serverKey);
    writeFileSync(
      String(file),
      `server: { tls: { certFile: cert.pem, keyFile: key.pem } }
providers: { nobody: { dialect: openai-chat, baseUrl: "http://127.0.0.1:9/v1", models: ["none"] } }
`,
    );
    expect(await welcomeOf({}, "--config", String(file))).toMatch(
      `curl --cacert ${certFile} https://127.0.0.1:`,
    );
    rmSync(place, { recursive: true, force: true });
  });

  it("asks a server on this machine for one of its own models", async () => {
    const server = createServer((request, response) => {
      response.writeHead(request.url === "/v1/models" ? 200 : 404, { "content-type": "application/json" });
      response.end(JSON.stringify({ object: "list", data: [{ id: "qwen3:8b" }] }));
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const address = server.address();
    const port = typeof address === "object" && address !== null ? address.port : 0;
    const directory = mkdtempSync(join(tmpdir(), "sallyport-local-"));
    const file = join(directory, "local.yaml");
    writeFileSync(file, `providers:\n  ollama: { baseUrl: "http://127.0.0.1:${port}/v1" }\n`);
    try {
      expect(await welcomeOf({}, "--config", file)).toContain(`-d '{"model":"ollama/qwen3:8b",`);
    } finally {
      server.close();
      rmSync(directory, { recursive: true, force: true });
    }
  });

  it("says which variable it leaves alone because it cannot be a key", async () => {
    const text = await welcomeOf({ OPENAI_API_KEY: "two words", ANTHROPIC_API_KEY: "sk-y" });
    expect(text).toContain("OPENAI_API_KEY cannot be a key");
    expect(text).toContain("anthropic/claude-haiku-4-5");
  });
});
