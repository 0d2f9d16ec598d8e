import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as pause } from "node:timers/promises";
import { describe, expect, it, onTestFinished } from "vitest";
import { type BootedGateway, bootGateway, providerAt } from "../support/booted-gateway.ts";
import { postText, rawClient } from "../support/raw-client.ts";
import { framed, type RawCall, rawUpstream, streamHead } from "../support/raw-upstream.ts";

const messages = [{ role: "user", content: "hi" }];
/** US dollars of a million tokens: nano-dollars of a token are a thousand times that. */
const [inputUsd, outputUsd] = [3, 15];
const promptTokens = 5;
const outputTokensMax = 100;

/** A chunk that tells how much was made until now, as servers do that are asked for it in each chunk. */
const chunk = (content: string, made: number, finish: string | null = null): string =>
  `data: ${JSON.stringify({
    ...{ id: "c", object: "chat.completion.chunk", created: 1, model: "m-1" },
    choices: [{ index: 0, delta: { content }, finish_reason: finish }],
    usage: { prompt_tokens: promptTokens, completion_tokens: made, total_tokens: promptTokens + made },
  })}\n\n`;

/** A provider with an account of its own: it charges what it has sent, whether its client stays or goes. */
async function billingProvider() {
  let billed = 0n;
  const upstream = await rawUpstream((received: RawCall) => {
    const asked = JSON.parse(received.body) as { readonly user: string };
    const [words = 0, isWhole = 0] = asked.user.split(" ").map(Number);
    let text = "";
    for (let made = 1; made <= words; made += 1) text += chunk("abc", made);
    const end = isWhole === 1 ? `${chunk("", words, "stop")}data: [DONE]\n\n` : "";
    billed += BigInt(promptTokens * inputUsd * 1000 + words * outputUsd * 1000);
    received.socket.write(streamHead + framed(text + end) + (isWhole === 1 ? "0\r\n\r\n" : ""));
  });
  onTestFinished(() => upstream[Symbol.asyncDispose]());
  return { url: upstream.url, billed: () => billed, calls: () => upstream.calls().length };
}

async function gatewayOf(url: string, budgets: string): Promise<BootedGateway> {
  const gateway = await bootGateway(`
providers:
${providerAt("chat", url)}
pricing:
  rows:
    - { match: { model: m-1 }, usdPerMillion: { input: ${inputUsd}, output: ${outputUsd} }, source: test }
${budgets}
`);
  onTestFinished(() => gateway[Symbol.asyncDispose]());
  return gateway;
}

/** One call: to its end, or until its client has all words and goes. @returns Its status. */
async function call(
  gateway: BootedGateway,
  words: number,
  isWhole: boolean,
  model = "chat/m-1",
): Promise<number> {
  const client = rawClient(gateway.port);
  const body = {
    ...{ model, messages, stream: true, max_tokens: outputTokensMax },
    user: `${words} ${isWhole ? 1 : 0}`,
  };
  client.socket.write(postText("/v1/chat/completions", gateway.key, body));
  const last = isWhole ? /\[DONE\]/ : new RegExp(`"completion_tokens":${words},`);
  const text = await client.until(new RegExp(`${last.source}|^HTTP/1.1 [45]`));
  client.socket.destroy();
  return Number(/^HTTP\/1\.1 (\d+)/.exec(text)?.[1]);
}

const budgetOf = ({ booted }: BootedGateway, id: string) =>
  booted.control.budgets.list().find(({ budget }) => budget.id === id);

/** Once nothing is held any more. */
async function settled(gateway: BootedGateway, id: string) {
  for (let tries = 0; tries < 200; tries += 1) {
    const state = budgetOf(gateway, id);
    if (state?.reserved === 0n) return state;
    await pause(25);
  }
  throw new Error(`${budgetOf(gateway, id)?.reserved} nano-dollars are still held`);
}

async function allEntries({ booted }: BootedGateway, id: string) {
  await pause(100);
  const entries = [];
  for (let before: number | undefined; ; before = entries.at(-1)?.id) {
    const page = (await booted.control.budgets.entries(id, { before, limit: 500 })) ?? [];
    entries.push(...page);
    if (page.length < 500) return entries;
  }
}

describe("budgets over real sockets", () => {
  it("spend to the nano-dollar what the provider charges: 200 calls at once, half of them cut in mid-stream", {
    timeout: 60_000,
  }, async () => {
    const provider = await billingProvider();
    // Each call may cost about 0.0016 dollars: not all of 200 fit at once.
    const gateway = await gatewayOf(
      provider.url,
      "budgets: { waitMs: 5000, byId: { team: { limitUsd: 0.05 } } }",
    );
    const limit = 50_000_000n;
    let most = 0n;
    const watch = setInterval(() => {
      const state = budgetOf(gateway, "team");
      const sum = (state?.settled ?? 0n) + (state?.reserved ?? 0n);
      if (sum > most) most = sum;
    }, 1);
    const statuses = await Promise.all(
      Array.from({ length: 200 }, (_, index) => call(gateway, 10 + (index % 40), index % 2 === 0)),
    );
    const state = await settled(gateway, "team");
    clearInterval(watch);
    const served = statuses.filter((status) => status === 200).length;
    expect(served).toBe(provider.calls());
    expect(served).toBeGreaterThan(25);
    expect(served).toBeLessThan(200);
    expect(statuses.filter((status) => status !== 200 && status !== 429)).toEqual([]);
    expect(state.settled).toBe(provider.billed());
    expect(most).toBeLessThanOrEqual(limit);
    const entries = await allEntries(gateway, "team");
    const sum = entries
      .filter(({ kind }) => kind === "settle")
      .reduce((all, one) => all + BigInt(one.nanoUsd), 0n);
    expect(sum).toBe(provider.billed());
    expect(entries.filter(({ kind }) => kind === "reserve")).toHaveLength(served);
    expect(entries.some(({ estimated }) => estimated)).toBe(true);
    console.log(
      `served ${served} of 200, billed ${provider.billed()} nano-USD, at most ${most} spent and held of ${limit}`,
    );

    for (let tries = 0; tries < 400; tries += 1) if ((await call(gateway, 50, true)) !== 200) break;
    const used = await settled(gateway, "team");
    expect(used.settled).toBe(provider.billed());
    expect(used.settled).toBeLessThanOrEqual(limit);
    expect(used.settled).toBeGreaterThan((limit * 9n) / 10n);
  });

  it("refuse with the moment at which they begin anew, keep what was set, and show their ledger", async () => {
    const provider = await billingProvider();
    const gateway = await gatewayOf(provider.url, "");
    const { budgets } = gateway.booted.control;
    await budgets.set("tiny", { limitUsd: "0.000001", period: "day" });
    const client = rawClient(gateway.port);
    client.socket.write(
      postText("/v1/chat/completions", gateway.key, {
        model: "chat/m-1",
        messages,
        max_tokens: 10,
        user: "1 1",
      }),
    );
    const text = await client.until(/too little left/);
    client.socket.destroy();
    expect(text).toMatch(/^HTTP\/1\.1 429 /);
    expect(text).toMatch(/^retry-after: \d+\r$/im);
    expect(text).toContain("The budget `tiny` has too little left for this call");
    expect(provider.calls()).toBe(0);
    await expect(budgets.set("tiny", { limitUsd: -1 })).rejects.toThrow(/US dollars/);
    await budgets.set("tiny", { limitUsd: 1, period: "day" });
    expect(await call(gateway, 3, true)).toBe(200);
    expect((await settled(gateway, "tiny")).settled).toBe(provider.billed());
    expect((await allEntries(gateway, "tiny")).map(({ kind }) => kind)).toEqual(["settle", "reserve"]);
    expect(await budgets.remove("tiny")).toBe(true);
    expect(await budgets.remove("tiny")).toBe(false);
    expect(await call(gateway, 3, true)).toBe(200);
  });

  it("let no call of unknown price pass where they are hard, and take it for what it may cost where they are soft", async () => {
    const provider = await billingProvider();
    const gateway = await gatewayOf(provider.url, "");
    const { budgets } = gateway.booted.control;
    const ask = async () => {
      const client = rawClient(gateway.port);
      const body = { model: "chat/nobody-knows", messages, stream: true, user: "3 1" };
      client.socket.write(postText("/v1/chat/completions", gateway.key, body));
      const text = await client.until(/\[DONE\]|^HTTP\/1.1 [45][\s\S]*\}/);
      client.socket.destroy();
      return text;
    };
    await budgets.set("team", { limitUsd: 10 });
    expect(await ask()).toContain("price of this model is not known");
    await budgets.set("team", { limitUsd: 10, kind: "soft" });
    expect(await ask()).toMatch(/^HTTP\/1\.1 200/);
    expect((await settled(gateway, "team")).settled).toBe(250_000_000n);
  });

  it("hold twice what a call may cost where a copy of it may be made: both are billed", async () => {
    const [one, other] = [await billingProvider(), await billingProvider()];
    const gateway = await bootGateway(`
providers:
${providerAt("one", one.url)}
${providerAt("two", other.url)}
models: { m: [one/m-1, two/m-1], alone: [one/m-1] }
resilience: { hedge: { afterMs: 10000, budget: 0.05 } }
pricing:
  rows:
    - { match: { model: m-1 }, usdPerMillion: { input: ${inputUsd}, output: ${outputUsd} }, source: test }
budgets: { byId: { team: { limitUsd: 0.0025 } } }
`);
    onTestFinished(() => gateway[Symbol.asyncDispose]());
    // At most about 0.0016 dollars.
    expect(await call(gateway, 3, true, "alone")).toBe(200);
    expect(await call(gateway, 3, true, "m")).toBe(429);
  });

  it("tell an operator of each threshold once, by a signed webhook", async () => {
    const told: { readonly body: string; readonly signature: string | undefined }[] = [];
    const server = createServer((request, response) => {
      let body = "";
      request.on("data", (piece: Buffer) => {
        body += piece.toString();
      });
      request.on("end", () => {
        told.push({ body, signature: request.headers["x-sallyport-signature"]?.toString() });
        response.end();
      });
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    onTestFinished(() => {
      server.close();
    });
    const { port } = server.address() as AddressInfo;
    const provider = await billingProvider();
    const gateway = await gatewayOf(
      provider.url,
      `allowLiteralSecrets: true
budgets:
  webhook: { url: "http://127.0.0.1:${port}/budgets", secret: "a-secret-of-sixteen-chars" }
  byId: { team: { limitUsd: 0.0024, alerts: [25, 50] } }`,
    );
    // 0.000765 dollars each, of 0.0024.
    for (let calls = 0; calls < 2; calls += 1) expect(await call(gateway, 50, true)).toBe(200);
    for (let tries = 0; tries < 100 && told.length < 2; tries += 1) await pause(20);
    await pause(100);
    expect(
      told.map(({ body }) => JSON.parse(body)).map(({ budget, threshold }) => `${budget} ${threshold}`),
    ).toEqual(["team 25", "team 50"]);
    expect(told.every(({ signature }) => signature?.startsWith("v1="))).toBe(true);
  });
});
