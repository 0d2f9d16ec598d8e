import { createHash, createHmac } from "node:crypto";
import { describe, expect, it } from "vitest";
import { type PoolDemand, scalingSettings } from "../../src/capabilities/scaling/index.ts";
import { createScalingWebhook } from "../../src/gateway/scaling-webhook.ts";
import { Secret } from "../../src/kernel/secret.ts";
import { milliseconds } from "../../src/kernel/units.ts";
import {
  createRecordingLogger,
  createSeededRandom,
  createVirtualTime,
} from "../../src/platform/memory/index.ts";
import { requestSigner } from "../../src/platform/request-signature/index.ts";
import { memoryGateway, openaiUpstream } from "../support/memory-gateway.ts";
import { inboundRequest, recordedReply } from "../support/recorded-reply.ts";
import { type Played, type Step, scriptedTransport } from "../support/scripted-transport.ts";
import { chatAnswer } from "../support/stream-frames.ts";

const json = { "content-type": "application/json" };
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
const windowMs = 600_000;
const secret = "a-secret-of-the-test";
const scaling = {
  windowMs,
  pools: { openai: { capacity: 0.01, startupMs: windowMs, max: 1000 } },
  webhook: { url: "http://scaler.invalid:8080/replicas?of=sallyport", secret },
};

const bodyOf = ({ body }: Played["request"]): string => (typeof body === "string" ? body : "");

/** A gateway, and somebody who is told of replicas and answers with these statuses, the last one for ever. */
async function world(statuses: readonly number[]) {
  const transport = scriptedTransport(({ origin }): readonly Step[] => {
    if (!origin.includes("scaler"))
      return [
        { kind: "head", status: 200, headers: json },
        { kind: "data", bytes: Buffer.from(chatAnswer("well")) },
        { kind: "end" },
      ];
    const status = statuses[Math.min(told().length, statuses.length - 1)] ?? 200;
    return [{ kind: "head", status, headers: {} }];
  });
  const told = (): readonly Played[] =>
    transport.sent.filter(({ request }) => request.origin.includes("scaler"));
  const memory = await memoryGateway({ transport, providers: [openaiUpstream], scaling });
  const settle = async (): Promise<void> => {
    for (let rounds = 0; rounds < 5; rounds += 1) {
      await turn();
      for (const played of transport.sent) while (played.step()) await turn();
    }
  };
  return {
    memory,
    told,
    bodies: (): readonly unknown[] => told().map(({ request }) => JSON.parse(bodyOf(request))),
    pass: async (ms: number): Promise<void> => {
      memory.time.advance(ms);
      await settle();
    },
    ask: async (): Promise<void> => {
      const client = recordedReply();
      memory.gateway.handle(
        inboundRequest({
          target: "/v1/chat/completions",
          headers: { authorization: `Bearer ${memory.key}`, ...json },
          body: JSON.stringify({ model: "gpt-5", messages: [{ role: "user", content: "hi" }] }),
          reply: client.reply,
        }),
      );
      await settle();
    },
  };
}

function headersOf({ request: { headers } }: Played): Readonly<Record<string, string>> {
  const pairs = headers.flatMap((name, index) => (index % 2 === 0 ? [[name, headers[index + 1] ?? ""]] : []));
  return Object.fromEntries(pairs);
}

describe("the webhook of scaling", () => {
  it("is told of each change once, signed", async () => {
    const { memory, told, bodies, pass, ask } = await world([204]);
    for (let request = 0; request < 10; request += 1) await ask();
    await pass(windowMs);
    const desired = memory.gateway.control.demand().get("openai")?.advised;
    expect(desired).toBeGreaterThan(1);
    const at = memory.time.clock.now();
    const first = {
      pool: "openai",
      desired,
      current: null,
      reason: "reactive",
      horizonSeconds: 600,
      quantile: 0.98,
      at,
    };
    expect(bodies()).toEqual([first]);
    await pass(windowMs);
    expect(told()).toHaveLength(1);
    // Down with patience, after three windows.
    await pass(windowMs);
    await pass(windowMs);
    expect(bodies().slice(1)).toMatchObject([{ desired: (desired ?? 0) - 1, current: desired }]);
    const [one] = told();
    if (one === undefined) throw new Error("nothing was told");
    const given = headersOf(one);
    const nonce = given["x-sallyport-nonce"] ?? "";
    expect(nonce).toMatch(/^[\w-]{22,64}$/);
    expect(given["idempotency-key"]).toBe(`openai-${at}`);
    const digest = createHash("sha256").update(bodyOf(one.request)).digest("hex");
    const text = [
      ...["sallyport-hmac-v1", String(Math.floor(at / 1000)), nonce, "POST", "scaler.invalid:8080"],
      ...["/replicas", "of=sallyport", digest],
    ].join("\n");
    const signature = createHmac("sha256", secret).update(text).digest("hex");
    expect(given["x-sallyport-signature"]).toBe(`v1=${signature}`);
    expect(given["x-sallyport-key-id"]).toBe("sallyport-scaling");
  });

  it("is told again until it takes it, under the same name", async () => {
    const { told, bodies, pass, ask } = await world([500, 503, 200]);
    for (let request = 0; request < 10; request += 1) await ask();
    await pass(windowMs);
    expect(told()).toHaveLength(1);
    await pass(999);
    expect(told()).toHaveLength(1);
    await pass(1);
    expect(told()).toHaveLength(2);
    await pass(2000);
    expect(told()).toHaveLength(3);
    await pass(100_000);
    expect(told()).toHaveLength(3);
    expect(new Set(bodies().map((body) => JSON.stringify(body))).size).toBe(1);
    expect(new Set(told().map((one) => headersOf(one)["idempotency-key"])).size).toBe(1);
    expect(new Set(told().map((one) => headersOf(one)["x-sallyport-nonce"])).size).toBe(3);
  });

  it("is left alone after five minutes, and the operator hears of it; the next window tells anew", async () => {
    const { memory, told, pass, ask } = await world([500]);
    for (let request = 0; request < 10; request += 1) await ask();
    await pass(windowMs);
    for (let second = 0; second < 330; second += 1) await pass(1000);
    const tries = told().length;
    // After 1, 3, 7, 15 and 31 seconds, then each half minute.
    expect(tries).toBe(14);
    expect(memory.logger.lines().map(({ message }) => message)).toContain(
      "nobody takes the advice on replicas",
    );
    await pass(windowMs);
    expect(told().length).toBeGreaterThan(tries);
  });

  it("tells another receiver anew, and the one before no more", async () => {
    const { clock, timer, advance } = createVirtualTime();
    const transport = scriptedTransport(({ origin }): readonly Step[] => [
      { kind: "head", status: origin.includes("old") ? 500 : 200, headers: {} },
    ]);
    const pools = scalingSettings.parse(scaling).pools;
    let host = "old";
    const webhook = createScalingWebhook(
      {
        clock,
        timer,
        random: createSeededRandom(1),
        transport,
        signer: requestSigner,
        logger: createRecordingLogger(),
      },
      () => ({
        pools,
        webhook: { url: `http://${host}.invalid/`, keyId: "key", secret: new Secret(secret) },
      }),
    );
    const demand: PoolDemand = {
      ...{ advised: 3, reactive: 3, rate: 1, upper: null, basis: "reactive", windows: 1, shortfalls: 0 },
      ...{ isShort: false, horizonMs: windowMs },
    };
    const tell = async (): Promise<void> => {
      webhook.advised("openai", demand);
      for (const played of transport.sent) played.step();
      await turn();
    };
    await tell();
    host = "new";
    await tell();
    await tell();
    advance(milliseconds(windowMs));
    await turn();
    const asked = transport.sent.map(({ request }) => request.origin);
    expect(asked).toEqual(["http://old.invalid", "http://new.invalid"]);
    expect(transport.sent.slice(1).map(({ request }) => JSON.parse(bodyOf(request)))).toMatchObject([
      { desired: 3, current: null },
    ]);
  });
});
