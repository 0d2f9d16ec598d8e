import { execFile } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as after } from "node:timers/promises";
import { promisify } from "node:util";
import { afterAll, describe, expect, it } from "vitest";
import { createSeededRandom } from "../../src/platform/memory/index.ts";
import { openLedgerStore } from "../../src/platform/sqlite/index.ts";
import { ownThreads } from "../../src/platform/threads/index.ts";
import type { WrittenEntry } from "../../src/ports/ledger-store.ts";
import { type NodeOrigin, nodeOrigin } from "../support/rest-gateway.ts";
import { type RunningGateway, runGateway } from "../support/running-gateway.ts";

/** Two hundred before a release: `GATEWAY_KILLS=200`. */
const kills = Number(process.env["GATEWAY_KILLS"] ?? 10);
const seed = 20_261_128;
const main = join(import.meta.dirname, "../../src/main.ts");
const random = createSeededRandom(seed);
const parent = mkdtempSync(join(tmpdir(), "sallyport-killed-"));
let origin: NodeOrigin | undefined;

afterAll(async () => {
  await origin?.[Symbol.asyncDispose]();
  rmSync(parent, { recursive: true, force: true });
});

const answer = JSON.stringify({
  ...{ id: "c", object: "chat.completion", created: 1, model: "m" },
  choices: [{ index: 0, finish_reason: "stop", message: { role: "assistant", content: "well" } }],
  usage: { prompt_tokens: 3, completion_tokens: 2, total_tokens: 5 },
});

/** What was acknowledged: kind and name of what was written. */
type Acknowledged = Map<string, Set<string>>;

/** Writes through the admin API and calls the model until the process is gone. */
async function live(
  gateway: RunningGateway,
  { life, acknowledged }: { readonly life: number; readonly acknowledged: Acknowledged },
): Promise<void> {
  const noted = (kind: string, name: string): void => {
    const names = acknowledged.get(kind) ?? new Set();
    acknowledged.set(kind, names.add(name));
  };
  const writes = async (): Promise<void> => {
    for (let count = 0; ; count += 1) {
      const name = `n${life}-${count}`;
      const { entry } = Object(await gateway.admin("/keys", { method: "POST", body: { name } })) as {
        readonly entry: { readonly id: string };
      };
      noted("keys", entry.id);
      const budget = { scope: { key: entry.id }, limitUsd: 1 };
      await gateway.admin(`/budgets/${name}`, { method: "PUT", body: budget });
      noted("budgets", name);
      const limit = { limit: 1000, keys: [entry.id] };
      await gateway.admin(`/limits/${name}`, { method: "PUT", body: limit });
      noted("limits", name);
      const policy = { id: name, when: "false", do: { deny: {} }, reason: "never" };
      await gateway.admin("/policies", { method: "POST", body: policy });
      noted("policies", name);
      if (count % 2 === 0) continue;
      // From here on nobody can say whether it is there, until its end is acknowledged.
      acknowledged.get("limits")?.delete(name);
      await gateway.admin(`/limits/${name}`, { method: "DELETE" });
      noted("ended limits", name);
    }
  };
  const calls = async (): Promise<void> => {
    for (;;) {
      const reply = await fetch(`${gateway.url}/v1/chat/completions`, {
        method: "POST",
        headers: { authorization: `Bearer ${gateway.clientKey}`, "content-type": "application/json" },
        body: JSON.stringify({ model: "up/m", max_tokens: 10, messages: [{ role: "user", content: "hi" }] }),
      });
      await reply.text();
      if (reply.status === 200) noted("calls", reply.headers.get("x-sallyport-request-id") ?? "");
    }
  };
  // Each goes on until its connection breaks; what was asked then was not acknowledged.
  await Promise.allSettled([writes(), calls(), calls()]);
}

const written = (acknowledged: Acknowledged): number => acknowledged.get("keys")?.size ?? 0;

const idsOf = (list: unknown): ReadonlySet<string> =>
  new Set(
    (list as readonly { readonly id?: string; readonly policy?: { readonly id: string } }[]).map(
      ({ id, policy }) => policy?.id ?? id ?? "",
    ),
  );

/** What was acknowledged and is not there, and what is there again. */
async function missingIn(gateway: RunningGateway, acknowledged: Acknowledged): Promise<readonly string[]> {
  const lost: string[] = [];
  for (const kind of ["keys", "budgets", "limits", "policies"]) {
    const ids = idsOf(Object(await gateway.admin(`/${kind}`))[kind]);
    for (const name of acknowledged.get(kind) ?? []) if (!ids.has(name)) lost.push(`${kind} ${name}`);
    for (const name of acknowledged.get(`ended ${kind}`) ?? []) if (ids.has(name)) lost.push(`ended ${name}`);
  }
  return lost;
}

/** Changes that were acknowledged, by the operation of their records. */
async function recordsIn(directory: string): Promise<ReadonlyMap<string, number>> {
  const { stdout } = await promisify(execFile)(
    process.execPath,
    [main, "audit", "export", "--data-dir", join(directory, "data")],
    { maxBuffer: 1024 ** 3 },
  );
  const counts = new Map<string, number>();
  for (const [, operation = ""] of stdout.matchAll(/"operation":"(\w+)"/g))
    counts.set(operation, (counts.get(operation) ?? 0) + 1);
  return counts;
}

async function ledgerIn(directory: string) {
  const store = openLedgerStore({ directory: join(directory, "data"), threads: ownThreads });
  const entries: WrittenEntry[] = [];
  for (;;) {
    const before = entries.at(-1)?.id;
    const page = await store.entries({
      ...{ budget: "all", limit: 5000 },
      ...(before === undefined ? {} : { before }),
    });
    entries.push(...page);
    if (page.length === 0) break;
  }
  const differences = await store.check(0);
  await store.close();
  return { entries, differences };
}

describe("a gateway under kill -9", () => {
  it("has all that it has acknowledged, a log that verifies, and a ledger that settles nothing twice", {
    timeout: 60_000 + kills * 20_000,
  }, async () => {
    origin = await nodeOrigin((request, response) => {
      request.resume().on("end", () => {
        response.setHeader("content-type", "application/json");
        response.end(answer);
      });
    });
    const config = `
providers: { up: { dialect: openai-chat, baseUrl: "${origin.url}/v1", models: ["m"] } }
pricing: { rows: [{ match: { model: m }, usdPerMillion: { input: 1000, output: 1000 }, source: test }] }
budgets: { byId: { all: { limitUsd: 1000000 } } }
`;
    const acknowledged: Acknowledged = new Map();
    const start = (): Promise<RunningGateway> => runGateway({ directory: parent, config });
    let gateway = await start();
    for (let life = 0; life < kills; life += 1) {
      const [byte = 0] = random.bytes(1);
      const before = written(acknowledged);
      const lived = live(gateway, { life, acknowledged });
      // Not before the first of its writes: then anywhere in what it does.
      await expect.poll(() => written(acknowledged), { interval: 5 }).toBeGreaterThan(before);
      await after(byte * 2);
      gateway.child.kill("SIGKILL");
      await Promise.all([lived, gateway.exited]);
      gateway = await start();
      expect(await missingIn(gateway, acknowledged)).toEqual([]);
      const verified = Object(await gateway.admin("/audit:verify", { method: "POST", body: {} }));
      expect(verified).toMatchObject({ intact: true });
    }
    gateway.child.kill("SIGTERM");
    await gateway.exited;

    const verify = [main, "audit", "verify", "--data-dir", join(parent, "data")];
    await promisify(execFile)(process.execPath, verify);
    const records = await recordsIn(parent);
    const made = (kind: string): number => acknowledged.get(kind)?.size ?? 0;
    expect(records.get("createKey")).toBeGreaterThanOrEqual(made("keys"));
    expect(records.get("setBudget")).toBeGreaterThanOrEqual(made("budgets"));
    expect(records.get("setLimit")).toBeGreaterThanOrEqual(made("limits"));
    expect(records.get("createPolicy")).toBeGreaterThanOrEqual(made("policies"));

    const { entries, differences } = await ledgerIn(parent);
    expect(differences).toEqual([]);
    const ended = entries.filter(({ kind }) => kind === "settle" || kind === "release");
    expect(new Set(ended.map(({ request, attempt }) => `${request} ${attempt}`)).size).toBe(ended.length);
    expect(records.get("removeLimit")).toBeGreaterThanOrEqual(made("ended limits"));
    const counts = ["keys", "budgets", "limits", "policies", "calls"].map((kind) => `${made(kind)} ${kind}`);
    for (const kind of ["keys", "budgets", "limits", "policies", "calls"])
      expect(made(kind)).toBeGreaterThan(0);
    console.log(`${kills} kills: ${counts.join(", ")} acknowledged, ${entries.length} entries of the ledger`);
  });
});
