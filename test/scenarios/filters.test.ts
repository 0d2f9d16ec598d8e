import { describe, expect, it } from "vitest";
import type { RouteRules } from "../../src/capabilities/routing/index.ts";
import type { KnownAbilities } from "../../src/exchange/abilities.ts";
import { GatewayError } from "../../src/kernel/errors.ts";
import { type MemoryGateway, memoryGateway, openaiUpstream } from "../support/memory-gateway.ts";
import { inboundRequest, type RecordedReply, recordedReply } from "../support/recorded-reply.ts";
import { type Step, scriptedTransport } from "../support/scripted-transport.ts";
import { chatAnswer } from "../support/stream-frames.ts";

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
const json = { "content-type": "application/json" };

const operator = { source: "operator", asOf: null } as const;
/** `blind` takes text only, `mute` calls no tools, `short` has a small window; nothing is known of the others. */
const abilities: Readonly<Record<string, KnownAbilities>> = {
  blind: { inputs: { value: ["text"], ...operator } },
  mute: { tools: { value: false, ...operator } },
  short: { contextTokens: { value: 100, ...operator } },
};

const picture = { type: "image_url", image_url: { url: "data:image/png;base64,AAAA" } };
const schema = { type: "object", properties: { city: { type: "string" } }, required: ["city"] };
const tool = { type: "function", function: { name: "weather", parameters: schema } };
const withTools = { messages: [{ role: "user", content: "How is it in Rome?" }], tools: [tool] };
const withPicture = { messages: [{ role: "user", content: [{ type: "text", text: "What?" }, picture] }] };
const long = { messages: [{ role: "user", content: "word ".repeat(1000) }] };
const plain = { messages: [{ role: "user", content: "hi" }] };

interface World {
  readonly memory: MemoryGateway;
  readonly ask: (body: object, headers?: Readonly<Record<string, string>>) => Promise<RecordedReply>;
  readonly asked: () => readonly string[];
}

/** One provider for each model, by its name. What it says of tools that it is given is the test's to say. */
async function world(
  models: readonly string[],
  route?: Partial<RouteRules>,
  { says = {}, fails = [] }: { says?: Readonly<Record<string, string>>; fails?: readonly string[] } = {},
): Promise<World> {
  const nameOf = (origin: string): string => /\/\/(\w+)\./.exec(origin)?.[1] ?? "";
  const transport = scriptedTransport(({ origin }): readonly Step[] => {
    const status = fails.includes(nameOf(origin)) ? 500 : 200;
    const text = says[nameOf(origin)];
    return [
      { kind: "head", status, headers: json },
      { kind: "data", bytes: Buffer.from(text ?? chatAnswer("well")) },
      { kind: "end" },
    ];
  });
  const memory = await memoryGateway({
    transport,
    abilities: (model) => abilities[model] ?? {},
    providers: models.map((id) => ({
      ...openaiUpstream,
      id,
      baseUrl: `http://${id}.invalid/v1`,
      dialects: ["openai-chat" as const],
      globs: [id],
    })),
    pools: { pool: models.map((model) => ({ provider: model, model })) },
    routes:
      route === undefined
        ? {}
        : {
            pool: {
              strategy: "cost-optimized",
              weights: { cost: 0.4, latency: 0.3, health: 0.2, quality: 0.1 },
              expose: "full",
              ...route,
            },
          },
    // Who cannot serve it would be the cheapest.
    prices: Object.fromEntries(models.map((model, index) => [model, [index + 1, index + 1]])),
  });
  return {
    memory,
    asked: () => transport.sent.map(({ request }) => nameOf(request.origin)),
    ask: async (body, headers = {}) => {
      const client = recordedReply();
      // Records of one moment have no order.
      memory.time.advance(1);
      memory.gateway.handle(
        inboundRequest({
          target: "/v1/chat/completions",
          headers: { authorization: `Bearer ${memory.key}`, ...json, ...headers },
          body: JSON.stringify({ model: "pool", ...body }),
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

const by = (reply: RecordedReply): string => reply.header("x-sallyport-deployment") ?? "";
const cases = [
  { name: "an image", model: "blind", body: withPicture, by: "abilities" },
  { name: "tools", model: "mute", body: withTools, by: "abilities" },
  { name: "a long prompt", model: "short", body: long, by: "context_window" },
] as const;

describe("who cannot serve a request is never chosen for it", () => {
  it.for(cases)("$name: the decision says so, and goes to the others", async (one) => {
    const { ask, asked, memory } = await world([one.model, "able", "spare"], {});
    expect(by(await ask(plain))).toBe(one.model);
    const answer = await ask(one.body);
    expect([answer.status(), by(answer)]).toEqual([200, "able"]);
    expect(asked()).toEqual([one.model, "able"]);
    const [decision] = memory.gateway.control.routing.routes()[0]?.decisions ?? [];
    expect(decision?.ranked.map(({ model }) => model)).toEqual(["able", "spare"]);
    expect(decision?.refused).toMatchObject([{ model: one.model, by: one.by }]);
    const [record] = await memory.records();
    const stage = record?.stages.find((door) => door.stage === "plan");
    expect(stage?.reason).toContain(`${one.model}/${one.model} out: ${one.by}`);
    // Nothing was tried in vain.
    expect(record?.attempts).toHaveLength(1);
  });

  it.for(cases)("$name: nor as a fallback, with a route or without", async (one) => {
    for (const route of [{}, undefined]) {
      const { ask, asked } = await world(["able", one.model, "spare"], route, { fails: ["able"] });
      const answer = await ask(one.body);
      expect([answer.status(), by(answer)]).toEqual([200, "spare"]);
      expect(asked()).toEqual(["able", "spare"]);
    }
  });

  it("a pool that learns says with which probability each of the others was chosen, and they add up to 1", async () => {
    const { ask, memory } = await world(["blind", "able", "spare"], { strategy: "learned", explore: 0.2 });
    for (let request = 0; request < 60; request += 1) expect((await ask(withPicture)).status()).toBe(200);
    const decisions = memory.gateway.control.routing.routes()[0]?.decisions ?? [];
    expect(decisions.length).toBeGreaterThan(40);
    for (const { learned, refused, ranked } of decisions) {
      const propensities = learned?.propensities ?? {};
      expect(Object.keys(propensities).toSorted()).toEqual(["able/able", "spare/spare"]);
      expect(Object.values(propensities).reduce((sum, one) => sum + one, 0)).toBeCloseTo(1, 9);
      expect(ranked.map(({ model }) => model)).not.toContain("blind");
      expect(refused).toMatchObject([{ model: "blind", by: "abilities" }]);
    }
  });

  it.for(cases)("$name: a question is answered as the request would be", async (one) => {
    const { memory } = await world([one.model, "able"], {});
    const { decide } = memory.gateway.control.routing;
    const asked = { model: "pool", inputTokens: 10, isStream: false };
    expect(decide(asked).ranked.map(({ model }) => model)).toEqual([one.model, "able"]);
    const content = { images: one.name === "an image" ? 1 : 0, tools: one.name === "tools" ? 1 : 0 };
    const inputTokens = one.name === "a long prompt" ? 1000 : 10;
    const told = decide({ ...asked, content, inputTokens });
    expect(told.ranked.map(({ model }) => model)).toEqual(["able"]);
    expect(told.refused).toMatchObject([{ model: one.model, by: one.by }]);
    expect(told.reason).toContain(one.by);
  });
});

describe("where nobody is left", () => {
  it.for<{
    name: string;
    models: readonly string[];
    body: object;
    headers?: Record<string, string>;
    route?: Partial<RouteRules>;
    told: readonly [number, string];
  }>([
    { name: "no model takes it", models: ["blind"], body: withPicture, told: [400, "unsupported_content"] },
    { name: "no model can do it", models: ["mute"], body: withTools, told: [400, "unsupported_parameter"] },
    { name: "it fits into none", models: ["short"], body: long, told: [400, "context_length_exceeded"] },
    {
      name: "the others are out by the request's own limit",
      models: ["blind", "able"],
      body: withPicture,
      headers: { "x-sallyport-max-cost": "0.0000001" },
      told: [400, "constraints_unsatisfiable"],
    },
    {
      name: "the others are out by the route's limit",
      models: ["blind", "able"],
      body: withPicture,
      route: { maxCostUsd: 1e-9 },
      told: [503, "no_eligible_upstream"],
    },
    {
      name: "the request's limit alone would have let nobody in either",
      models: ["able"],
      body: plain,
      route: { maxCostUsd: 1e-9 },
      headers: { "x-sallyport-max-cost": "0.0000001" },
      told: [503, "no_eligible_upstream"],
    },
  ])("the client is told why: $name", async ({ models, body, headers, route, told }) => {
    const { ask, asked, memory } = await world(models, route);
    const answer = await ask(body, headers);
    expect([answer.status(), answer.header("x-sallyport-error")]).toEqual(told);
    expect(asked()).toEqual([]);
    const [record] = await memory.records();
    expect(record?.stages.find(({ stage }) => stage === "plan")?.decision).toBe("refuse");
  });

  it("a question gets the same error", async () => {
    const { memory } = await world(["blind"], {});
    const { decide } = memory.gateway.control.routing;
    const asked = { model: "pool", inputTokens: 10, isStream: false, content: { images: 1 } };
    expect(() => decide(asked)).toThrow(expect.objectContaining({ code: "unsupported_content" }));
    expect(() => decide(asked)).toThrow(GatewayError);
  });
});

describe("a pool that minds contracts", () => {
  const calls = (given: string): string => {
    const call = { id: "call_1", type: "function", function: { name: "weather", arguments: given } };
    return JSON.stringify({
      ...{ id: "c", object: "chat.completion", created: 1, model: "m" },
      choices: [
        {
          index: 0,
          message: { role: "assistant", content: null, tool_calls: [call] },
          finish_reason: "tool_calls",
        },
      ],
      usage: { prompt_tokens: 9, completion_tokens: 3, total_tokens: 12 },
    });
  };
  const says = { sloppy: calls('{"town":"Rome"}'), careful: calls('{"city":"Rome"}') };

  it.for<{ strategy: RouteRules["strategy"] }>([{ strategy: "cost-optimized" }, { strategy: "learned" }])(
    "$strategy asks who breaks them no more, once enough is known, and only where there is one to keep",
    async ({ strategy }) => {
      const route = { strategy, minContract: 0.8, explore: 0.2 } as const;
      const { ask, asked, memory } = await world(["sloppy", "careful"], route, { says });
      for (let request = 0; request < 400; request += 1) await ask(withTools);
      expect(asked().filter((one) => one === "sloppy").length).toBeGreaterThanOrEqual(20);
      expect(asked().slice(-5)).toEqual(Array.from({ length: 5 }, () => "careful"));
      const [state] = memory.gateway.control.routing.routes();
      expect(state?.decisions[0]?.refused).toMatchObject([{ model: "sloppy", by: "contract" }]);
      expect(state?.contracts).toContainEqual({ model: "sloppy", share: 0, checked: expect.any(Number) });
      await ask(plain);
      expect(memory.gateway.control.routing.routes()[0]?.decisions[0]?.refused).toEqual([]);
    },
  );

  it("asks them all the same where nobody else is left, and again when what was learned is forgotten", async () => {
    const { ask, asked, memory } = await world(["sloppy"], { minContract: 0.8 }, { says });
    for (let request = 0; request < 30; request += 1) expect((await ask(withTools)).status()).toBe(200);
    expect(asked()).toHaveLength(30);
    const { routing } = memory.gateway.control;
    expect(routing.routes()[0]?.contracts).toHaveLength(1);
    expect(routing.steer("pool", "reset")?.contracts).toEqual([]);
  });
});
