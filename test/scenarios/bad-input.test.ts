import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { rawExchange } from "../support/http-client.ts";
import { type RunningGateway, runGateway } from "../support/running-gateway.ts";

let gateway: RunningGateway;
beforeAll(async () => {
  gateway = await runGateway();
});
afterAll(() => gateway[Symbol.asyncDispose]());

interface Told {
  readonly status: number;
  readonly code: string | null;
  readonly message: string;
}

async function post(
  path: string,
  body: string,
  headers: Readonly<Record<string, string>> = {},
): Promise<Told> {
  const response = await fetch(`${gateway.url}${path}`, {
    method: "POST",
    headers: { "content-type": "application/json", authorization: `Bearer ${gateway.clientKey}`, ...headers },
    body,
  });
  const answer: { readonly type?: string; readonly error?: { readonly message?: string } } = JSON.parse(
    await response.text(),
  );
  if (path === "/v1/messages") expect(answer.type).toBe("error");
  return {
    status: response.status,
    code: response.headers.get("x-sallyport-error"),
    message: answer.error?.message ?? "",
  };
}

const messages = [{ role: "user", content: "hi" }];

describe("bad input gets one clear error, in the client's dialect", () => {
  it.for<{ name: string; path?: string; body: unknown; status: number; code: string; says: RegExp }>([
    {
      name: "malformed JSON",
      body: '{"model": "sandbox/swift", "messages": [}',
      status: 400,
      code: "malformed_request",
      says: /line 1, column|line 1 column|1:\d+/i,
    },
    { name: "an empty body", body: "", status: 400, code: "malformed_request", says: /JSON|object|empty/i },
    { name: "a body that is no object", body: "[]", status: 400, code: "malformed_request", says: /object/ },
    {
      name: "a model of the wrong type",
      body: { model: 5, messages },
      status: 400,
      code: "malformed_request",
      says: /`model`: expected a model name, got a number/,
    },
    { name: "no model", body: { messages }, status: 400, code: "malformed_request", says: /`model`/ },
    {
      name: "messages of the wrong type",
      body: { model: "sandbox/swift", messages: "hi" },
      status: 400,
      code: "malformed_request",
      says: /`messages`.*array/,
    },
    {
      name: "stream of the wrong type",
      body: { model: "sandbox/swift", messages, stream: "yes" },
      status: 400,
      code: "malformed_request",
      says: /`stream`/,
    },
    {
      name: "a doubled routing key",
      body: '{"model":"sandbox/swift","model":"sandbox/deep","messages":[]}',
      status: 400,
      code: "malformed_request",
      says: /model/,
    },
    {
      name: "an unknown model, with the nearest name",
      body: { model: "sandbox/swft", messages },
      status: 404,
      code: "model_not_found",
      says: /./,
    },
    {
      name: "a model of no provider",
      body: { model: "gtp-5", messages },
      status: 404,
      code: "model_not_found",
      says: /GET \/v1\/models|Did you mean/,
    },
    {
      name: "Messages without max_tokens",
      path: "/v1/messages",
      body: { model: "sandbox/swift", messages },
      status: 400,
      code: "malformed_request",
      says: /max_tokens/,
    },
    {
      name: "Messages with malformed JSON",
      path: "/v1/messages",
      body: "{",
      status: 400,
      code: "malformed_request",
      says: /./,
    },
  ])("$name", async ({ path, body, status, code, says }) => {
    const told = await post(
      path ?? "/v1/chat/completions",
      typeof body === "string" ? body : JSON.stringify(body),
    );
    // What only the provider can know is the provider's to refuse; everything else is refused here.
    expect({ ...told, message: "" }).toEqual({
      status,
      code: told.code === "upstream_rejected" ? told.code : code,
      message: "",
    });
    expect(told.message).toMatch(says);
  });

  it("no key, a foreign key, two keys and a revoked key are each told apart, and a revoked one stops at once", async () => {
    const body = JSON.stringify({ model: "sandbox/swift", messages });
    expect(await post("/v1/chat/completions", body, { authorization: "" })).toMatchObject({
      status: 401,
      code: "unauthenticated",
      message: expect.stringContaining("No gateway key"),
    });
    expect(await post("/v1/chat/completions", body, { authorization: "Bearer sp-nobody" })).toMatchObject({
      status: 401,
      message: expect.stringContaining("unknown or revoked"),
    });
    expect(await post("/v1/chat/completions", body, { "x-api-key": "sp-other" })).toMatchObject({
      status: 401,
      message: expect.stringContaining("Two different"),
    });
    const made = (await gateway.admin("/keys", { method: "POST", body: { name: "short-lived" } })) as {
      readonly key: string;
      readonly entry: { readonly id: string };
    };
    expect(
      await post("/v1/chat/completions", body, { authorization: `Bearer ${made.key}` }).catch(
        () => undefined,
      ),
    ).toMatchObject({ status: 200 });
    await gateway.admin(`/keys/${made.entry.id}`, { method: "DELETE" });
    expect(await post("/v1/chat/completions", body, { authorization: `Bearer ${made.key}` })).toMatchObject({
      status: 401,
    });
  });

  it("a key with a list of models reaches these only, and sees only these", async () => {
    const made = (await gateway.admin("/keys", {
      method: "POST",
      body: { name: "narrow", models: ["sandbox/s*"] },
    })) as { readonly key: string };
    const auth = { authorization: `Bearer ${made.key}` };
    expect(
      await post("/v1/chat/completions", JSON.stringify({ model: "sandbox/deep", messages }), auth),
    ).toMatchObject({ status: 404, code: "model_not_found" });
    const list: { readonly data: readonly { readonly id: string }[] } = JSON.parse(
      await (await fetch(`${gateway.url}/v1/models`, { headers: auth })).text(),
    );
    expect(list.data.map(({ id }) => id)).toEqual(["sandbox/swift", "sandbox/steady"]);
  });

  it("a 100 MB body is refused before it is read", async () => {
    const port = Number(new URL(gateway.url).port);
    const head = `POST /v1/chat/completions HTTP/1.1\r\nhost: a\r\nauthorization: Bearer ${gateway.clientKey}\r\ncontent-type: application/json\r\ncontent-length: 104857600\r\n\r\n{`;
    const text = await rawExchange(port, { send: head });
    expect(text).toMatch(/^HTTP\/1\.1 413 /);
    expect(text).toContain("20971520 bytes");
  });

  it("a flood of headers, by size and by number, is 431", async () => {
    const port = Number(new URL(gateway.url).port);
    expect(
      await rawExchange(port, {
        send: `POST /v1/messages HTTP/1.1\r\nhost: a\r\nx-big: ${"y".repeat(20_000)}\r\n\r\n`,
      }),
    ).toMatch(/^HTTP\/1\.1 431 /);
    const many = Array.from({ length: 150 }, (_, index) => `x-${index}: 1\r\n`).join("");
    expect(
      await rawExchange(port, {
        send: `GET /v1/models HTTP/1.1\r\nhost: a\r\n${many}\r\n`,
        until: /"error"/,
      }),
    ).toMatch(/^HTTP\/1\.1 431 /);
  });

  it("a wrong path, a wrong method and a wrong media type say what is right", async () => {
    expect(await post("/v1/chat/completion", "{}")).toMatchObject({
      status: 404,
      code: "route_not_found",
      message: expect.stringContaining("/v1/chat/completions"),
    });
    const response = await fetch(`${gateway.url}/v1/models`, {
      method: "DELETE",
      headers: { authorization: `Bearer ${gateway.clientKey}` },
    });
    expect(response.status).toBe(405);
    expect(response.headers.get("allow")).toBe("GET");
    expect(
      await post("/v1/chat/completions", "a=b", { "content-type": "application/x-www-form-urlencoded" }),
    ).toMatchObject({ status: 415 });
  });
});

describe("a start that cannot work ends with one sentence and a code", () => {
  const main = join(import.meta.dirname, "../../src/main.ts");
  const start = (args: readonly string[], cwd: string) =>
    spawnSync(process.execPath, [main, "start", "--json", ...args], {
      cwd,
      encoding: "utf8",
      timeout: 20_000,
      env: { PATH: process.env["PATH"] },
    });
  let directory: string;
  beforeAll(() => {
    directory = mkdtempSync(join(tmpdir(), "sallyport-bad-"));
  });
  afterAll(() => rmSync(directory, { recursive: true, force: true }));

  it.for<{
    name: string;
    arrange: (directory: string) => readonly string[];
    says: RegExp;
    /** 2: the command line itself cannot be understood. */
    code?: number;
  }>([
    {
      name: "an unknown field",
      arrange: (at) => {
        writeFileSync(join(at, "typo.yaml"), "provders:\n  openai: { key: x }\n");
        return ["--config", "typo.yaml"];
      },
      says: /typo\.yaml:1:1: .*did you mean `providers`/,
    },
    {
      name: "a file that is not there",
      arrange: () => ["--config", "absent.yaml"],
      says: /absent\.yaml cannot be read: there is no such file/,
    },
    {
      name: "a directory instead of a file",
      arrange: (at) => {
        mkdirSync(join(at, "folder.yaml"), { recursive: true });
        return ["--config", "folder.yaml"];
      },
      says: /cannot be read: it is a directory/,
    },
    {
      name: "a port in use",
      arrange: () => ["--port", new URL(gateway.url).port, "--admin-port", "0", "--data-dir", "in-use"],
      says: /port \d+ on 127\.0\.0\.1 is in use/,
    },
    {
      name: "a data directory that is a file",
      arrange: (at) => {
        writeFileSync(join(at, "not-a-directory"), "");
        return ["--port", "0", "--admin-port", "0", "--data-dir", "not-a-directory/data"];
      },
      says: /data directory .* cannot be used \(a file is in its way\).*--data-dir/,
    },
    {
      name: "a data directory of another running gateway",
      arrange: () => ["--port", "0", "--admin-port", "0", "--data-dir", join(gateway.directory, "data")],
      says: /another gateway/i,
    },
    {
      name: "an unknown option",
      arrange: () => ["--prot", "1"],
      says: /`--prot`.*did you mean `--port`/,
      code: 2,
    },
    {
      name: "a port that is none",
      arrange: () => ["--port", "http"],
      says: /`--port` takes a port/,
      code: 2,
    },
  ])("$name", ({ arrange, says, code = 1 }) => {
    const ended = start(arrange(directory), directory);
    expect(ended.stdout).toBe("");
    expect(ended.stderr).toMatch(says);
    expect(ended.stderr).not.toMatch(/\n\s+at /);
    expect(ended.status).toBe(code);
  });

  it.skipIf(process.platform !== "linux")("a data directory that is not writable, not even for root", () => {
    const ended = start(["--port", "0", "--admin-port", "0", "--data-dir", "/sys/sallyport"], directory);
    expect(ended.stderr).toMatch(/data directory .* cannot be used \(\w+\).*Make it writable/);
    expect(ended.status).toBe(1);
  });
});
