import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { printExplanation } from "../../src/cli/prices.ts";
import { type BootedGateway, bootGateway, providerAt } from "../support/booted-gateway.ts";
import { type RawUpstream, rawUpstream, wholeAnswer } from "../support/raw-upstream.ts";

let upstream: RawUpstream;
let gateway: BootedGateway;

const answerOf = (more: object, usage: object = {}): string =>
  JSON.stringify({
    id: "c",
    object: "chat.completion",
    created: 1,
    model: "m",
    choices: [{ index: 0, message: { role: "assistant", content: "hi" }, finish_reason: "stop" }],
    usage: { prompt_tokens: 1000, completion_tokens: 100, total_tokens: 1100, ...usage },
    ...more,
  });

beforeAll(async () => {
  upstream = await rawUpstream(({ body, socket }) => {
    const tier = /"service_tier":"(\w+)"/.exec(body)?.[1];
    // What is asked for as `auto` is served as the project has it.
    const served = tier === "auto" ? "flex" : tier;
    const cost = body.includes("dear") ? { cost: 0.5 } : {};
    socket.write(wholeAnswer(200, answerOf(served === undefined ? {} : { service_tier: served }, cost)));
  });
  gateway = await bootGateway(`
providers:
  openai: { key: k, baseUrl: "${upstream.url}/v1" }
${providerAt("own", upstream.url)}
allowLiteralSecrets: true
pricing:
  rows:
    - { match: { provider: own, model: cheap }, usdPerMillion: { input: 1, output: 2 }, source: contract }
    - { match: { provider: own, model: dear }, usdPerMillion: { input: 1, output: 2 }, source: contract }
`);
});
afterAll(async () => {
  await gateway[Symbol.asyncDispose]();
  await upstream[Symbol.asyncDispose]();
});

/** @returns The id of the request. */
async function ask(model: string, tier?: string): Promise<string> {
  const response = await fetch(`http://127.0.0.1:${gateway.port}/v1/chat/completions`, {
    method: "POST",
    headers: { authorization: `Bearer ${gateway.key}`, "content-type": "application/json" },
    body: JSON.stringify({ model, messages: [{ role: "user", content: "hi" }], service_tier: tier }),
  });
  expect(response.status).toBe(200);
  await response.text();
  const id = response.headers.get("x-sallyport-request-id") ?? "";
  await expect.poll(async () => await gateway.booted.control.requests.read(id)).toBeDefined();
  return id;
}
const explain = (id: string) => gateway.booted.control.prices.explain(id);
const prices = () => gateway.booted.control.prices;

describe("the cost of a call", () => {
  it("follows the tier that served it, and is explained line by line", async () => {
    // 1,000 in at $1.25, 100 out at $10, by the published list; OpenAI's flex costs half, priority twice as much.
    const ids = [
      await ask("openai/gpt-5"),
      await ask("openai/gpt-5", "auto"),
      await ask("openai/gpt-5", "priority"),
    ];
    const told = await Promise.all(ids.map(explain));
    expect(told.map((one) => one?.cost?.nanoUsd)).toEqual([2_250_000, 1_125_000, 4_500_000]);
    expect(told.map((one) => one?.recomputedNanoUsd)).toEqual([2_250_000, 1_125_000, 4_500_000]);
    expect(told[1]?.cost?.rows?.[1]).toContain("openai * flex, OpenAI");
    const [, flex] = told;
    if (flex === undefined) expect.unreachable();
    const text = printExplanation(JSON.parse(JSON.stringify(flex)));
    expect(text).toContain("1000 input x $1.25 / 1M = $0.00125\n100 output x $10 / 1M = $0.001\n");
    expect(text).toContain("sum times 1/2 = $0.001125, as recorded\n");
  });

  it("is compared with what the provider itself says", async () => {
    const id = await ask("own/dear");
    expect(await explain(id)).toMatchObject({ reportedNanoUsd: 500_000_000, cost: { nanoUsd: 1_200_000 } });
    expect(prices().state().drift).toMatchObject([
      { provider: "own", model: "dear", calls: 1, reportedNanoUsd: 500_000_000, isAlarming: false },
    ]);
  });

  it("is unknown, not 0, until a row is set, which counts at once, and for what was before too when asked", async () => {
    const before = await ask("own/nobody-knows");
    expect(await explain(before)).toMatchObject({ cost: { nanoUsd: null }, now: { nanoUsd: null } });
    expect(prices().state().unpriced).toContainEqual({ provider: "own", model: "nobody-knows", calls: 1 });
    expect(gateway.logger.lines().some(({ message }) => message.includes("no known price"))).toBe(true);
    const book = prices().state().book;
    const rows = [
      {
        match: { provider: "own", model: "nobody-*" },
        usdPerMillion: { input: 3, output: 4 },
        source: "set",
      },
    ];
    expect(prices().setRows(rows)).toMatchObject({ setRows: rows });
    expect(prices().state().book).not.toBe(book);
    expect(await explain(await ask("own/nobody-knows"))).toMatchObject({ cost: { nanoUsd: 3_400_000 } });
    expect(await explain(before)).toMatchObject({ cost: { nanoUsd: null }, now: { nanoUsd: 3_400_000 } });
  });

  it("keeps its book when rows are set that are not valid, or contradict those of the file", () => {
    const { book } = prices().state();
    expect(() => prices().setRows([{ match: {}, source: "x" }])).toThrow(/rows\[0\].*needs/);
    const twin = { match: { provider: "own", model: "cheap" }, usdPerMillion: { input: 9 }, source: "twin" };
    expect(() => prices().setRows([twin])).toThrow(/two price rows match/);
    expect(prices().state().book).toBe(book);
  });
});
