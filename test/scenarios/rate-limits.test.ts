import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { BootedGateway } from "../support/booted-gateway.ts";
import { memoryGateway, openaiUpstream } from "../support/memory-gateway.ts";
import { type RawUpstream, rawUpstream, wholeAnswer } from "../support/raw-upstream.ts";
import { inboundRequest, type RecordedReply, recordedReply } from "../support/recorded-reply.ts";
import { restGateway } from "../support/rest-gateway.ts";
import { type Step, scriptedTransport } from "../support/scripted-transport.ts";
import { chatAnswer } from "../support/stream-frames.ts";

let origin: RawUpstream;
let gateway: BootedGateway;

beforeAll(async () => {
  origin = await rawUpstream(({ socket }) => void socket.write(wholeAnswer(200, "ok", {}), "latin1"));
  gateway = await restGateway(`
server: { limits: { connectionsPerClientMax: 5000 } }
services:
  up: { baseUrl: "${origin.url}" }
routes:
  many: { service: up, path: /many, auth: none }
  few: { service: up, path: /few, auth: none }
  heavy: { service: up, path: /heavy, auth: none }
  dear: { service: up, path: /dear, auth: none }
policies:
  - { id: dear-posts, when: 'request.method == "POST" and request.path == "/dear"', do: { limit: { use: dear, cost: 4 } } }
limits:
  - { id: many, scope: [global], limit: 100, perMs: 1 h, routes: [many] }
  - { id: few, scope: [ip], limit: 1, perMs: 1 h, routes: [few] }
  - { id: dear, scope: [global], limit: 10, perMs: 1 h, routes: [dear] }
  - { id: heavy, unit: content_bytes, scope: [route], limit: 100, perMs: 1 h, routes: [heavy] }
`);
});
afterAll(async () => {
  await gateway?.[Symbol.asyncDispose]();
  await origin[Symbol.asyncDispose]();
});

const fetched = (path: string, init: RequestInit = {}): Promise<Response> =>
  fetch(`http://127.0.0.1:${gateway.port}${path}`, init);

describe("rate limits of a service", () => {
  it("admit exactly the burst of a thousand requests at once, over real sockets", async () => {
    const statuses = await Promise.all(
      Array.from({ length: 1000 }, async () => {
        const response = await fetched("/many");
        await response.arrayBuffer();
        return response.status;
      }),
    );
    expect(statuses.filter((status) => status === 200)).toHaveLength(100);
    expect(statuses.filter((status) => status === 429)).toHaveLength(900);
  });

  it("tell what is left on every answer, and say what was violated", async () => {
    const good = await fetched("/few");
    expect(good.headers.get("ratelimit-policy")).toBe('"few";q=1;w=3600');
    expect(good.headers.get("ratelimit")).toBe('"few";r=0;t=3600');
    const refused = await fetched("/few");
    expect(refused.status).toBe(429);
    const seconds = Number(refused.headers.get("retry-after"));
    expect(seconds).toBeGreaterThanOrEqual(3599);
    expect(seconds).toBeLessThanOrEqual(3961);
    expect(Number(refused.headers.get("retry-after-ms"))).toBeGreaterThan(3_590_000);
    expect(refused.headers.get("ratelimit")).toMatch(/^"few";r=0;t=3600$/);
    expect(await refused.json()).toMatchObject({
      type: "https://iana.org/assignments/http-problem-types#quota-exceeded",
      status: 429,
      "violated-policies": ["few"],
    });
  });

  it("are charged by a policy with what it says that a request costs there", async () => {
    const statuses: number[] = [];
    for (const method of ["POST", "GET", "POST", "POST", "GET"])
      statuses.push((await fetched("/dear", { method })).status);
    // 4, 1 and 4 of 10: four more are too many, one is not.
    expect(statuses).toEqual([200, 200, 200, 429, 200]);
  });

  it("refuse for ever what is larger than the burst, and let the answer's bytes be a debt", async () => {
    const large = await fetched("/heavy", { method: "POST", body: "x".repeat(101) });
    expect(large.status).toBe(413);
    expect(await large.json()).toMatchObject({ detail: expect.stringContaining("`heavy`") });
    const good = await fetched("/heavy", { method: "POST", body: "x".repeat(99) });
    await good.arrayBuffer();
    await expect.poll(async () => (await fetched("/heavy")).status).toBe(429);
  });
});

const json = { "content-type": "application/json", "x-ratelimit-remaining-requests": "4999" };
const well: readonly Step[] = [
  { kind: "head", status: 200, headers: json },
  { kind: "data", bytes: Buffer.from(chatAnswer("well")) },
  { kind: "end" },
];
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

async function world(limits: unknown) {
  const transport = scriptedTransport(() => well);
  const memory = await memoryGateway({ transport, limits, providers: [openaiUpstream] });
  const ask = async (more: object = {}): Promise<RecordedReply> => {
    const client = recordedReply();
    memory.gateway.handle(
      inboundRequest({
        target: "/v1/chat/completions",
        headers: { authorization: `Bearer ${memory.key}`, "content-type": "application/json" },
        body: JSON.stringify({ model: "gpt-4o", messages: [{ role: "user", content: "hi" }], ...more }),
        reply: client.reply,
      }),
    );
    for (let count = 0; count < 20; count += 1) await turn();
    return client;
  };
  const finish = async (): Promise<void> => {
    for (const sent of transport.sent) while (sent.step()) await turn();
    for (let count = 0; count < 8; count += 1) await turn();
  };
  return { memory, ask, finish };
}

describe("rate limits of models", () => {
  it("reserve what may come, and count what came", async () => {
    const { memory, ask, finish } = await world([{ id: "tpm", unit: "total_tokens", limit: 2000 }]);
    await ask({ max_tokens: 1000 });
    const reserved = memory.gateway.control.limits.list()[0]?.top[0]?.taken ?? 0;
    expect(reserved).toBeGreaterThan(1000);
    expect(reserved).toBeLessThan(1100);
    const refused = await ask({ max_tokens: 1000 });
    expect(refused.status()).toBe(429);
    await finish();
    const [record] = (await memory.records()).filter(({ outcome }) => outcome === "completed");
    const used = (record?.usage?.input.total ?? 0) + (record?.usage?.output.total ?? 0);
    expect(used).toBeGreaterThan(0);
    expect(memory.gateway.control.limits.list()[0]?.top[0]?.taken).toBe(used);
  });

  it("tell OpenAI's clients of our limits, not of the provider's", async () => {
    const { ask, finish } = await world([{ id: "rpm", limit: 3 }]);
    const answer = await ask();
    await finish();
    expect(answer.header("x-ratelimit-limit-requests")).toBe("3");
    expect(answer.header("x-ratelimit-remaining-requests")).toBe("2");
    expect(answer.header("ratelimit")).toBe('"rpm";r=2;t=20');
  });

  it("take nothing of what was never sent", async () => {
    const { memory, ask } = await world([{ id: "rpm", limit: 3, perMs: 3_600_000 }]);
    const answer = await ask({ model: "nobody/knows" });
    expect(answer.status()).toBe(404);
    expect(memory.gateway.control.limits.list()[0]).toMatchObject({ admitted: 1, fill: 0 });
  });

  it("hold places while a call is open", async () => {
    const { ask, finish } = await world([{ id: "open", unit: "concurrent", limit: 1 }]);
    await ask();
    expect((await ask()).status()).toBe(429);
    await finish();
    expect((await ask()).status()).toBe(0);
  });

  it("are set while the gateway runs, and removed", async () => {
    const { memory, ask } = await world([]);
    const { control } = memory.gateway;
    const settings = {
      ...{ id: "mine", scope: ["key" as const], unit: "requests" as const, limit: 1, perMs: 3_600_000 },
      ...{ tenants: [], projects: [], keys: ["test"], routes: [], models: [], halvedOnAnomaly: false },
    };
    await control.limits.set(settings);
    await ask();
    expect((await ask()).status()).toBe(429);
    expect(await control.limits.remove("mine")).toBe(true);
    expect((await ask()).status()).toBe(0);
    expect(await control.limits.remove("mine")).toBe(false);
  });
});
