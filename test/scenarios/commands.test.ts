import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { runGateway } from "../support/running-gateway.ts";
import { typed } from "../support/typed-command.ts";

let directory: string;
const sallyport = (...args: readonly string[]) => typed(directory, args);

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
    "--residency",
    "EU, ch",
    "--data-dir",
    dataDir,
    "--json",
  );
  expect(made.stderr).toBe("");
  const { key, id }: MadeKey = JSON.parse(made.stdout);
  expect(key).toMatch(/^sp-[0-9a-hjkmnp-tv-z]{12}-[0-9A-Za-z]{49}$/);
  const listed = sallyport("keys", "list", "--data-dir", dataDir);
  expect(listed.stdout).toContain(`${id}  …${key.slice(-4)}`);
  expect(listed.stdout).toContain("fast,gpt-*  in eu,ch  team a");
  expect(listed.stdout).not.toContain(key);
  expect(sallyport("keys", "revoke", id, "--data-dir", dataDir).stdout).toBe(`Revoked ${id} (team a).\n`);
  expect(sallyport("keys", "list", "--data-dir", dataDir).stdout).toMatch(new RegExp(`${id}.*revoked`));
  const unknown = sallyport("keys", "revoke", "key_nobody", "--data-dir", dataDir);
  expect(unknown.status).toBe(1);
  expect(unknown.stderr).not.toBe("");
}

describe("sallyport keys", () => {
  it("makes, lists and revokes keys without a running gateway", () => {
    const dataDir = join(directory, "alone");
    keysLife(dataDir);
    // What is done past a gateway is on record as well.
    expect(sallyport("audit", "verify", "--data-dir", dataDir).status).toBe(0);
    const types = sallyport("audit", "export", "--data-dir", dataDir).stdout.matchAll(/"type":"(key[^"]*)"/g);
    expect([...types].map(([, type]) => type)).toEqual(["key.created", "key.revoked"]);
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

describe("sallyport operators", () => {
  it("makes somebody, gives them a token, changes and removes them", async () => {
    await using gateway = await runGateway();
    const dataDir = join(gateway.directory, "data");
    const operators = (...args: readonly string[]) =>
      sallyport("operators", ...args, "--data-dir", dataDir, "--json");
    const status = async (token: string, path: string) =>
      (
        await fetch(`${gateway.adminUrl}/api/gateway${path}`, {
          headers: { authorization: `Bearer ${token}` },
        })
      ).status;
    const made = operators("create", "--name", "ada", "--role", "auditor", "--tenant", "acme");
    const { id }: { readonly id: string } = JSON.parse(made.stdout);
    const { token }: { readonly token: string } = JSON.parse(operators("token", id).stdout);
    expect([await status(token, "/audit"), await status(token, "/config")]).toEqual([200, 403]);
    expect(JSON.parse(operators("update", id, "--unbound").stdout)).not.toHaveProperty("tenant");
    expect(await status(token, "/config")).toBe(200);
    expect(JSON.parse(operators("update", id, "--disable").stdout)).toMatchObject({
      ...{ id, name: "ada", role: "auditor", isDisabled: true },
    });
    expect(await status(token, "/audit")).toBe(401);
    expect(sallyport("operators", "list", "--data-dir", dataDir).stdout).toMatch(
      /disabled {2}auditor {2}all {2}token …/,
    );
    expect(operators("remove", id).status).toBe(0);
    expect(JSON.parse(operators("list").stdout)).toEqual([]);
    expect(operators("update", id).status).toBe(1);
    expect(operators("create", "--name", "eve").status).toBe(2);
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
    rmSync(join(directory, "sallyport.yaml"));
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

describe("sallyport models and catalog", () => {
  it("lists what clients of the running gateway may ask for, and where it leads", async () => {
    await using gateway = await runGateway({
      config:
        "providers:\n  local: { dialect: openai-chat, baseUrl: http://127.0.0.1:9/v1 }\nmodels:\n  fast: [local/llama]\n",
    });
    const dataDir = join(gateway.directory, "data");
    expect(sallyport("models", "--data-dir", dataDir).stdout).toBe(
      "fast  -> local/llama\n\n`PROVIDER/NAME` reaches any other model of local.\n",
    );
    expect(JSON.parse(sallyport("models", "--data-dir", dataDir, "--json").stdout)).toMatchObject([
      { name: "fast", kind: "pool", targets: [{ provider: "local", model: "llama", price: null }] },
    ]);
  });

  it("names every known provider with the variables of its key", () => {
    const { stdout } = sallyport("catalog");
    expect(stdout).toMatch(/^openai +OPENAI_API_KEY +https:/m);
    expect(stdout).toMatch(/^ollama +\(no key\) +http:/m);
    expect(stdout.trim().split("\n")).toHaveLength(JSON.parse(sallyport("catalog", "--json").stdout).length);
  });
});

describe("a changed file that needs a restart", () => {
  const config = (port: number, model: string): string =>
    `providers:\n  local: { dialect: openai-chat, baseUrl: http://127.0.0.1:9/v1 }\nserver: { port: ${port} }\nmodels:\n  fast: [local/${model}]\n`;

  it("is logged, shown by the admin API and told apart by plan, until the restart has taken it", async () => {
    await using gateway = await runGateway({ config: config(7227, "one") });
    writeFileSync(gateway.configFile, config(7300, "two"));
    const waiting = [
      { path: "server.port", kind: "changed", before: "7227", after: "7300", needsRestart: true },
    ];
    expect(await gateway.admin("/config/reload", { method: "POST" })).toMatchObject({
      generation: 2,
      waiting,
    });
    expect(await gateway.admin("/config")).toMatchObject({ generation: 2, waiting, problems: [] });
    expect(gateway.stderr()).toMatch(/wait for a restart.*"paths":"server\.port"/);
    const planned = sallyport(
      "plan",
      "--config",
      gateway.configFile,
      "--data-dir",
      join(gateway.directory, "data"),
    );
    expect(planned.stdout).toBe(
      "~ server.port   7227 -> 7300   (waits for a restart)\n\n1 change, all only after a restart.\n",
    );
  });
});

describe("sallyport prices", () => {
  it("shows the book, and explains a cost down to its lines", async () => {
    await using gateway = await runGateway();
    const dataDir = join(gateway.directory, "data");
    const shown = sallyport("prices", "--data-dir", dataDir);
    expect(shown.stdout).toMatch(/^Price book [0-9a-f]{16};/);
    expect(shown.stdout).toContain("sandbox *deep: input $3, output $15, cacheRead $0.3");
    const answered = await fetch(`${gateway.url}/v1/chat/completions`, {
      method: "POST",
      headers: { authorization: `Bearer ${gateway.clientKey}`, "content-type": "application/json" },
      body: '{"model":"sandbox/swift","messages":[{"role":"user","content":"hi"}]}',
    });
    const { usage } = JSON.parse(await answered.text());
    const id = answered.headers.get("x-sallyport-request-id") ?? "";
    await expect.poll(() => sallyport("prices", "explain", id, "--data-dir", dataDir).status).toBe(0);
    const explained = sallyport("prices", "explain", id, "--data-dir", dataDir).stdout;
    expect(explained).toContain(`${usage.prompt_tokens} input x $0.5 / 1M`);
    expect(explained).toContain(`${usage.completion_tokens} output x $2 / 1M`);
    expect(explained).toContain("as recorded");
    const unknown = sallyport("prices", "explain", "nothing", "--data-dir", dataDir);
    expect(unknown.status).toBe(1);
    expect(unknown.stderr).toContain("There is no request of this id");
    expect(sallyport("prices", "explode", "--data-dir", dataDir).stderr).toContain("did you mean `explain`");
  });
});

describe("sallyport costs", () => {
  it("tells what the month has cost and will cost, of all and of one scope", async () => {
    await using gateway = await runGateway();
    const dataDir = join(gateway.directory, "data");
    const costs = (...args: readonly string[]) => sallyport("costs", ...args, "--data-dir", dataDir);
    const answered = await fetch(`${gateway.url}/v1/chat/completions`, {
      method: "POST",
      headers: { authorization: `Bearer ${gateway.clientKey}`, "content-type": "application/json" },
      body: '{"model":"sandbox/swift","messages":[{"role":"user","content":"hi"}]}',
    });
    await answered.text();
    const shown = costs("--budget", "0.000001").stdout;
    expect(shown).toMatch(/^all, \d{4}-\d\d: \$0\.\d+ so far, \$0\.\d+ at the end of the month\n/);
    expect(shown).toContain("Fewer than seven days are known");
    expect(shown).toContain(`A budget of $0.000001 runs out on ${new Date().toISOString().slice(0, 10)}.`);
    expect(shown).toMatch(/^provider:sandbox +\$0/m);
    const told = JSON.parse(costs("--scope", "route:sandbox/swift", "--json").stdout);
    expect(told).toMatchObject({ scope: "route:sandbox/swift", thin: true, p10Usd: null, calls: 1 });
    const unknown = costs("--scope", "sandbox");
    expect([unknown.status, unknown.stderr]).toEqual([1, expect.stringContaining("`provider:sandbox`")]);
    const odd = costs("--budget", "much");
    expect([odd.status, odd.stderr]).toEqual([2, expect.stringContaining("a number above 0, not `much`")]);
  });
});

describe("sallyport translate", () => {
  it("prints what an upstream would be sent, and on the side what would be lost", () => {
    const file = join(directory, "request.json");
    writeFileSync(file, '{"model":"gpt-5","messages":[{"role":"user","content":"hi"}],"seed":7}');
    const shown = sallyport("translate", "--from", "openai-chat", "--to", "bedrock-converse", file);
    expect(shown.status).toBe(0);
    expect(JSON.parse(shown.stdout)).toEqual({ messages: [{ role: "user", content: [{ text: "hi" }] }] });
    expect(shown.stderr).toBe("dropped: seed\nPOST /model/gpt-5/converse\n");
    writeFileSync(file, '{"model":"gpt-5","messages":[{"role":"user","content":"hi"}],"n":2}');
    const refused = sallyport("translate", "--from", "openai-chat", "--to", "cohere-chat", file);
    expect(refused.status).toBe(1);
    expect(refused.stdout).toBe("");
    expect(refused.stderr).toContain("refused: ");
    expect(sallyport("translate", "--from", "openai-chat", file).status).toBe(2);
    expect(sallyport("translate", "--from", "chat", "--to", "cohere-chat", file).stderr).toContain(
      "no dialect",
    );
  });
});

describe("the data directory", () => {
  it("is the one that the configuration file names, for every command alike", async () => {
    const own = mkdtempSync(join(tmpdir(), "sallyport-own-"));
    try {
      const file =
        "dataDir: state\nproviders:\n  local: { dialect: openai-chat, baseUrl: http://127.0.0.1:9/v1 }\n";
      writeFileSync(join(own, "sallyport.yaml"), file);
      expect(typed(own, ["keys", "create", "--name", "a"]).status).toBe(0);
      expect(readdirSync(own).toSorted()).toEqual(["sallyport.yaml", "state"]);
    } finally {
      rmSync(own, { recursive: true, force: true });
    }
  });
});

describe("sallyport explain", () => {
  it("says where a request would go and why, in words and in JSON", async () => {
    await using gateway = await runGateway();
    const dataDir = join(gateway.directory, "data");
    const told = sallyport(
      "explain",
      "sandbox/swift",
      "--strategy",
      "COST_OPTIMIZED",
      "--prompt",
      "Who goes there?",
      "--data-dir",
      dataDir,
    );
    expect(told.stderr).toBe("");
    expect(told.stdout).toMatch(
      /^sandbox\/swift -> sandbox\/swift {2}\(cost-optimized\)\n {2}1\. sandbox\/swift {2}\$[\d.e-]+, \d+ ms assumed, quality 0\.\d\d, health \d+ %\n/,
    );
    const { stdout } = sallyport("explain", "sandbox/swift", "--data-dir", dataDir, "--json");
    expect(JSON.parse(stdout)).toMatchObject({ service_id: "sandbox/swift", ranked: [{ tier: 0 }] });
  });

  it("says what it does not understand, and passes on what the gateway refuses", async () => {
    await using gateway = await runGateway();
    const dataDir = join(gateway.directory, "data");
    expect(sallyport("explain").stderr).toContain("which model?");
    expect(sallyport("explain", "x", "--max-cost", "much", "--data-dir", dataDir).stderr).toContain(
      "--max-cost must be a number above 0, not `much`",
    );
    const unknown = sallyport("explain", "nobody", "--data-dir", dataDir);
    expect([unknown.status, unknown.stderr]).toEqual([1, expect.stringContaining("nobody")]);
  });
});
