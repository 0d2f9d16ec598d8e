import { describe, expect, it } from "vitest";
import { type MemoryGateway, memoryGateway, openaiUpstream } from "../support/memory-gateway.ts";
import { inboundRequest, type RecordedReply, recordedReply } from "../support/recorded-reply.ts";
import { type ScriptedTransport, type Step, scriptedTransport } from "../support/scripted-transport.ts";
import { chatChunk, chatDone, chatFirst } from "../support/stream-frames.ts";

const head: Step = { kind: "head", status: 200, headers: { "content-type": "text/event-stream" } };
const data = (text: string): Step => ({ kind: "data", bytes: Buffer.from(text) });
const end: Step = { kind: "end" };
const reset: Step = {
  kind: "failed",
  failure: { code: "upstream_stream_broken", detail: "ECONNRESET", wasSent: true },
};
const words = (...texts: readonly string[]): string =>
  texts.map((content) => chatChunk({ content })).join("");
const usage = { prompt_tokens: 9, completion_tokens: 3, total_tokens: 12 };
const ending = `${chatChunk({}, "stop")}data: ${JSON.stringify({ id: "chatcmpl-1", object: "chat.completion.chunk", created: 1, model: "m-1", choices: [], usage })}\n\n${chatDone}`;
const call = (piece: Readonly<Record<string, unknown>>): string =>
  chatChunk({ tool_calls: [{ index: 0, ...piece }] });

/** Lets every pending promise of the pipeline run. */
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

interface World {
  readonly memory: MemoryGateway;
  readonly transport: ScriptedTransport;
  readonly client: RecordedReply;
  /** Plays what there is, until the client has its end or nothing more comes. */
  readonly play: () => Promise<void>;
}

async function world(
  scripts: Readonly<Record<"one" | "two", readonly Step[]>>,
  resilience: Readonly<Record<string, unknown>>,
  more: Readonly<Record<string, unknown>> = {},
  bulkhead: unknown = {},
): Promise<World> {
  const transport = scriptedTransport(({ origin }) => (origin.includes("one") ? scripts.one : scripts.two));
  const memory = await memoryGateway({
    transport,
    resilience: { retry: { perTarget: 1 }, ...resilience },
    bulkhead,
    abilities: { prefill: { value: true, source: "operator", asOf: null } },
    prices: { "m-1": [1, 10], "m-2": [2, 20] },
    providers: ["one", "two"].map((id) => ({
      ...openaiUpstream,
      id,
      baseUrl: `http://${id}.invalid/v1`,
      dialects: ["openai-chat" as const],
      globs: [],
    })),
    pools: {
      pool: [
        { provider: "one", model: "m-1" },
        { provider: "two", model: "m-2" },
      ],
    },
  });
  const client = recordedReply();
  const body = { model: "pool", stream: true, messages: [{ role: "user", content: "hi" }], ...more };
  memory.gateway.handle(
    inboundRequest({
      target: "/v1/chat/completions",
      headers: { authorization: `Bearer ${memory.key}`, "content-type": "application/json" },
      body: JSON.stringify(body),
      reply: client.reply,
    }),
  );
  await turn();
  const play = async (): Promise<void> => {
    for (let rounds = 0; rounds < 10 && !client.isEnded(); rounds += 1) {
      for (const played of transport.sent) while (played.step()) await turn();
      await turn();
    }
  };
  return { memory, transport, client, play };
}

const textOf = (body: string): string =>
  [...body.matchAll(/"content":"([^"]*)"/g)].map(([, text]) => text).join("");
/** The body of one call, which was made by us: text. */
function sentTo({ sent }: ScriptedTransport, ordinal: number): unknown {
  const body = sent[ordinal]?.request.body;
  if (typeof body !== "string") throw new Error("no text was sent");
  return JSON.parse(body);
}

const broken = [head, data(chatFirst + words("one ", "two ")), reset];

describe("continue", () => {
  it("lets another target go on from what was told, in one stream, billed by both", async () => {
    const { memory, transport, client, play } = await world(
      { one: broken, two: [head, data(chatFirst + words("three") + ending), end] },
      { recovery: ["continue"] },
      { stream_options: { include_usage: true } },
    );
    await play();
    expect(textOf(client.body())).toBe("one two three");
    expect(client.body().endsWith(chatDone)).toBe(true);
    expect(client.body()).toContain(": sallyport recovered=continue at=8\n\n");
    // One opening, one id, one end.
    expect(client.body().match(/"role":"assistant"/g)).toHaveLength(1);
    expect(new Set(client.body().match(/"id":"[^"]+"/g)).size).toBe(1);
    expect(sentTo(transport, 1)).toMatchObject({
      model: "m-2",
      messages: [{ role: "user" }, { role: "assistant", content: "one two" }],
    });
    const [record] = await memory.records();
    expect(record).toMatchObject({
      outcome: "completed",
      provider: "two",
      attempts: [{ provider: "one" }, { provider: "two" }],
      usage: { basis: "estimated" },
    });
    // The second's own count, and an estimate of the first's, each at its own price.
    const second = 9 * 2000 + 3 * 20_000;
    expect(record?.cost?.nanoUsd).toBeGreaterThan(second);
    expect(record?.usage?.output.total).toBe(3 + 2);
    // Whoever broke off has failed, though it had answered.
    const first = memory.gateway.control.breakers.list().find(({ provider }) => provider === "one");
    expect(first?.failureCount).toBe(1);
  });

  it("is not tried where a tool call has begun: the stream ends in an error", async () => {
    const begun = [
      head,
      data(chatFirst + call({ id: "call_1", type: "function", function: { name: "f", arguments: '{"a' } })),
      reset,
    ];
    const { client, transport, play } = await world({ one: begun, two: [] }, { recovery: ["continue"] });
    await play();
    expect(client.body()).toContain('"code":"upstream_stream_broken"');
    expect(client.body()).not.toContain("[DONE]");
    expect(transport.sent).toHaveLength(1);
  });
});

describe("verified-restart", () => {
  it("does not stand in its own way where a target takes one at once", async () => {
    const { memory, transport, play } = await world(
      { one: broken, two: [] },
      { recovery: ["verified-restart"], retry: { perTarget: 2 } },
      { model: "one/m-1" },
      { concurrency: 1, queueMax: 0 },
    );
    for (let round = 0; round < 5; round += 1) {
      await play();
      memory.time.advance(500);
      await turn();
    }
    expect(transport.sent).toHaveLength(2);
    expect(memory.gateway.control.slots()).toMatchObject([{ inFlight: 0, queued: 0 }]);
  });

  const toolCall = (...pieces: readonly string[]): string =>
    call({ id: "call_9", type: "function", function: { name: "f", arguments: "" } }) +
    pieces.map((piece) => call({ function: { arguments: piece } })).join("");

  it("goes on in a tool call while the second answer equals the first", async () => {
    const { client, play } = await world(
      {
        one: [head, data(chatFirst + toolCall('{"a":')), reset],
        two: [
          head,
          data(chatFirst + toolCall("{", '"a":', "1}") + chatChunk({}, "tool_calls") + chatDone),
          end,
        ],
      },
      { recovery: ["verified-restart"] },
    );
    await play();
    const told = [...client.body().matchAll(/"arguments":"((?:[^"\\]|\\.)*)"/g)]
      .map(([, text]) => JSON.parse(`"${text}"`))
      .join("");
    expect(told).toBe('{"a":1}');
    expect(client.body().match(/"name":"f"/g)).toHaveLength(1);
    expect(client.body()).toContain('"finish_reason":"tool_calls"');
  });

  it("ends in the first error at the first difference, and blames nobody for that", async () => {
    const { client, play, memory } = await world(
      { one: broken, two: [head, data(chatFirst + words("one ", "too ") + ending), end] },
      { recovery: ["verified-restart"] },
    );
    await play();
    expect(textOf(client.body())).toBe("one two ");
    expect(client.body()).toContain('"code":"upstream_stream_broken"');
    const [record] = await memory.records();
    expect(record).toMatchObject({
      outcome: "failed",
      code: "upstream_stream_broken",
      attempts: [{ code: null }, { code: "recovery_mismatch" }],
    });
    const second = memory.gateway.control.breakers.list().find(({ provider }) => provider === "two");
    expect(second?.failureCount ?? 0).toBe(0);
  });
});

it("a client that goes while another target is asked ends that call too", async () => {
  const { client, transport, memory } = await world(
    { one: broken, two: [head] },
    { recovery: ["verified-restart"] },
  );
  for (const played of transport.sent) while (played.step()) await turn();
  await turn();
  expect(transport.sent).toHaveLength(2);
  client.goAway();
  await turn();
  expect(transport.sent[1]?.isAborted()).toBe(true);
  expect(await memory.records()).toMatchObject([{ outcome: "aborted" }]);
  expect(memory.gateway.control.state().inFlight).toBe(0);
});

describe("without recovery", () => {
  it.for([
    { name: "no mode is named", resilience: {}, more: {} },
    { name: "more than one answer is asked for", resilience: { recovery: ["continue"] }, more: { n: 2 } },
    { name: "probabilities are asked for", resilience: { recovery: ["continue"] }, more: { logprobs: true } },
  ])("the frames pass byte for byte: $name", async ({ resilience, more }) => {
    const { client, play } = await world(
      { one: [head, data(chatFirst + words("x") + ending), end], two: [] },
      resilience,
      {
        stream_options: { include_usage: true },
        ...more,
      },
    );
    await play();
    expect(client.body()).toBe(chatFirst + words("x") + ending);
  });
});

it("a stream whose words come in time is not cut, however long it is; one that falls silent is", async () => {
  const pieces = Array.from({ length: 10 }, (_, index) => data(words(`${index}`)));
  const { client, memory, transport } = await world(
    { one: [head, data(chatFirst + words("a")), ...pieces], two: [] },
    { timeouts: { idleMs: 3000 } },
  );
  while (transport.sent[0]?.step()) {
    await turn();
    memory.time.advance(2900);
  }
  expect(textOf(client.body())).toBe("a0123456789");
  expect(client.isEnded()).toBe(false);
  memory.time.advance(101);
  await turn();
  expect(client.body()).toContain('"code":"upstream_timeout"');
});

it("an event that is no JSON is left out and said in the record; four of them break the stream", async () => {
  const junk = 'data: {"id":"x","cho\n\n';
  const { client, play, memory } = await world(
    { one: [head, data(chatFirst + words("a") + junk + junk + junk + words("b") + ending), end], two: [] },
    {},
  );
  await play();
  expect(textOf(client.body())).toBe("ab");
  expect(client.body()).not.toContain('"id":"x"');
  expect((await memory.records())[0]).toMatchObject({
    outcome: "completed",
    warnings: [{ kind: "dropped", subject: "events", note: "3 that were no JSON" }],
  });
  const four = await world(
    { one: [head, data(chatFirst + words("a") + junk.repeat(4) + ending), end], two: [] },
    {},
  );
  await four.play();
  expect(four.client.body()).toContain('"code":"upstream_malformed_response"');
  expect(four.client.body()).not.toContain("[DONE]");
});

describe("hold", () => {
  it.for([{ hold: "all" }, { hold: { ms: 5000, bytes: 4096 } }])(
    "hides a failure in what is kept back: %o",
    async ({ hold }) => {
      const { client, play, memory } = await world(
        { one: broken, two: [head, data(chatFirst + words("well") + ending), end] },
        { hold },
      );
      await play();
      expect(textOf(client.body())).toBe("well");
      expect(client.body().endsWith(chatDone)).toBe(true);
      expect((await memory.records())[0]).toMatchObject({ outcome: "completed", provider: "two" });
    },
  );

  it("lets the stream go when its time is over, or when it holds enough", async () => {
    const late = await world(
      { one: [head, data(chatFirst + words("a"))], two: [] },
      { hold: { ms: 1000, bytes: 4096 } },
    );
    await late.play();
    expect(late.client.body()).toBe("");
    late.memory.time.advance(1000);
    await turn();
    expect(textOf(late.client.body())).toBe("a");
    const full = await world(
      { one: [head, data(chatFirst + words("a".repeat(300)))], two: [] },
      { hold: { ms: 1000, bytes: 100 } },
    );
    await full.play();
    expect(textOf(full.client.body())).toHaveLength(300);
  });
});
