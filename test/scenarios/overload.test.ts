import { createServer } from "node:http";
import { setTimeout as pause } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { providerAt } from "../support/booted-gateway.ts";
import { type FloodTally, flood } from "../support/flood.ts";
import { memoryGateway, openaiUpstream } from "../support/memory-gateway.ts";
import { postText } from "../support/raw-client.ts";
import { inboundRequest, type RecordedReply, recordedReply } from "../support/recorded-reply.ts";
import { runGateway } from "../support/running-gateway.ts";
import { scriptedTransport } from "../support/scripted-transport.ts";
import { chatAnswer } from "../support/stream-frames.ts";

const json = { "content-type": "application/json" };
const well = { loopMsMean: 0, loopMsP99: 0, heapShare: 0, rssShare: 0 };
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
const batch = { "x-sallyport-priority": "batch" };

/** A gateway over memory, whose process fares as the test says. */
async function world(inFlightMax = 1000, bulkhead: unknown = {}, bodyBytesMax = 1_000_000) {
  let pressure = well;
  let bodiesRead = 0;
  const transport = scriptedTransport(() => []);
  const memory = await memoryGateway({
    transport,
    inFlightMax,
    bulkhead,
    bodyBytesMax,
    pressure: () => pressure,
    providers: [openaiUpstream],
  });
  const ask = (
    headers: Readonly<Record<string, string>> = {},
    target = "/v1/chat/completions",
  ): RecordedReply => {
    const client = recordedReply();
    const inbound = inboundRequest({
      ...{ target, method: target === "/v1/models" ? "GET" : "POST", reply: client.reply },
      headers: { authorization: `Bearer ${memory.key}`, ...json, ...headers },
      body: JSON.stringify({ model: "gpt-5-mini", messages: [{ role: "user", content: "hi" }] }),
    });
    const readBody: typeof inbound.readBody = (bytesMax) => {
      bodiesRead += 1;
      return inbound.readBody(bytesMax);
    };
    memory.gateway.handle({ ...inbound, readBody });
    return client;
  };
  return {
    ...{ memory, ask, bodiesRead: () => bodiesRead, sent: () => transport.sent.length },
    metrics: () => memory.gateway.control.metrics(),
    state: () => memory.gateway.control.state().overload,
    fares: (next: Partial<typeof well>) => {
      pressure = { ...well, ...next };
      memory.time.advance(100);
    },
  };
}

describe("the entrance", () => {
  it("refuses before the body is read, says why and when to come back, and shows it", async () => {
    const { ask, fares, bodiesRead, metrics, memory, state } = await world();
    fares({ heapShare: 0.93 });
    const client = ask();
    expect([client.status(), client.header("x-sallyport-error"), client.header("x-sallyport-shed")]).toEqual([
      503,
      "overloaded",
      "memory",
    ]);
    expect(Number(client.header("retry-after-ms"))).toBeGreaterThanOrEqual(5000);
    expect(Number(client.header("retry-after-ms"))).toBeLessThanOrEqual(7500);
    expect(client.header("connection")).toBe("close");
    expect(bodiesRead()).toBe(0);
    expect(ask({}, "/openai/v1/files").header("x-sallyport-shed")).toBe("memory");
    expect(ask({}, "/v1/models").status()).toBe(200);
    expect(state()).toMatchObject({ level: 3, readings: { heapShare: 0.93 } });
    expect(metrics()).toContain('sallyport_shed_total{reason="memory",priority="interactive"} 2');
    expect(metrics()).toContain("sallyport_overload_level 3");
    await turn();
    const [record] = (await memory.records()).filter(({ code }) => code === "overloaded");
    expect(record?.stages.map(({ stage, decision }) => `${stage} ${decision}`)).toEqual([
      "identify know",
      "admit refuse",
      "encode refuse",
      "settle refused",
    ]);
  });

  it("refuses batches where memory is short, and lets in who is waited for", async () => {
    const { ask, fares, bodiesRead } = await world();
    fares({ heapShare: 0.86 });
    expect(ask(batch).header("x-sallyport-shed")).toBe("memory");
    expect(ask().status()).toBe(0);
    expect(bodiesRead()).toBe(1);
  });

  it("takes from batches first while the process is late, and is open again when it is not", async () => {
    const { ask, fares, state } = await world();
    const second = (loopMsMean: number): readonly [interactive: number, batch: number] => {
      const refused: [number, number] = [0, 0];
      for (let count = 0; count < 50; count += 1)
        for (const [index, headers] of [{}, batch].entries())
          if (ask(headers).status() === 503) refused[index] = (refused[index] ?? 0) + 1;
      for (let tick = 0; tick < 10; tick += 1) fares({ loopMsMean });
      return refused;
    };
    expect(second(100)).toEqual([0, 0]);
    expect(second(100)).toEqual([0, 10]);
    expect(second(100)).toEqual([0, 19]);
    expect(state()).toMatchObject({ from: "batch" });
    for (let count = 0; count < 30; count += 1) second(0);
    expect(second(0)).toEqual([0, 0]);
    expect(state()).toMatchObject({ from: null, admittedShare: 1 });
  });

  it("takes half at most, and a twentieth of it, where everybody waits for a target in vain", async () => {
    const { ask, memory, state } = await world(1000, { concurrency: 1, maxWaitMs: 300 });
    for (let count = 0; count < 40; count += 1) ask();
    for (let count = 0; count < 10; count += 1) await turn();
    memory.time.advance(300);
    for (let count = 0; count < 10; count += 1) await turn();
    memory.time.advance(700);
    expect(memory.gateway.control.metrics()).toContain('{reason="wait",priority="interactive"} 39');
    expect(state().from).toBe("interactive");
    expect(state().admittedShare).toBeCloseTo(0.5 * 0.95);
  });

  it("learns of targets that refuse at once, as nobody may wait for them", async () => {
    const { ask, fares, memory, state } = await world(1000, { concurrency: 1, queueMax: 0 });
    for (let count = 0; count < 40; count += 1) ask();
    for (let count = 0; count < 10; count += 1) await turn();
    for (let tick = 0; tick < 10; tick += 1) fares({});
    expect(memory.gateway.control.metrics()).toContain('{reason="queue",priority="interactive"} 39');
    expect(state().from).toBe("interactive");
    expect(state().admittedShare).toBeCloseTo(0.5 * 0.95);
  });

  it("takes who does not say how long its body is for one with a long body", async () => {
    const fairCost = async (headers: Readonly<Record<string, string>>): Promise<number> => {
      const { ask, fares, state } = await world();
      for (let count = 0; count < 50; count += 1) ask(headers);
      for (let tick = 0; tick < 10; tick += 1) fares({ loopMsMean: 100 });
      return state().fairCost ?? 0;
    };
    const said = await fairCost({ "content-length": "1000000" });
    expect(said).toBeGreaterThan(100);
    expect(await fairCost({ "transfer-encoding": "chunked" })).toBeCloseTo(said);
  });

  it("tells why where all places are taken", async () => {
    const { ask, metrics } = await world(1);
    ask();
    await turn();
    const client = ask();
    await turn();
    expect([client.status(), client.header("x-sallyport-shed")]).toEqual([503, "in-flight"]);
    expect(metrics()).toContain('sallyport_shed_total{reason="in-flight",priority="interactive"} 1');
  });
});

describe("on the raw lane the length of a body", () => {
  const words = "/p/openai/chat/completions";
  it("above the bound is refused at once, without a place at the target", async () => {
    const { ask, sent } = await world();
    const client = ask({ "content-length": "9000000000000000000" }, words);
    await turn();
    expect([client.status(), client.header("x-sallyport-error"), sent()]).toEqual([
      413,
      "request_too_large",
      0,
    ]);
  });

  it.for<{ name: string; headers: Readonly<Record<string, string>> }>([
    { name: "as it is said", headers: { "content-length": "900000" } },
    { name: "where it is not", headers: { "transfer-encoding": "chunked" } },
  ])("takes no more of a target than the largest prompt: $name", async ({ headers }) => {
    const { ask, sent } = await world(1000, { tokensMax: 1000 }, 1000);
    ask(headers, words);
    await turn();
    ask({ "content-length": "4" }, words);
    await turn();
    expect(sent()).toBe(2);
    ask(headers, words);
    await turn();
    expect(sent()).toBe(2);
  });
});

const floodMs = 5000;
const connections = 150;
const sum = ({ refused }: FloodTally): number => Object.values(refused).reduce((all, one) => all + one, 0);
const refusedShare = (tally: FloodTally): number => sum(tally) / Math.max(1, sum(tally) + tally.answered);

it("under more than it can carry a process answers health, refuses batches first, and recovers by itself", async () => {
  const answer = chatAnswer("well");
  const upstream = createServer((request, response) => {
    request.resume();
    response.writeHead(200, { "content-type": "application/json", "content-length": answer.length });
    response.end(answer);
  });
  await new Promise<void>((resolve) => upstream.listen(0, "127.0.0.1", resolve));
  const address = upstream.address();
  const url = `http://127.0.0.1:${typeof address === "object" ? address?.port : ""}`;
  // What this machine can send is not much either: late is what a few milliseconds are.
  const config = `overload: { ingress: { delayMax: 5 } }\nproviders:\n${providerAt("up", url)}\n`;
  await using gateway = await runGateway({ config });
  // In another dialect than the provider's, and long: what a request takes is taken by the gateway.
  const content = "so many words ".repeat(3000);
  const body = { model: "up/m", max_tokens: 50, messages: [{ role: "user", content }] };
  const interactive = postText("/v1/messages", gateway.clientKey, body);
  const urgent = { interactive, batch: interactive.replace("\r\n", "\r\nx-sallyport-priority: batch\r\n") };
  const overload = async (): Promise<unknown> => {
    const stats: { readonly gateway: { readonly overload: unknown } } = JSON.parse(
      JSON.stringify(await gateway.admin("/stats")),
    );
    return stats.gateway.overload;
  };
  const stop = flood(Number(new URL(gateway.url).port), urgent, connections);
  const health: number[] = [];
  const endsAt = performance.now() + floodMs;
  while (performance.now() < endsAt) {
    const from = performance.now();
    expect((await fetch(`${gateway.url}/livez`)).status).toBe(200);
    health.push(performance.now() - from);
    await pause(100);
  }
  const tallies = stop();
  // Who floods does so from the same machine: the first seconds belong to neither.
  expect(health.toSorted((one, other) => one - other)[health.length >> 1]).toBeLessThan(500);
  expect(tallies.interactive.answered).toBeGreaterThan(100);
  expect(sum(tallies.batch)).toBeGreaterThan(20);
  expect(refusedShare(tallies.batch)).toBeGreaterThan(1.2 * refusedShare(tallies.interactive));
  await expect
    .poll(overload, { timeout: 20_000, interval: 200 })
    .toMatchObject({ admittedShare: 1, from: null });
  const after = await fetch(`${gateway.url}/v1/messages`, {
    method: "POST",
    headers: { authorization: `Bearer ${gateway.clientKey}`, ...json, ...batch },
    body: JSON.stringify(body),
  });
  expect(after.status).toBe(200);
  upstream.close();
  upstream.closeAllConnections();
});
