import { describe, expect, it } from "vitest";
import { createMemoryStateStore } from "../../src/platform/memory/index.ts";
import { memoryGateway, openaiUpstream } from "../support/memory-gateway.ts";
import { inboundRequest, recordedReply } from "../support/recorded-reply.ts";
import { type Step, scriptedTransport } from "../support/scripted-transport.ts";
import { chatAnswer } from "../support/stream-frames.ts";

const json = { "content-type": "application/json" };
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
const windowMs = 600_000;
const scaling = { windowMs, pools: { openai: { capacity: 0.01, startupMs: windowMs, max: 1000 } } };

async function world(states = createMemoryStateStore()) {
  const transport = scriptedTransport((): readonly Step[] => [
    { kind: "head", status: 200, headers: json },
    { kind: "data", bytes: Buffer.from(chatAnswer("well")) },
    { kind: "end" },
  ]);
  const memory = await memoryGateway({ transport, providers: [openaiUpstream], scaling, states });
  return {
    memory,
    ask: async () => {
      const client = recordedReply();
      memory.gateway.handle(
        inboundRequest({
          target: "/v1/chat/completions",
          headers: { authorization: `Bearer ${memory.key}`, ...json },
          body: JSON.stringify({ model: "gpt-5", messages: [{ role: "user", content: "hi" }] }),
          reply: client.reply,
        }),
      );
      for (let rounds = 0; rounds < 10 && !client.isEnded(); rounds += 1) {
        await turn();
        for (const played of transport.sent) while (played.step()) await turn();
      }
      await turn();
      return client;
    },
  };
}

describe("scaling", () => {
  it("counts what requests consume and advises replicas, in the admin interface and as a gauge", async () => {
    const { memory, ask } = await world();
    for (let request = 0; request < 10; request += 1) await ask();
    memory.time.advance(windowMs);
    const demand = memory.gateway.control.demand().get("openai");
    // Ten answers of 3 tokens, each with 5 of a prompt at a fiftieth, in ten minutes; a third to spare.
    expect(demand?.rate).toBeGreaterThan(0.05);
    expect(demand?.rate).toBeLessThan(0.06);
    expect(demand).toMatchObject({ basis: "reactive", windows: 1 });
    expect(demand?.advised).toBe(Math.ceil((1.3 * (demand?.rate ?? 0)) / 0.01));
    expect(memory.gateway.control.metrics()).toContain(
      `sallyport_desired_replicas{pool="openai"} ${demand?.advised}`,
    );
  });

  it("goes down with patience while nothing is asked, and knows of its windows after a restart", async () => {
    const states = createMemoryStateStore();
    const { memory, ask } = await world(states);
    for (let request = 0; request < 10; request += 1) await ask();
    memory.time.advance(windowMs);
    const advised = (): number => memory.gateway.control.demand().get("openai")?.advised ?? 0;
    const first = advised();
    for (let window = 0; window < 2; window += 1) memory.time.advance(windowMs);
    expect(advised()).toBe(first);
    memory.time.advance(windowMs);
    expect(advised()).toBe(first - 1);
    await memory.gateway.learned.keep();
    const { memory: after } = await world(states);
    await after.gateway.learned.restore();
    after.time.advance(windowMs);
    expect(after.gateway.control.demand().get("openai")?.windows).toBe(5);
  });
});
