import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { keyHandle, printKey } from "../../src/capabilities/identity/index.ts";
import type { WantedKey } from "../../src/gateway/control.ts";
import { type BootedGateway, bootGateway } from "../support/booted-gateway.ts";
import { type NodeOrigin, nodeOrigin } from "../support/rest-gateway.ts";

let upstream: NodeOrigin;
let gateway: BootedGateway;

const completion = {
  ...{ id: "c", object: "chat.completion", created: 1, model: "small" },
  choices: [{ index: 0, message: { role: "assistant", content: "hi" }, finish_reason: "stop" }],
  usage: { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 },
};

beforeAll(async () => {
  upstream = await nodeOrigin((request, response) => {
    request.resume().on("end", () => {
      response.setHeader("content-type", "application/json");
      response.end(JSON.stringify({ ...completion, url: request.url }));
    });
  });
  gateway = await bootGateway(`
allowLiteralSecrets: true
providers:
  local: { dialect: openai-chat, baseUrl: "${upstream.url}", key: none, models: [small, large] }
services:
  shop: { baseUrl: "${upstream.url}" }
routes:
  orders: { protocol: rest, path: /orders/*, service: shop }
  stock: { protocol: rest, path: /stock/*, service: shop }
`);
});
afterAll(async () => {
  await gateway[Symbol.asyncDispose]();
  await upstream[Symbol.asyncDispose]();
});

const control = () => gateway.booted.control;
const made = (wanted: Partial<WantedKey> = {}) => control().keys.create({ name: "tester", ...wanted });
const call = (path: string, key: string | undefined, init: RequestInit = {}): Promise<Response> =>
  fetch(`http://127.0.0.1:${gateway.port}${path}`, {
    ...init,
    headers: [
      ...new Headers(init.headers),
      ...(key === undefined ? [] : [["authorization", `Bearer ${key}`] satisfies [string, string]]),
    ],
  });
const chat = (key: string, more: object = {}): Promise<Response> =>
  call("/v1/chat/completions", key, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ model: "small", messages: [{ role: "user", content: "hi" }], ...more }),
  });
const messageOf = async (response: Response): Promise<string> => {
  const { error }: { readonly error?: { readonly message?: string } } = JSON.parse(await response.text());
  return error?.message ?? "";
};

describe("a client key", () => {
  it("is known by its handle and its secret, and its use is on record with whom it belongs to", async () => {
    await control().tenants.create({ id: "acme" });
    await control().projects.create({ id: "web", tenant: "acme" });
    const { key, entry } = await made({ tenant: "acme", project: "web", user: "ann@example.test" });
    expect(key).toMatch(/^sp-[0-9a-hjkmnp-tv-z]{12}-[0-9A-Za-z]{49}$/);
    expect((await chat(key)).status).toBe(200);
    await expect
      .poll(() => control().requests.list({ tenant: "acme", project: "web", limit: 9 }))
      .toMatchObject([{ keyId: entry.id, tenant: "acme", project: "web", user: "ann@example.test" }]);
    expect(await control().requests.list({ tenant: "acme", project: "default", limit: 9 })).toEqual([]);
    expect(
      control()
        .keys.list()
        .find(({ id }) => id === entry.id)?.lastUsedAt,
    ).toBeGreaterThan(0);
  });

  it("is refused in the same words whatever is wrong with it, with a challenge; why is on record", async () => {
    const { key, entry } = await made();
    const other = await made({ networks: ["198.51.100.0/24"] });
    await control().keys.revoke(entry.id);
    const swapped = key.replace(/.$/, (last) => (last === "0" ? "1" : "0"));
    const unknown = printKey(keyHandle(new Uint8Array(12)), "0".repeat(43));
    const answers = await Promise.all([key, other.key, swapped, unknown, "sp-wrong"].map((one) => chat(one)));
    for (const answer of answers) {
      expect(answer.status).toBe(401);
      expect(answer.headers.get("www-authenticate")).toBe('Bearer realm="sallyport"');
    }
    expect(new Set(await Promise.all(answers.map(messageOf))).size).toBe(1);
    const metrics = control().metrics();
    for (const reason of ["revoked", "network", "malformed", "unknown"])
      expect(metrics).toContain(`sallyport_auth_failures_total{reason="${reason}"}`);
    expect(metrics).toContain('sallyport_auth_total{method="api-key",result="refused"}');
  });

  it("two of them in one request are ambiguous", async () => {
    const [one, other] = [await made(), await made()];
    const answer = await call("/orders/1", one.key, { headers: { "x-api-key": other.key } });
    expect(answer.status).toBe(401);
    await expect
      .poll(async () => (await control().requests.list({ status: "error", limit: 1 }))[0]?.code)
      .toBe("unauthenticated");
    expect(control().metrics()).toContain('sallyport_auth_failures_total{reason="ambiguous"}');
  });

  it("comes in the query only where a route takes it there", async () => {
    const { key } = await made();
    expect((await call(`/orders/1?key=${key}`, undefined)).status).toBe(401);
    expect((await call(`/v1/chat/completions?key=${key}`, undefined, { method: "POST" })).status).toBe(401);
    expect((await call(`/p/local/models?key=${key}&a=1`, undefined)).status).toBe(200);
    expect(await (await call(`/p/local/models?key=${key}&a=1`, undefined)).json()).toMatchObject({
      url: expect.not.stringContaining("sp-"),
    });
  });

  it("is nowhere in records, logs and metrics", async () => {
    const { key, entry } = await made();
    const secret = key.slice(16, 59);
    await chat(key);
    await call(`/p/local/models?key=${key}`, undefined);
    await call(`/orders/1?key=${key}`, undefined);
    await call("/orders/1", key.slice(0, -1));
    await expect.poll(() => control().requests.list({ keyId: entry.id, limit: 9 })).toHaveLength(2);
    const lines = await control().requests.list({ limit: 50 });
    const records = await Promise.all(lines.map(({ id }) => control().requests.read(id)));
    const all = JSON.stringify([
      records,
      control().keys.list(),
      control().metrics(),
      control().config.state(),
    ]);
    expect(all).toContain(entry.id);
    expect(all).not.toContain(secret);
  });
});

describe("a scope", () => {
  it.for<{ name: string; scope: NonNullable<WantedKey["scope"]>; taken: readonly number[] }>([
    { name: "lanes", scope: { lanes: ["ai"] }, taken: [200, 403, 403, 403] },
    { name: "routes", scope: { routes: ["ord*"] }, taken: [403, 200, 403, 403] },
    { name: "methods", scope: { methods: ["GET"] }, taken: [403, 200, 200, 200] },
    { name: "tools", scope: { tools: ["search"] }, taken: [200, 200, 200, 403] },
  ])("of $name holds on every lane", async ({ scope, taken }) => {
    const { key } = await made({ scope });
    const answers = [
      await chat(key),
      await call("/orders/1", key),
      await call("/stock/1", key),
      await call("/p/local/models", key),
    ];
    expect(answers.map(({ status }) => status)).toEqual(taken);
    const refused = answers.find(({ status }) => status === 403);
    expect(refused?.headers.get("x-sallyport-error")).toBe("policy_denied");
    expect(await refused?.text()).toContain("The scope of this key does not hold");
  });

  it("of tools names the one that is missing", async () => {
    const { key } = await made({ scope: { tools: ["search_*"] } });
    const tool = (name: string) => ({ type: "function", function: { name, parameters: { type: "object" } } });
    expect((await chat(key, { tools: [tool("search_web")] })).status).toBe(200);
    const refused = await chat(key, { tools: [tool("search_web"), tool("shell")] });
    expect(refused.status).toBe(403);
    expect(await messageOf(refused)).toContain("the tool `shell`");
  });

  it("of its project and its tenant hold beside its own; a model that is not held does not exist", async () => {
    await control().tenants.create({ id: "narrow", models: ["small"] });
    await control().projects.create({ id: "p", tenant: "narrow", scope: { lanes: ["ai"] } });
    const { key } = await made({ tenant: "narrow", project: "p" });
    expect((await chat(key)).status).toBe(200);
    expect((await chat(key, { model: "large" })).status).toBe(404);
    expect((await call("/orders/1", key)).status).toBe(403);
    await control().tenants.update("narrow", { models: ["large"] });
    expect((await chat(key)).status).toBe(404);
    await control().projects.update("narrow/p", { isDisabled: true });
    expect((await chat(key)).status).toBe(401);
    await control().projects.update("narrow/p", { isDisabled: false });
    await control().tenants.update("narrow", { isDisabled: true });
    expect((await chat(key)).status).toBe(401);
  });
});

describe("rotation", () => {
  it("makes a new key that is valid beside the old one, which ends at once where no overlap is wished", async () => {
    const first = await made();
    const second = await control().keys.rotate(first.entry.id);
    expect(second?.entry).toMatchObject({ id: first.entry.id, previous: { until: expect.any(Number) } });
    expect(second?.key.slice(0, 16)).toBe(first.key.slice(0, 16));
    for (const key of [first.key, second?.key ?? ""]) expect((await chat(key)).status).toBe(200);
    const third = await control().keys.rotate(first.entry.id, 0);
    const statuses = [first.key, second?.key, third?.key].map(async (key) => (await chat(key ?? "")).status);
    expect(await Promise.all(statuses)).toEqual([401, 401, 200]);
  });
});

describe("guessing", () => {
  it("is told to wait after twenty failures, by address, while good keys pass", async () => {
    const good = await made();
    const guessed = printKey(keyHandle(new Uint8Array(12).fill(3)), "1".repeat(43));
    const statuses = new Set<number>();
    for (let tries = 0; tries < 60 && !statuses.has(429); tries += 1)
      statuses.add((await chat(guessed)).status);
    expect(statuses).toContain(429);
    expect((await chat(good.key)).status).toBe(200);
    const refused = await chat(guessed);
    expect(refused.status).toBe(429);
    expect(Number(refused.headers.get("retry-after"))).toBeGreaterThan(0);
    expect((await call("/orders/1", undefined)).status).toBe(401);
    expect(control().metrics()).toContain('sallyport_auth_total{method="api-key",result="limited"}');
  });
});
