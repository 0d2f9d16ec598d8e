import { describe, expect, it } from "vitest";
import { recomputed } from "../../src/capabilities/pricing/index.ts";
import { zonesOf } from "../../src/capabilities/residency/index.ts";
import { printExplanation } from "../../src/cli/prices.ts";
import type { RequestRecord } from "../../src/exchange/settlement.ts";
import { type MemoryGateway, memoryGateway, openaiUpstream } from "../support/memory-gateway.ts";
import { inboundRequest, type RecordedReply, recordedReply } from "../support/recorded-reply.ts";
import { type Step, scriptedTransport } from "../support/scripted-transport.ts";
import { chatAnswer, chatStream } from "../support/stream-frames.ts";

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
const json = { "content-type": "application/json" };
/** `near` is in the gateway's own region, `far` is not; both charge the same for tokens. */
const regionOf: Readonly<Record<string, string>> = { near: "eu-central-1", far: "us-east-1" };
const regions = {
  here: "eu-central-1",
  egress: [
    { from: "eu-central-1", to: "eu-central-1", perGb: 0 },
    { from: "eu", perGb: 90 },
    { to: "eu", perGb: 50 },
  ],
};

const addresses = {
  balance: "round-robin",
  hashOn: "conversation",
  list: Object.entries(regionOf).map(([name, region]) => ({
    ...{ name, region, weight: 1 },
    baseUrl: `http://${name}.invalid/v1`,
  })),
  health: undefined,
} as const;

interface World {
  readonly memory: MemoryGateway;
  readonly ask: (more?: object, target?: string) => Promise<RecordedReply>;
  readonly record: () => Promise<RequestRecord | undefined>;
  /** Bytes of the body that was sent with the last try. */
  readonly sent: (ago?: number) => number;
}

async function world(
  models: readonly string[],
  parts: {
    readonly egress?: unknown;
    readonly unpriced?: boolean;
    readonly fails?: string;
    /** Each provider is served near and far. */
    readonly isEverywhere?: boolean;
  } = {},
): Promise<World> {
  const bodyOf = (body: unknown): string =>
    body instanceof Uint8Array ? Buffer.from(body).toString() : typeof body === "string" ? body : "";
  const transport = scriptedTransport(({ origin, body }): readonly Step[] => {
    const isStream = bodyOf(body).includes('"stream":true');
    const status = parts.fails !== undefined && origin.includes(parts.fails) ? 500 : 200;
    const type = isStream && status === 200 ? "text/event-stream" : "application/json";
    const text = status === 500 ? "{}" : isStream ? chatStream("well", " said") : chatAnswer("well");
    return [
      { kind: "head", status, headers: { "content-type": type } },
      { kind: "data", bytes: Buffer.from(text) },
      { kind: "end" },
    ];
  });
  const memory = await memoryGateway({
    transport,
    regions: parts.egress === undefined ? regions : { ...regions, egress: parts.egress },
    providers: models.map((id) => ({
      ...openaiUpstream,
      id,
      baseUrl: `http://${id}.invalid/v1`,
      globs: [],
      ...(parts.isEverywhere === true ? { addresses } : { zonesOf: () => zonesOf(regionOf[id], {}) }),
    })),
    pools: { pool: models.map((id) => ({ provider: id, model: "m" })) },
    routes: {
      pool: {
        strategy: "cost-optimized",
        weights: { cost: 0.4, latency: 0.3, health: 0.2, quality: 0.1 },
        expose: "full",
      },
    },
    prices: parts.unpriced === true ? {} : { m: [1, 1] },
  });
  return {
    memory,
    record: async () => (await memory.records())[0],
    sent: (ago = 1) => Buffer.byteLength(bodyOf(transport.sent.at(-ago)?.request.body)),
    ask: async (more = {}, target = "/v1/chat/completions") => {
      const client = recordedReply();
      // Records of one moment have no order.
      memory.time.advance(1);
      memory.gateway.handle(
        inboundRequest({
          target,
          headers: { authorization: `Bearer ${memory.key}`, ...json },
          body: JSON.stringify({
            model: "pool",
            messages: [{ role: "user", content: "hi ".repeat(500) }],
            ...more,
          }),
          reply: client.reply,
        }),
      );
      for (let rounds = 0; rounds < 30 && !client.isEnded(); rounds += 1) {
        await turn();
        for (const played of transport.sent) while (played.step()) await turn();
      }
      await turn();
      return client;
    },
  };
}

/** 9 tokens of input and 3 of output at a dollar a million. */
const tokensNanoUsd = 12_000;
const answerBytes = Buffer.byteLength(chatAnswer("well"));
const by = (reply: RecordedReply): string => reply.header("x-sallyport-deployment") ?? "";

describe("what bytes cost on their way", () => {
  it("is booked by the bytes that passed, each way at its own price, beside the tokens", async () => {
    const { ask, record, sent } = await world(["far"]);
    const answer = await ask();
    const egress = Math.round(sent() * 90 + answerBytes * 50);
    const told = await record();
    expect(told?.cost).toMatchObject({
      nanoUsd: tokensNanoUsd + egress,
      egress: {
        nanoUsd: egress,
        lines: [
          { unit: "sentBytes", quantity: sent(), nanoUsd: 90e9, per: 1e9 },
          { unit: "receivedBytes", quantity: answerBytes, nanoUsd: 50e9, per: 1e9 },
        ],
      },
    });
    expect(answer.header("x-sallyport-cost-nano-usd")).toBe(String(tokensNanoUsd + egress));
    expect(told?.cost && recomputed(told.cost)).toBe(told?.cost?.nanoUsd);
  });

  it("of a stream is known when its last byte has passed", async () => {
    const { ask, record, sent } = await world(["far"]);
    await ask({ stream: true, stream_options: { include_usage: true } });
    const { cost, usage } = (await record()) ?? {};
    const bytes = Buffer.byteLength(chatStream("well", " said"));
    expect(cost?.egress?.lines.map(({ quantity }) => quantity)).toEqual([sent(), bytes]);
    const tokens = (usage?.input.total ?? 0) + (usage?.output.total ?? 0);
    expect(cost?.nanoUsd).toBe(1000 * tokens + Math.round(sent() * 90 + bytes * 50));
  });

  it("counts every try, also of a request that nobody answers", async () => {
    const { ask, record, sent } = await world(["far", "near"], { fails: "far" });
    expect((await ask({ model: "far/m" })).status()).toBe(500);
    expect((await record())?.cost).toMatchObject({ nanoUsd: sent() * 90 + 2 * 50, lines: [], source: null });
    const both = await world(["far", "near"], { fails: "far", egress: [{ from: "eu", perGb: 90 }] });
    const answer = await both.ask({}, "/v1/chat/completions");
    expect(answer.status()).toBe(200);
    const { cost, attempts } = (await both.record()) ?? {};
    const all = attempts?.reduce((sum, _, index) => sum + both.sent(index + 1), 0) ?? 0;
    expect(attempts?.map(({ code }) => code)).toEqual(["upstream_failed", null]);
    // The answer comes from a place in the union, the failure does not.
    expect(cost?.egress?.nanoUsd).toBe((all + answerBytes) * 90);
  });

  it("is nothing where no row fits, or the row says 0", async () => {
    const near = await world(["near"]);
    await near.ask();
    expect((await near.record())?.cost).toMatchObject({ nanoUsd: tokensNanoUsd });
    expect((await near.record())?.cost?.egress).toBeUndefined();
    const free = await world(["far"], { egress: [] });
    await free.ask();
    expect((await free.record())?.cost?.egress).toBeUndefined();
  });

  it("is shown where the price of the tokens is not known, and does not make the cost known", async () => {
    const { ask, record } = await world(["far"], { unpriced: true });
    await ask();
    const cost = (await record())?.cost;
    expect(cost?.nanoUsd).toBeNull();
    expect(cost?.egress?.nanoUsd).toBeGreaterThan(0);
  });

  it("decides: of two that charge the same the nearer one is asked", async () => {
    const { ask } = await world(["far", "near"]);
    for (let request = 0; request < 3; request += 1) expect(by(await ask())).toBe("near");
    const turned = await world(["far", "near"], { egress: [{ to: "de", perGb: 90 }] });
    for (let request = 0; request < 3; request += 1) expect(by(await turned.ask())).toBe("far");
  });

  it.for([false, true])(
    "is expected as it will be booked, once answers have shown how many bytes a token has: stream %s",
    async (stream) => {
      /** What is expected after thirty requests, and what the last came to. */
      const after = async (egress?: unknown) => {
        const { ask, record, memory } = await world(["far"], egress === undefined ? {} : { egress });
        const more = stream ? { stream, stream_options: { include_usage: true } } : {};
        for (let request = 0; request < 30; request += 1) await ask(more);
        const [decision] = memory.gateway.control.routing.routes()[0]?.decisions ?? [];
        const { costNanoUsd, costHighNanoUsd } = decision?.ranked[0] ?? {};
        return { expected: costNanoUsd ?? 0, high: costHighNanoUsd ?? 0, cost: (await record())?.cost };
      };
      const [withBytes, without] = [await after(), await after([])];
      const booked = withBytes.cost?.egress?.nanoUsd ?? 0;
      expect(booked).toBeGreaterThan(100_000);
      expect((withBytes.expected - without.expected) / booked).toBeCloseTo(1, 2);
      expect(withBytes.high - without.high).toBeGreaterThanOrEqual(withBytes.expected - without.expected - 1);
    },
  );

  it("stands in the worst case too", async () => {
    const stage = async (egress?: unknown): Promise<number> => {
      const { ask, record } = await world(["far"], egress === undefined ? {} : { egress });
      await ask({ max_tokens: 10 });
      const fund = (await record())?.stages.find(({ stage: name }) => name === "fund");
      return Number(/at most (\d+) nano-USD/.exec(fund?.reason ?? "")?.[1]);
    };
    const [withBytes, without] = [await stage(), await stage([])];
    expect(withBytes - without).toBeGreaterThan(1500 * 90 + 10 * 50);
  });

  it("of a provider at several places is bounded by the dearest and expected as their mean", async () => {
    const { ask, record, memory, sent } = await world(["any"], { isEverywhere: true });
    const booked: number[] = [];
    for (let request = 0; request < 2; request += 1) {
      await ask({ max_tokens: 10 });
      const { cost, stages } = (await record()) ?? {};
      const fund = stages?.find(({ stage }) => stage === "fund");
      const worst = Number(/at most (\d+) nano-USD/.exec(fund?.reason ?? "")?.[1]);
      expect(worst).toBeGreaterThan(cost?.nanoUsd ?? Number.POSITIVE_INFINITY);
      booked.push(cost?.egress?.nanoUsd ?? 0);
    }
    expect(booked.toSorted((one, other) => one - other)).toEqual([0, sent() * 90 + answerBytes * 50]);
    expect(memory.gateway.control.regions.state().providers).toMatchObject([
      { egress: { sentUsdPerGb: 45, receivedUsdPerGb: 25 } },
    ]);
  });

  it("is shown with the places of providers", async () => {
    const { memory } = await world(["far", "near"]);
    expect(memory.gateway.control.regions.state().providers).toMatchObject([
      { id: "far", egress: { sentUsdPerGb: 90, receivedUsdPerGb: 50 } },
      { id: "near", egress: null },
    ]);
  });

  it("is counted on the raw lane", async () => {
    const { ask, record } = await world(["far"]);
    const answer = await ask({ model: "m" }, "/p/far/chat/completions");
    expect(answer.status()).toBe(200);
    // This transport takes no pieces of bodies.
    expect((await record())?.cost?.egress?.lines).toMatchObject([
      { unit: "receivedBytes", quantity: answerBytes },
    ]);
  });

  it.for<{ name: string; fails?: string; known: boolean; code: string | null }>([
    { name: "nobody can tell what it used", known: false, code: null },
    { name: "it is an error", fails: "far", known: true, code: "upstream_failed" },
  ])("is all that a call on the raw lane costs where $name, and is in every sum", async (row) => {
    const { ask, record, memory } = await world(["far"], row);
    await ask({}, "/p/far/files");
    const received = Buffer.byteLength(row.fails === undefined ? chatAnswer("well") : "{}");
    const { id = "", cost, attempts } = (await record()) ?? {};
    expect(attempts?.map(({ code }) => code)).toEqual([row.code]);
    expect(cost).toMatchObject({
      nanoUsd: row.known ? 50 * received : null,
      lines: [],
      source: null,
      egress: { nanoUsd: 50 * received },
    });
    const { control } = memory.gateway;
    expect(control.state().totals).toMatchObject({ costNanoUsd: 50 * received, unpriced: 0 });
    const explained = await control.prices.explain(id);
    expect(printExplanation(JSON.parse(JSON.stringify(explained)))).toContain(
      `${received} receivedBytes x $50`,
    );
    const { forecast } = control.costs.forecast({});
    expect(forecast).toMatchObject({ monthToDateUsd: (50 * received) / 1e9, unpriced: 0 });
  });

  it("is no difference between the price book and what a provider says it charges", async () => {
    const { ask, memory, record } = await world(["far"]);
    await ask();
    const told = await record();
    const explained = await memory.gateway.control.prices.explain(told?.id ?? "");
    expect(explained?.recomputedNanoUsd).toBe(told?.cost?.nanoUsd);
    expect(explained?.now?.nanoUsd).toBe(told?.cost?.nanoUsd);
  });
});
