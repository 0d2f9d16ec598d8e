import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { runGateway } from "../support/running-gateway.ts";

const main = join(import.meta.dirname, "../../src/main.ts");
let directory: string;
const sallyport = (...args: readonly string[]) =>
  spawnSync(process.execPath, [main, ...args], {
    cwd: directory,
    encoding: "utf8",
    timeout: 20_000,
    env: { PATH: process.env["PATH"] },
  });

beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), "sallyport-commands-"));
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

interface MadeKey {
  readonly key: string;
  readonly id: string;
}

function keysLife(dataDir: string): void {
  const made = sallyport(
    "keys",
    "create",
    "--name",
    "team a",
    "--models",
    "fast,gpt-*",
    "--data-dir",
    dataDir,
    "--json",
  );
  expect(made.stderr).toBe("");
  const { key, id }: MadeKey = JSON.parse(made.stdout);
  expect(key).toMatch(/^sp-[0-9A-Za-z]{43}$/);
  const listed = sallyport("keys", "list", "--data-dir", dataDir);
  expect(listed.stdout).toContain(`${id}  …${key.slice(-4)}`);
  expect(listed.stdout).toContain("fast,gpt-*");
  expect(listed.stdout).not.toContain(key);
  expect(sallyport("keys", "revoke", id, "--data-dir", dataDir).stdout).toBe(`Revoked ${id} (team a).\n`);
  expect(sallyport("keys", "list", "--data-dir", dataDir).stdout).toMatch(new RegExp(`${id}.*revoked`));
  const unknown = sallyport("keys", "revoke", "key_nobody", "--data-dir", dataDir);
  expect(unknown.status).toBe(1);
  expect(unknown.stderr).not.toBe("");
}

describe("sallyport keys", () => {
  it("makes, lists and revokes keys without a running gateway", () => {
    keysLife(join(directory, "alone"));
  });

  it("does the same through a running one, which knows of it at once", async () => {
    await using gateway = await runGateway();
    const dataDir = join(gateway.directory, "data");
    keysLife(dataDir);
    const { key }: MadeKey = JSON.parse(
      sallyport("keys", "create", "--name", "live", "--data-dir", dataDir, "--json").stdout,
    );
    expect(
      (await fetch(`${gateway.url}/v1/models`, { headers: { authorization: `Bearer ${key}` } })).status,
    ).toBe(200);
  });
});

describe("sallyport admin-link", () => {
  it("prints a link that opens one session, once", async () => {
    await using gateway = await runGateway();
    const link = sallyport("admin-link", "--data-dir", join(gateway.directory, "data")).stdout.trim();
    expect(link.startsWith(`${gateway.adminUrl}/signin#`)).toBe(true);
    const redeem = () =>
      fetch(`${gateway.adminUrl}/api/gateway/session`, {
        method: "POST",
        headers: { "content-type": "application/json", origin: gateway.adminUrl },
        body: JSON.stringify({ code: link.split("#")[1] }),
      });
    const first = await redeem();
    expect(first.status).toBe(201);
    const cookie = first.headers.get("set-cookie")?.split(";", 1)[0] ?? "";
    expect((await fetch(`${gateway.adminUrl}/api/gateway/stats`, { headers: { cookie } })).status).toBe(200);
    expect((await redeem()).status).toBe(401);
  });

  it("says so when no gateway is running", () => {
    expect(sallyport("admin-link", "--data-dir", "nowhere").stderr).toMatch(
      /no gateway is running on .*nowhere/,
    );
  });
});

describe("sallyport validate and plan", () => {
  it("validate shows the place, the line and what was meant", () => {
    writeFileSync(
      join(directory, "sallyport.yaml"),
      "providers:\n  local: { dialect: openai-chat, baseUrl: http://127.0.0.1:9/v1 }\nmodels:\n  fast: [locl/llama]\n",
    );
    const ended = sallyport("validate");
    expect(ended.status).toBe(1);
    expect(`${ended.stdout}${ended.stderr}`).toMatch(
      /sallyport\.yaml:4:\d+: .*`locl`.*did you mean `local`/s,
    );
  });

  it("plan shows what a file would change in the running gateway, and changes nothing", async () => {
    const config = (model: string): string =>
      `providers:\n  local: { dialect: openai-chat, baseUrl: http://127.0.0.1:9/v1 }\nmodels:\n  fast: [local/${model}]\n`;
    await using gateway = await runGateway({ config: config("one") });
    writeFileSync(join(directory, "next.yaml"), config("two"));
    const ended = sallyport("plan", "--config", "next.yaml", "--data-dir", join(gateway.directory, "data"));
    expect(ended.stderr).toBe("");
    expect(ended.stdout).toMatch(/models\.fast/);
    expect(ended.stdout).toMatch(/one/);
    expect(ended.stdout).toMatch(/two/);
    expect(await gateway.admin("/config")).toMatchObject({ generation: 1 });
  });
});

describe("the command line itself", () => {
  it("helps, tells its version, and names the nearest command", () => {
    expect(sallyport("--help").stdout).toContain("sallyport keys");
    expect(sallyport("--version").stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
    const ended = sallyport("vaildate");
    expect(ended.status).toBe(2);
    expect(ended.stderr).toContain("did you mean `validate`");
  });
});
