import { describe, expect, it } from "vitest";
import { type MemoryGateway, memoryGateway, openaiUpstream } from "../support/memory-gateway.ts";
import { inboundRequest, type RecordedReply, recordedReply } from "../support/recorded-reply.ts";
import { type Step, scriptedTransport } from "../support/scripted-transport.ts";
import { chatChunk, chatDone, chatFirst, chatUsage } from "../support/stream-frames.ts";

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** What a model calls the tool `weather` with. */
const good = '{"city":"Rome"}';
const bad = '{"town":"Rome"}';

function wholeOf(given: string): string {
  const call = { id: "call_1", type: "function", function: { name: "weather", arguments: given } };
  return JSON.stringify({
    id: "chatcmpl-1",
    object: "chat.completion",
    created: 1,
    model: "m-1",
    choices: [
      {
        index: 0,
        message: { role: "assistant", content: null, tool_calls: [call] },
        finish_reason: "tool_calls",
      },
    ],
    usage: { prompt_tokens: 9, completion_tokens: 3, total_tokens: 12 },
  });
}

function streamOf(given: string, amid = ""): string {
  const begin = { index: 0, id: "call_1", type: "function", function: { name: "weather", arguments: "" } };
  return [
    chatFirst,
    chatChunk({ tool_calls: [begin] }),
    ...[given.slice(0, 8), given.slice(8)].map((piece) =>
      chatChunk({ tool_calls: [{ index: 0, function: { arguments: piece } }] }),
    ),
    amid,
    chatChunk({}, "tool_calls"),
    chatUsage(9, 3),
    chatDone,
  ].join("");
}

const textOf = (body: unknown): string =>
  body instanceof Uint8Array ? Buffer.from(body).toString() : typeof body === "string" ? body : "";

interface World {
  readonly memory: MemoryGateway;
  readonly ask: (how?: Asking) => Promise<RecordedReply>;
  readonly asked: () => readonly string[];
}
interface Asking {
  readonly isStream?: boolean;
  readonly isMessages?: boolean;
  readonly tools?: boolean;
  readonly headers?: Readonly<Record<string, string>>;
}

const schema = { type: "object", properties: { city: { type: "string" } }, required: ["city"] };

function bodyOf({ isStream = false, isMessages = false, tools = true }: Asking): unknown {
  const messages = [{ role: "user", content: "What is the weather in Rome?" }];
  const declared = isMessages
    ? [{ name: "weather", input_schema: schema }]
    : [{ type: "function", function: { name: "weather", parameters: schema } }];
  return {
    model: "pool",
    messages,
    ...(isMessages ? { max_tokens: 100 } : {}),
    ...(tools ? { tools: declared } : {}),
    ...(isStream ? { stream: true } : {}),
    ...(isStream && !isMessages ? { stream_options: { include_usage: true } } : {}),
  };
}

/** A small model that costs a hundredth of the large one, which is the best. */
async function world(
  answers: {
    readonly weak: string;
    /** Its stream breaks off in the middle. */
    readonly isCut?: boolean;
    /** Stands in the middle of its stream. */
    readonly amid?: string;
    readonly strong?: string;
    readonly strongStatus?: number;
  },
  { cascade = "auto", quality = 0.9 }: { cascade?: "auto" | "off"; quality?: number } = {},
): Promise<World> {
  const transport = scriptedTransport(({ origin, body }): readonly Step[] => {
    const isWeak = origin.includes("weak");
    const isStream = textOf(body).includes('"stream":true');
    const given = isWeak ? answers.weak : (answers.strong ?? good);
    const status = isWeak ? 200 : (answers.strongStatus ?? 200);
    const type = isStream && status === 200 ? "text/event-stream" : "application/json";
    if (isWeak && answers.isCut === true)
      return [
        { kind: "head", status, headers: { "content-type": type } },
        { kind: "data", bytes: Buffer.from(streamOf(given).split(chatChunk({}, "tool_calls"))[0] ?? "") },
        { kind: "failed", failure: { code: "upstream_stream_broken", detail: "reset", wasSent: true } },
      ];
    return [
      { kind: "head", status, headers: { "content-type": type } },
      {
        kind: "data",
        bytes: Buffer.from(isStream ? streamOf(given, answers.amid) : wholeOf(given)),
      },
      { kind: "end" },
    ];
  });
  const memory = await memoryGateway({
    transport,
    resilience: { retry: { perTarget: 1 }, recovery: answers.isCut === true ? ["verified-restart"] : [] },
    providers: ["weak", "strong"].map((id) => ({
      ...openaiUpstream,
      id,
      baseUrl: `http://${id}.invalid/v1`,
      globs: [],
    })),
    pools: {
      pool: [
        { provider: "weak", model: "small", quality },
        { provider: "strong", model: "large", quality: 0.97 },
      ],
    },
    routes: {
      pool: {
        strategy: "learned",
        weights: { cost: 0.4, latency: 0.3, health: 0.2, quality: 0.1 },
        // Alone, the large one would be asked.
        budget: { ofReference: 1 },
        explore: 0,
        cascade,
        expose: "full",
      },
    },
    prices: { small: [0.1, 0.4], large: [10, 40] },
  });
  return {
    memory,
    asked: () => transport.sent.map(({ request }) => (request.origin.includes("weak") ? "weak" : "strong")),
    ask: async (how = {}) => {
      const client = recordedReply();
      memory.gateway.handle(
        inboundRequest({
          target: how.isMessages === true ? "/v1/messages" : "/v1/chat/completions",
          headers: {
            authorization: `Bearer ${memory.key}`,
            "content-type": "application/json",
            ...how.headers,
          },
          body: JSON.stringify(bodyOf(how)),
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

const ways: readonly { readonly name: string; readonly how: Asking }[] = [
  { name: "a whole answer, byte for byte", how: {} },
  { name: "a stream, byte for byte", how: { isStream: true } },
  { name: "a whole answer, translated", how: { isMessages: true } },
  { name: "a stream, translated", how: { isStream: true, isMessages: true } },
];

describe("a cascade", () => {
  it.for(ways)("asks the small model first, and its answer goes on when it holds: $name", async ({ how }) => {
    const { ask, asked, memory } = await world({ weak: good });
    const answer = await ask(how);
    expect([answer.status(), answer.header("x-sallyport-cascade")]).toEqual([200, "verified"]);
    expect(answer.header("x-sallyport-deployment")).toBe("weak");
    expect(answer.header("x-sallyport-lane")).toBe(how.isMessages === true ? "canonical" : "bytes");
    if (how.isMessages !== true)
      expect(answer.body()).toBe(how.isStream === true ? streamOf(good) : wholeOf(good));
    expect(answer.body()).toContain("Rome");
    expect(asked()).toEqual(["weak"]);
    const [record] = await memory.records();
    expect(record?.contract).toBe("kept");
    expect(record?.cost?.nanoUsd).toBe(9 * 100 + 3 * 400);
  });

  it.for(ways)("asks the large one when it does not, and both are paid for: $name", async ({ how }) => {
    const { ask, asked, memory } = await world({ weak: bad });
    const answer = await ask(how);
    expect([answer.status(), answer.header("x-sallyport-cascade")]).toEqual([200, "escalated"]);
    expect(answer.header("x-sallyport-deployment")).toBe("strong");
    expect(answer.body()).not.toContain("town");
    expect(answer.body()).toContain("city");
    expect(asked()).toEqual(["weak", "strong"]);
    const [record] = await memory.records();
    expect(record?.contract).toBe("kept");
    expect(record?.attempts.map(({ code }) => code)).toEqual(["upstream_contract_broken", null]);
    expect(record?.attempts[0]?.reason).toContain("must have required property 'city'");
    const cost = (9 * 100 + 3 * 400) * 101;
    expect(record?.cost?.nanoUsd).toBe(cost);
    if (how.isStream !== true) expect(answer.header("x-sallyport-cost-nano-usd")).toBe(String(cost));
    const arms = memory.gateway.control.routing.routes()[0]?.learned?.arms ?? [];
    expect(Object.fromEntries(arms.map(({ model, kept }) => [model, kept]))).toEqual({
      small: 0,
      // After another's failure: that says nothing of other requests.
      large: undefined,
    });
  });

  it("is foretold: who is asked on trial, who after it, and what both cost against one alone", async () => {
    const { ask, memory, asked } = await world({ weak: good });
    const { decide } = memory.gateway.control.routing;
    const question = { model: "pool", inputTokens: 90, isStream: false } as const;
    const told = decide({ ...question, content: { tools: 1 } });
    expect(told.ranked.map(({ model }) => model)).toEqual(["small", "large"]);
    const { cascade } = told.learned ?? {};
    expect(cascade).toMatchObject({
      first: "weak/small",
      second: "strong/large",
      alone: { name: "strong/large" },
    });
    const [first, second] = told.ranked.map(({ costNanoUsd }) => costNanoUsd ?? 0);
    expect(cascade?.escalatedShare).toBeCloseTo(0.05);
    expect(cascade?.costNanoUsd).toBeCloseTo((first ?? 0) + 0.05 * (second ?? 0));
    expect(cascade?.alone.costNanoUsd).toBe(second);
    expect(cascade?.rightShare).toBeCloseTo(0.95 * 0.9 * 0.95, 2);
    expect(told.reason).toMatch(
      /weak\/small on trial, right in 81 %, then strong\/large: .* USD, strong\/large alone .* USD/,
    );
    expect(decide({ ...question, content: { isSchema: true } }).learned?.cascade).toBeDefined();
    // Nothing tells whether an answer without a contract will do.
    expect(decide(question).learned?.cascade).toBeUndefined();
    expect(asked()).toEqual([]);
    await ask();
    const [decision] = memory.gateway.control.routing.routes()[0]?.decisions ?? [];
    expect(decision?.learned?.cascade).toMatchObject({ first: "weak/small", second: "strong/large" });
  });

  it("takes what the large one says as it is: there is no third", async () => {
    const { ask, memory } = await world({ weak: bad, strong: bad });
    const answer = await ask();
    expect([answer.status(), answer.header("x-sallyport-cascade")]).toEqual([200, "escalated"]);
    const [record] = await memory.records();
    expect(record?.contract).toContain("must have required property 'city'");
  });

  it("says what was wrong when the large one fails as well", async () => {
    const { ask, memory } = await world({ weak: bad, strongStatus: 500 });
    const answer = await ask();
    expect(answer.status()).toBe(502);
    expect(JSON.parse(answer.body())).toMatchObject({ error: { code: "upstream_contract_broken" } });
    const [record] = await memory.records();
    expect(record?.cost?.nanoUsd).toBe(9 * 100 + 3 * 400);
  });

  it.for<{ readonly name: string; readonly how?: Asking; readonly route?: Parameters<typeof world>[1] }>([
    { name: "it is off", route: { cascade: "off" } },
    { name: "nothing can be checked", how: { tools: false } },
    { name: "the small model is too bad to be worth it", route: { quality: 0.05 } },
    { name: "there is no time for two", how: { headers: { "x-sallyport-timeout": "1500ms" } } },
  ])("asks the large one alone where $name", async ({ how, route }) => {
    const { ask, asked } = await world({ weak: good }, route);
    const answer = await ask(how);
    expect([answer.status(), answer.header("x-sallyport-cascade")]).toEqual([200, undefined]);
    expect(asked()).toEqual(["strong"]);
  });

  it("lets pass what it cannot read itself, and has no opinion of it", async () => {
    // It looks whole from outside, which is all that the bytes lane looks at.
    const odd = 'data: {"choices": oops}\n\n';
    const route = { cascade: "off", quality: 0.99 } as const;
    const { ask, memory } = await world({ weak: good, amid: odd }, route);
    const answer = await ask({ isStream: true });
    expect(answer.status()).toBe(200);
    expect(answer.body()).toBe(streamOf(good, odd));
    const [record] = await memory.records();
    expect([record?.outcome, record?.contract]).toEqual(["completed", undefined]);
  });

  it("has no opinion of an answer that two have told", async () => {
    const { ask, asked, memory } = await world(
      { weak: good, isCut: true },
      { cascade: "off", quality: 0.99 },
    );
    const answer = await ask({ isStream: true });
    expect(asked()).toEqual(["weak", "strong"]);
    expect(answer.body()).toContain("recovered=verified-restart");
    const [record] = await memory.records();
    expect([record?.outcome, record?.contract]).toEqual(["completed", undefined]);
    const arms = memory.gateway.control.routing.routes()[0]?.learned?.arms ?? [];
    expect(arms.map(({ kept }) => kept)).toEqual([undefined, undefined]);
  });

  it("learns that the small model breaks its contracts, and asks it no more", async () => {
    const { ask, asked } = await world({ weak: bad }, { quality: 0.9 });
    for (let request = 0; request < 300; request += 1) await ask();
    expect(asked().slice(-5)).toEqual(["strong", "strong", "strong", "strong", "strong"]);
  });
});
