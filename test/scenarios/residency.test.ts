import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readNetworks, zonesOf, zonesOfBedrock } from "../../src/capabilities/residency/index.ts";
import { askedStrategy, type RouteRules } from "../../src/capabilities/routing/index.ts";
import type { ProviderFacts } from "../../src/gateway/snapshot.ts";
import { createMemoryStateStore } from "../../src/platform/memory/index.ts";
import {
  anthropicUpstream,
  type MemoryGateway,
  memoryGateway,
  openaiUpstream,
} from "../support/memory-gateway.ts";
import { inboundRequest, type RecordedReply, recordedReply } from "../support/recorded-reply.ts";
import { type ScriptedTransport, type Step, scriptedTransport } from "../support/scripted-transport.ts";
import { chatAnswer, chatChunk, chatFirst, chatStream } from "../support/stream-frames.ts";

const json = { "content-type": "application/json" };
const sse = { "content-type": "text/event-stream" };
const own = { "frankfurt-2": ["de"] };
/** Where each provider is: two in the Union, one that is not, one that nobody knows of. */
const places = { berlin: "frankfurt-2", dublin: "eu-west-1", ohio: "us-east-2", unknown: undefined } as const;
type Id = keyof typeof places;
const ids = ["ohio", "berlin", "unknown", "dublin"] as const satisfies readonly Id[];
const inUnion: ReadonlySet<string> = new Set<Id>(["berlin", "dublin"]);

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
const data = (text: string): Step => ({ kind: "data", bytes: Buffer.from(text) });
const broken: Step = {
  kind: "failed",
  failure: { code: "upstream_stream_broken", detail: "ECONNRESET", wasSent: true },
};

/** What an upstream does with one call. */
const manners = ["well", "fails", "throttles", "refuses", "breaks", "hangs up", "junk"] as const;
type Manner = (typeof manners)[number];

function script(manner: Manner, isStream: boolean): readonly Step[] {
  const status = {
    well: 200,
    fails: 500,
    throttles: 429,
    refuses: 401,
    breaks: 200,
    "hangs up": 0,
    junk: 200,
  }[manner];
  if (status === 0)
    return [{ kind: "failed", failure: { code: "upstream_unreachable", detail: "refused", wasSent: false } }];
  if (status >= 400)
    return [
      { kind: "head", status, headers: json },
      data('{"error":{"message":"no","code":"x"}}'),
      { kind: "end" },
    ];
  const head: Step = { kind: "head", status, headers: isStream ? sse : json };
  if (manner === "junk") return [head, data(isStream ? "data: {\n\n".repeat(5) : "{"), { kind: "end" }];
  if (manner === "breaks")
    return isStream
      ? [head, data(chatFirst + chatChunk({ content: "Hello" })), broken]
      : [head, data('{"id":'), broken];
  return [head, data(isStream ? chatStream("Hello", " there") : chatAnswer("Hello there")), { kind: "end" }];
}

const bodyOf = ({ body }: ScriptedTransport["sent"][number]["request"]): string =>
  typeof body === "string" ? body : body instanceof Uint8Array ? Buffer.from(body).toString() : "";
const asksStream = (body: string): boolean => body.includes('"stream":true');
const providerOf = (origin: string): string => new URL(origin).hostname.split(".")[0] ?? "";

interface World {
  readonly memory: MemoryGateway;
  readonly transport: ScriptedTransport;
  readonly ask: (asked: {
    readonly body: object;
    readonly headers?: Readonly<Record<string, string>>;
    readonly key?: string;
    readonly target?: string;
  }) => Promise<RecordedReply>;
}

async function world(
  scriptOf: (provider: string, ordinal: number, body: string) => readonly Step[],
  parts: Partial<Parameters<typeof memoryGateway>[0]> = {},
): Promise<World> {
  const transport = scriptedTransport((request, ordinal) =>
    scriptOf(providerOf(request.origin), ordinal, bodyOf(request)),
  );
  const memory = await memoryGateway({
    transport,
    providers: ids.map(
      (id): ProviderFacts => ({
        ...openaiUpstream,
        id,
        baseUrl: `http://${id}.invalid/v1`,
        region: places[id],
        zonesOf: () => zonesOf(places[id], own),
        dialects: ["openai-chat"],
        globs: [],
      }),
    ),
    pools: { pool: ids.map((provider) => ({ provider, model: "m" })) },
    prices: { m: [1, 2] },
    ...parts,
    regions: { zones: own, ...Object(parts.regions) },
  });
  return {
    memory,
    transport,
    ask: async ({ body, headers = {}, key = memory.key, target = "/v1/chat/completions" }) => {
      const client = recordedReply();
      memory.gateway.handle(
        inboundRequest({
          target,
          headers: { authorization: `Bearer ${key}`, ...json, ...headers },
          body: JSON.stringify(body),
          reply: client.reply,
        }),
      );
      for (let rounds = 0; rounds < 100 && !client.isEnded() && !client.isDestroyed(); rounds += 1) {
        await turn();
        for (const played of transport.sent) while (played.step()) await turn();
        memory.time.advance(300);
      }
      await turn();
      return client;
    },
  };
}

const question = { model: "pool", messages: [{ role: "user", content: "Where do you live?" }] };
const weights = { cost: 0.4, latency: 0.3, health: 0.2, quality: 0.1 };

describe("a request that is bound to a zone", () => {
  const strategy = fc.constantFrom(
    "priority",
    "intelligent",
    "weighted",
    "round-robin",
    "learned",
    "predicted",
  );
  const run = fc.record({
    strategy,
    explore: fc.constantFrom(0, 0.2),
    cascade: fc.constantFrom("auto", "off"),
    recovery: fc.subarray(["continue", "verified-restart"]),
    by: fc.constantFrom("key", "pool", "installation", "request"),
    zone: fc.constantFrom("eu", "eea"),
    seeds: fc.array(fc.constantFrom(...manners), { minLength: 1, maxLength: 12 }),
    requests: fc.array(
      fc.record({ isStream: fc.boolean(), hasTools: fc.boolean(), isCritical: fc.boolean() }),
      { minLength: 2, maxLength: 5 },
    ),
  });
  type Run = typeof run extends fc.Arbitrary<infer One> ? One : never;

  /** Plays a run. @returns Who was sent anything. */
  const played = async (one: Run, isBound: boolean): Promise<ReadonlySet<string>> => {
    const bound = (by: Run["by"]): boolean => isBound && one.by === by;
    const rules: RouteRules = {
      strategy: askedStrategy(one.strategy) ?? "priority",
      weights,
      expose: "full",
      explore: one.explore,
      cascade: one.cascade,
    };
    const { memory, transport, ask } = await world(
      (_provider, ordinal, body) => script(one.seeds[ordinal % one.seeds.length] ?? "well", asksStream(body)),
      {
        routes: { pool: rules },
        residency: bound("pool") ? { pool: [one.zone] } : {},
        regions: bound("installation") ? { residency: [one.zone] } : {},
        resilience: { recovery: one.recovery },
      },
    );
    const { key } = await memory.gateway.control.keys.create({
      name: "bound",
      models: [],
      residency: bound("key") ? [one.zone] : [],
    });
    const tools = [{ type: "function", function: { name: "find", parameters: { type: "object" } } }];
    for (const { isStream, hasTools, isCritical } of one.requests)
      await ask({
        key,
        body: { ...question, stream: isStream, ...(hasTools ? { tools } : {}) },
        headers: {
          ...(bound("request") ? { "x-sallyport-region": one.zone } : {}),
          ...(isCritical ? { "x-sallyport-critical": "true" } : {}),
        },
      });
    return new Set(transport.sent.map(({ request }) => providerOf(request.origin)));
  };

  it("never leaves it, whatever fails, whoever chooses and whatever is taken up", async () => {
    const abroad: ReadonlySet<string>[] = [];
    let tries = 0;
    await fc.assert(
      fc.asyncProperty(run, async (one) => {
        const asked = await played(one, true);
        tries += asked.size;
        abroad.push(asked);
        expect([...asked].filter((id) => !inUnion.has(id))).toEqual([]);
      }),
      { numRuns: 250 },
    );
    expect(tries).toBeGreaterThan(250);
    expect(new Set(abroad.flatMap((asked) => [...asked]))).toEqual(inUnion);
  });

  it("is not copied to a target outside either", async () => {
    const silentFrom = 25;
    const isSilent = (provider: string, ordinal: number) => provider === "berlin" && ordinal >= silentFrom;
    const { ask, transport } = await world(
      (provider, ordinal) => (isSilent(provider, ordinal) ? [] : script("well", false)),
      {
        resilience: { hedge: { afterMs: 50, budget: 0.05 } },
        residency: { pool: ["eu"] },
        pools: {
          pool: (["berlin", "ohio", "unknown", "dublin"] as const).map((provider) => ({
            provider,
            model: "m",
          })),
        },
      },
    );
    for (let saved = 0; saved < silentFrom; saved += 1) await ask({ body: question });
    await ask({ body: question });
    const asked = transport.sent.slice(silentFrom).map(({ request }) => providerOf(request.origin));
    expect(asked).toEqual(["berlin", "dublin"]);
  });

  it("goes anywhere where nothing binds it: the same runs reach everybody", async () => {
    const everybody = new Set<string>();
    await fc.assert(
      fc.asyncProperty(run, async (one) => {
        for (const id of await played(one, false)) everybody.add(id);
      }),
      { numRuns: 60 },
    );
    expect(everybody).toEqual(new Set(ids));
  });

  it("is told where it ran, and why others were not asked", async () => {
    const { ask, memory } = await world(() => script("well", false), { residency: { pool: ["eu"] } });
    const answer = await ask({ body: question });
    expect(answer.status()).toBe(200);
    expect(answer.header("x-sallyport-deployment")).toBe("berlin");
    expect(answer.header("x-sallyport-region")).toBe("frankfurt-2");
    const [record] = await memory.records();
    const plan = record?.stages.find(({ stage }) => stage === "plan");
    expect(plan?.reason).toContain("not ohio/m: it is in us-east-2; it must be in eu, by the pool");
    expect(plan?.reason).toContain("not unknown/m: nobody has said where it is");
  });

  it("is refused where nobody is inside: as the client's own wish, or as what others have bound", async () => {
    const { ask, transport } = await world(() => script("well", false), { residency: { pool: ["eu"] } });
    const wish = await ask({ body: question, headers: { "x-sallyport-region": "ch" } });
    expect([wish.status(), wish.header("x-sallyport-error")]).toEqual([400, "constraints_unsatisfiable"]);
    expect(wish.body()).toContain("it must be in ch, by the request itself");
    const outside = await ask({
      body: { ...question, model: "ohio/m" },
      headers: { "x-sallyport-region": "eu" },
    });
    expect(outside.status()).toBe(400);
    const unknown = await ask({ body: question, headers: { "x-sallyport-region": "europa" } });
    expect([unknown.status(), unknown.header("x-sallyport-error")]).toEqual([400, "malformed_request"]);
    expect(transport.sent).toHaveLength(0);

    const swiss = await world(() => script("well", false), { regions: { residency: ["ch"] } });
    const bound = await swiss.ask({ body: question });
    expect([bound.status(), bound.header("x-sallyport-error")]).toEqual([503, "no_eligible_upstream"]);
    expect(bound.header("x-should-retry")).toBe("false");
    expect(swiss.transport.sent).toHaveLength(0);
  });

  it("does not leave by the raw lane either, nor by a model whose id says that it runs elsewhere", async () => {
    const { ask, transport, memory } = await world(() => script("well", false), {
      regions: { residency: ["eu"] },
      providers: [
        {
          ...openaiUpstream,
          id: "ohio",
          baseUrl: "http://ohio.invalid/v1",
          region: "us-east-2",
          zonesOf: () => zonesOf("us-east-2", {}),
        },
        {
          ...openaiUpstream,
          id: "aws",
          dialects: ["bedrock-converse"],
          baseUrl: "http://aws.invalid",
          region: "eu-central-1",
          zonesOf: (model) => zonesOfBedrock(model, zonesOf("eu-central-1", {})),
        },
      ],
      pools: {},
    });
    const raw = (target: string) => ask({ target, body: {} });
    expect((await raw("/p/ohio/models/x/converse")).status()).toBe(503);
    expect((await raw("/p/aws/model/us.anthropic.claude-haiku/converse")).status()).toBe(503);
    expect(
      (await raw("/p/aws/model/global.anthropic.claude-haiku-4-5-20251001-v1%3A0/converse-stream")).status(),
    ).toBe(503);
    expect((await raw("/p/aws/async-invoke")).status()).toBe(503);
    expect(transport.sent).toHaveLength(0);
    expect((await raw("/p/aws/model/eu.anthropic.claude-haiku/converse")).status()).toBe(200);
    expect(transport.sent).toHaveLength(1);
    expect((await ask({ body: { ...question, model: "aws/us.anthropic.claude-haiku" } })).status()).toBe(503);
    expect(transport.sent).toHaveLength(1);
    expect(memory.gateway.control.regions.state().refused).toEqual([
      { sink: "raw", times: 4 },
      { sink: "attempt", times: 1 },
    ]);
  });

  it("is not remembered by a gateway of which nobody has said where it is", async () => {
    const answers = () => script("well", false);
    const asked = { body: { model: "pool", input: "hi" }, target: "/v1/responses" };
    const goOn = async ({ ask }: World): Promise<number> => {
      const first = await ask(asked);
      expect(first.status()).toBe(200);
      const { id } = JSON.parse(first.body());
      return (await ask({ ...asked, body: { ...asked.body, previous_response_id: id } })).status();
    };
    const residency = { pool: ["eu"] };
    expect(await goOn(await world(answers, { residency, regions: { here: "eu-west-1" } }))).toBe(200);
    expect(await goOn(await world(answers, { residency, regions: { here: "us-west-1" } }))).toBe(400);
    const forgetful = await world(answers, { residency });
    expect(await goOn(forgetful)).toBe(400);
    const bound = await world(answers, { regions: { here: "eu-west-1" } });
    const first = await bound.ask({ ...asked, headers: { "x-sallyport-region": "eu" } });
    const { id } = JSON.parse(first.body());
    const before = bound.transport.sent.length;
    // What was bound stays bound: the pool's first is abroad.
    expect(
      (await bound.ask({ ...asked, body: { ...asked.body, previous_response_id: id } })).header(
        "x-sallyport-deployment",
      ),
    ).toBe("berlin");
    expect(bound.transport.sent).toHaveLength(before + 1);
    expect(forgetful.memory.gateway.control.regions.state().refused).toContainEqual({
      sink: "memory",
      times: 1,
    });
  });
});

describe("a pool that prefers who is near", () => {
  const near = { pool: ["same-region", "same-jurisdiction"] } as const;
  const order = async (headers: Readonly<Record<string, string>>, parts: Parameters<typeof world>[1]) => {
    const { ask } = await world(
      (provider) => script(provider === "unknown" ? "well" : "fails", false),
      parts,
    );
    const answer = await ask({ body: question, headers });
    return [...(answer.header("x-sallyport-attempts") ?? "").matchAll(/"([a-z]+)"/g)].map(([, id]) => id);
  };

  it("asks the same region, then the same jurisdiction, then the others in their order", async () => {
    const parts = { prefer: near, regions: { here: "eu-west-1" }, trustedProxies: ["127.0.0.0/8"] };
    expect(await order({}, parts)).toEqual(["dublin", "berlin", "ohio", "unknown"]);
    const american = { "x-sallyport-client-region": "us-west-2" };
    expect(await order(american, parts)).toEqual(["ohio", "berlin", "unknown"]);
    // What is no zone says nothing: then the client is taken to be here.
    for (const told of ["constructor", "nowhere", "us-west-2, nowhere"])
      expect(await order({ "x-sallyport-client-region": told }, parts)).toEqual([
        "dublin",
        "berlin",
        "ohio",
        "unknown",
      ]);
    expect(await order({ "x-sallyport-client-region": "eu-west-1, us-west-2" }, parts)).toEqual([
      "ohio",
      "berlin",
      "unknown",
    ]);
    expect(await order({}, { prefer: near })).toEqual(["ohio", "berlin", "unknown"]);
  });

  it("believes nobody but a trusted proxy of where a client is, and knows it by its address else", async () => {
    const read = readNetworks("198.51.100.0/24 us-west-2\n198.51.100.7 eu-west-1\n", () => true);
    if (read.kind === "broken") throw new Error(read.why);
    const { networks } = read;
    const european = { prefer: near, regions: { here: "eu-west-1" }, networks };
    const atHome = ["dublin", "berlin", "ohio", "unknown"];
    const american = ["ohio", "berlin", "unknown"];
    const told = { "x-sallyport-client-region": "us-west-2" };
    const forwarded = { "x-forwarded-for": "203.0.113.9, 198.51.100.5, 10.0.0.1" };
    expect(await order(told, european)).toEqual(atHome);
    expect(await order(forwarded, european)).toEqual(atHome);
    const behind = { ...european, trustedProxies: ["127.0.0.1", "10.0.0.0/8"] };
    expect(await order(told, behind)).toEqual(american);
    expect(await order(forwarded, behind)).toEqual(american);
    // The narrower network counts; who is in none is taken to be here.
    expect(await order({ "x-forwarded-for": "198.51.100.7" }, behind)).toEqual(atHome);
    expect(await order({ "x-forwarded-for": "192.0.2.1" }, behind)).toEqual(atHome);
  });

  it("keeps to the operator's tiers, and to a strategy inside each", async () => {
    const answers = await world(() => script("well", false), {
      prefer: near,
      regions: { here: "eu-west-1" },
      routes: { pool: { strategy: "cost-optimized", weights, expose: "full" } },
      pools: {
        pool: [
          { provider: "ohio", model: "m" },
          { provider: "berlin", model: "dear" },
          { provider: "berlin", model: "m" },
          { provider: "dublin", model: "m", tier: 1 },
        ],
      },
      prices: { m: [1, 2], dear: [10, 20] },
    });
    await answers.ask({ body: question });
    const [last] = answers.memory.gateway.control.routing.routes()[0]?.decisions ?? [];
    expect(last?.ranked.map(({ provider, model, tier }) => `${provider}/${model} ${tier}`)).toEqual([
      "berlin/m 0",
      "berlin/dear 0",
      "ohio/m 1",
      "dublin/m 2",
    ]);
  });

  it("takes who is far to be slower, until it is known", async () => {
    const { memory, ask } = await world(() => script("well", false), {
      regions: { here: "eu-west-1" },
      routes: { pool: { strategy: "latency-based", weights, expose: "full" } },
    });
    const { ranked } = memory.gateway.control.routing.decide({
      model: "pool",
      inputTokens: 9,
      isStream: true,
    });
    const ms = new Map(ranked.map(({ provider, latencyMs }) => [provider, latencyMs]));
    expect(ms.get("ohio")).toBe((ms.get("unknown") ?? 0) + 90);
    expect(ms.get("dublin")).toBe((ms.get("unknown") ?? 0) + 20);
    await ask({ body: question });
  });
});

describe("a provider that says that it has run a call elsewhere", () => {
  const usage = (geo: string) => ({ input_tokens: 9, output_tokens: 3, inference_geo: geo });
  const message = (geo: string): string =>
    JSON.stringify({
      id: "msg_1",
      type: "message",
      role: "assistant",
      model: "claude-x",
      content: [{ type: "text", text: "Hello" }],
      stop_reason: "end_turn",
      stop_sequence: null,
      usage: usage(geo),
    });
  const start = (geo: string): string =>
    `event: message_start\ndata: ${JSON.stringify({ type: "message_start", message: { ...JSON.parse(message(geo)), content: [], stop_reason: null } })}\n\n` +
    `event: content_block_start\ndata: {"type":"content_block_start","index":0,"content_block":{"type":"text","text":""}}\n\n` +
    `event: content_block_delta\ndata: {"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"Hello"}}\n\n`;

  const told = (geo: string, parts: Parameters<typeof world>[1] = {}) =>
    world(
      (provider, _ordinal, body) =>
        provider === "berlin"
          ? script("well", asksStream(body))
          : asksStream(body)
            ? [{ kind: "head", status: 200, headers: sse }, data(start(geo))]
            : [{ kind: "head", status: 200, headers: json }, data(message(geo)), { kind: "end" }],
      {
        providers: [
          {
            ...anthropicUpstream,
            id: "claude",
            baseUrl: "http://claude.invalid",
            region: "eu-west-1",
            zonesOf: () => zonesOf("eu-west-1", {}),
          },
          {
            ...openaiUpstream,
            id: "berlin",
            baseUrl: "http://berlin.invalid/v1",
            zonesOf: () => zonesOf("de", {}),
            dialects: ["openai-chat"],
          },
        ],
        pools: {
          pool: [
            { provider: "claude", model: "claude-x" },
            { provider: "berlin", model: "m" },
          ],
        },
        residency: { pool: ["eu"] },
        ...parts,
      },
    );

  it.for([false, true])(
    "is not believed any more, and its answer goes to nobody (stream: %s)",
    async (stream) => {
      const { ask, memory, transport } = await told("us");
      const first = await ask({ body: { ...question, stream, max_tokens: 9 } });
      expect(first.header("x-sallyport-deployment")).toBe("berlin");
      expect(first.header("x-sallyport-attempts")).toContain('"claude";error=residency_violation');
      expect(first.body()).toContain("there");
      if (stream) expect(transport.sent[0]?.isAborted()).toBe(true);
      expect(transport.sent).toHaveLength(2);
      await ask({ body: { ...question, stream, max_tokens: 9 } });
      expect(transport.sent).toHaveLength(3);
      const { control } = memory.gateway;
      expect(control.regions.state().abroad).toMatchObject([{ target: "claude/claude-x", zone: "us" }]);
      expect(control.regions.admit("claude/claude-x")).toBe(true);
      expect(control.regions.admit("claude/claude-x")).toBe(false);
      await ask({ body: { ...question, stream, max_tokens: 9 } });
      expect(transport.sent).toHaveLength(5);
      expect(memory.logger.lines().filter(({ level }) => level === "error")).toHaveLength(2);
      const records = await memory.records();
      expect(records.every(({ usage: counted }) => counted !== null)).toBe(true);
    },
  );

  it("is not asked to: the client's own wish in the body cannot widen what binds", async () => {
    const { ask, transport } = await told("eu");
    const messages = {
      target: "/v1/messages",
      body: { ...question, max_tokens: 9, model: "claude/claude-x" },
    };
    const wish = (inference_geo: string) =>
      ask({
        ...messages,
        headers: { "x-sallyport-region": "eu" },
        body: { ...messages.body, inference_geo },
      });
    expect((await wish("global")).status()).toBe(400);
    expect(transport.sent).toHaveLength(0);
    expect((await wish("eu")).status()).toBe(200);
  });

  it("does not count tokens that may not be sent to it: they are counted here", async () => {
    const { ask, transport } = await told("us", { regions: { here: "eu-west-1" } });
    const count = (region: string) =>
      ask({ target: "/v1/messages/count_tokens", body: question, headers: { "x-sallyport-region": region } });
    const counted = await count("de");
    expect([counted.status(), counted.header("x-sallyport-estimated"), transport.sent.length]).toEqual([
      200,
      "1",
      0,
    ]);
    await count("ie");
    expect(transport.sent.map(({ request }) => request.path)).toEqual(["/v1/messages/count_tokens"]);
  });

  it("is left out for its unread lane, for what is unbound, and after a restart, too", async () => {
    const states = createMemoryStateStore();
    const { ask, memory, transport } = await told("us", { residency: {}, states });
    expect(
      (await ask({ target: "/p/claude/v1/messages", body: { ...question, model: "claude-x" } })).status(),
    ).toBe(200);
    expect(memory.gateway.control.regions.state().abroad).toMatchObject([
      { target: "claude/claude-x", zone: "us" },
    ]);
    const raw = await ask({
      target: "/p/claude/v1/messages",
      body: question,
      headers: { "x-sallyport-region": "eu" },
    });
    expect(raw.status()).toBe(400);
    expect(transport.sent).toHaveLength(1);
    await memory.gateway.learned.keep();
    const after = await told("us", { states });
    await after.memory.gateway.learned.restore();
    await after.ask({ body: { ...question, max_tokens: 9 } });
    expect(after.transport.sent.map(({ request }) => providerOf(request.origin))).toEqual(["berlin"]);
  });

  it("is believed where what it says is only wider than what one client wishes", async () => {
    const { ask, memory } = await told("eu");
    await ask({ body: { ...question, max_tokens: 9 }, headers: { "x-sallyport-region": "ie" } });
    expect(memory.gateway.control.regions.state().abroad).toEqual([]);
  });

  it.for(["global", "constructor"])("has run it anywhere if it says `%s`", async (geo) => {
    const { ask } = await told(geo);
    expect((await ask({ body: { ...question, max_tokens: 9 } })).header("x-sallyport-deployment")).toBe(
      "berlin",
    );
  });

  it("answers where it says that it was inside, or does not say", async () => {
    for (const geo of ["eu", "not_available"]) {
      const { ask } = await told(geo);
      const answer = await ask({ body: { ...question, max_tokens: 9 } });
      expect(answer.header("x-sallyport-deployment")).toBe("claude");
    }
  });
});
