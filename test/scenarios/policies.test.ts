import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { policySettings } from "../../src/capabilities/policy/index.ts";
import type { ProviderFacts } from "../../src/gateway/snapshot.ts";
import { type MemoryGateway, memoryGateway, openaiUpstream } from "../support/memory-gateway.ts";
import { inboundRequest, type RecordedReply, recordedReply } from "../support/recorded-reply.ts";
import { type ScriptedTransport, type Step, scriptedTransport } from "../support/scripted-transport.ts";
import { chatAnswer, chatStream } from "../support/stream-frames.ts";

const json = { "content-type": "application/json" };
const ids = ["one", "two", "three", "four"] as const;
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
const data = (text: string): Step => ({ kind: "data", bytes: Buffer.from(text) });
const manners = ["well", "fails", "throttles", "refuses", "hangs up"] as const;
type Manner = (typeof manners)[number];

function script(manner: Manner, isStream: boolean): readonly Step[] {
  if (manner === "hangs up")
    return [{ kind: "failed", failure: { code: "upstream_unreachable", detail: "refused", wasSent: false } }];
  const status = { well: 200, fails: 500, throttles: 429, refuses: 401 }[manner];
  if (status >= 400)
    return [
      { kind: "head", status, headers: json },
      data('{"error":{"message":"no","code":"x"}}'),
      { kind: "end" },
    ];
  const headers = isStream ? { "content-type": "text/event-stream" } : json;
  return [
    { kind: "head", status, headers },
    data(isStream ? chatStream("Hello", " there") : chatAnswer("Hello there")),
    { kind: "end" },
  ];
}

const providerOf = (origin: string): string => new URL(origin).hostname.split(".")[0] ?? "";
const textOf = (body: unknown): string =>
  typeof body === "string" ? body : body instanceof Uint8Array ? Buffer.from(body).toString() : "";

interface World {
  readonly memory: MemoryGateway;
  readonly transport: ScriptedTransport;
  readonly begin: (body: object, headers?: Readonly<Record<string, string>>) => RecordedReply;
  readonly finish: (client: RecordedReply) => Promise<RecordedReply>;
  readonly ask: (body: object, headers?: Readonly<Record<string, string>>) => Promise<RecordedReply>;
}

async function world(
  policies: readonly object[],
  seeds: readonly Manner[] = ["well"],
  resilience: object = {},
): Promise<World> {
  const transport = scriptedTransport(({ body }, ordinal) =>
    script(seeds[ordinal % seeds.length] ?? "well", textOf(body).includes('"stream":true')),
  );
  const memory = await memoryGateway({
    transport,
    providers: ids.map(
      (id): ProviderFacts => ({ ...openaiUpstream, id, baseUrl: `http://${id}.invalid/v1`, globs: [] }),
    ),
    pools: { pool: ids.map((provider) => ({ provider, model: "m" })) },
    prices: { m: [1, 2] },
    resilience,
    policies: {
      policies: policies.map((one) => policySettings.parse(one)),
      fallback: "allow",
      lists: new Map(),
    },
  });
  const begin: World["begin"] = (body, headers = {}) => {
    const client = recordedReply();
    memory.gateway.handle(
      inboundRequest({
        target: "/v1/chat/completions",
        headers: { authorization: `Bearer ${memory.key}`, ...json, ...headers },
        body: JSON.stringify(body),
        reply: client.reply,
      }),
    );
    return client;
  };
  const finish: World["finish"] = async (client) => {
    for (let rounds = 0; rounds < 100 && !client.isEnded() && !client.isDestroyed(); rounds += 1) {
      await turn();
      for (const played of transport.sent) while (played.step()) await turn();
      memory.time.advance(300);
    }
    await turn();
    return client;
  };
  return { memory, transport, begin, finish, ask: (body, headers) => finish(begin(body, headers)) };
}

const question = { model: "pool", messages: [{ role: "user", content: "Hi" }] };

describe("a policy of the request", () => {
  it("refuses by the word of an operator, records why, and counts it", async () => {
    const { memory, transport, ask } = await world([
      {
        id: "no-blue",
        when: "'blue' in header('x-team') and not (ai.model == 'x')",
        do: { deny: {} },
        reason: "Not for blue.",
      },
    ]);
    const refused = await ask(question, { "x-team": "blue" });
    expect(refused.status()).toBe(403);
    expect(refused.body()).toContain("Not for blue.");
    expect(transport.sent).toHaveLength(0);
    expect((await ask(question, { "x-team": "red" })).status()).toBe(200);
    const { policies } = memory.gateway.control;
    expect(policies.violationCount()).toBe(1);
    expect(policies.violations({ limit: 10 })).toMatchObject([
      { policy: "no-blue", mode: "enforce", reason: "Not for blue.", tenant: "default" },
    ]);
    expect(JSON.stringify(policies.violations({ limit: 10 }))).not.toContain('"blue"');
    expect(policies.state().policies).toMatchObject([{ hits: 1, denies: 1, errors: 0 }]);
    const records = await memory.records();
    expect(records.map(({ policy }) => policy?.decisions[0]?.allowed)).toEqual([true, false]);
    expect(memory.gateway.control.metrics()).toContain(
      'sallyport_policy_decisions_total{policy="no-blue",action="deny",mode="enforce"} 1',
    );
  });

  it("refuses what is too much to be looked at whole: nothing hides behind a hundred tools", async () => {
    const { ask } = await world([{ id: "no-shell", when: "'shell' in ai.tools", do: { deny: {} } }]);
    const tool = (name: string) => ({ type: "function", function: { name, parameters: { type: "object" } } });
    const many = Array.from({ length: 128 }, (_, index) => tool(`t${index}`));
    expect((await ask({ ...question, tools: many })).status()).toBe(200);
    expect((await ask({ ...question, tools: [...many, tool("shell")] })).status()).toBe(403);
  });

  it("hides what it refuses, where it is to be hidden", async () => {
    const { ask } = await world([{ id: "hidden", when: "true", do: { deny: { hide: true } } }]);
    expect((await ask(question)).status()).toBe(404);
  });

  it("changes the model, the limit and the headers of a call on its way", async () => {
    const { transport, ask } = await world([
      {
        id: "small",
        when: "ai.max_tokens == 0 or ai.max_tokens > 50",
        do: {
          transform: [
            { maxTokens: 50 },
            { setModel: "two/m" },
            { setHeader: { name: "x-cost-centre", value: "7" } },
          ],
        },
      },
    ]);
    expect((await ask({ ...question, max_tokens: 900 })).status()).toBe(200);
    const [sent] = transport.sent;
    expect(providerOf(sent?.request.origin ?? "")).toBe("two");
    expect(JSON.parse(textOf(sent?.request.body))).toMatchObject({ max_tokens: 50, model: "m" });
    expect(sent?.request.headers).toEqual(expect.arrayContaining(["x-cost-centre", "7"]));
  });
});

describe("a policy of the answer", () => {
  it("may refuse it before its first byte, and change its headers", async () => {
    const { ask } = await world([
      {
        id: "mark",
        phase: "response",
        when: "response.status == 200",
        do: { transform: [{ setHeader: { name: "x-seen", value: "1" } }] },
      },
      { id: "no-streams", phase: "response", when: "ai.stream", do: { deny: {} } },
    ]);
    const passed = await ask(question);
    expect(passed.header("x-seen")).toBe("1");
    expect((await ask({ ...question, stream: true })).status()).toBe(403);
  });
});

describe("a policy of targets", () => {
  const run = fc.record({
    denied: fc.subarray([...ids], { minLength: 1, maxLength: 3 }),
    byRoute: fc.boolean(),
    recovery: fc.subarray(["continue", "verified-restart"]),
    seeds: fc.array(fc.constantFrom(...manners), { minLength: 1, maxLength: 12 }),
    streams: fc.array(fc.boolean(), { minLength: 1, maxLength: 4 }),
  });

  it("is never sent around, whatever fails and whoever stands in", async () => {
    let sent = 0;
    await fc.assert(
      fc.asyncProperty(run, async ({ denied, byRoute, recovery, seeds, streams }) => {
        const allowed = ids.filter((id) => !denied.includes(id));
        const policy = byRoute
          ? { id: "p", when: "true", do: { route: { providers: allowed } } }
          : {
              id: "p",
              phase: "target",
              when: `target.provider in ['${denied.join("','")}']`,
              do: { deny: {} },
            };
        const hedge = { afterMs: 100 };
        const { transport, ask } = await world([policy], seeds, { recovery, hedge });
        for (const stream of streams) await ask({ ...question, stream });
        const asked = transport.sent.map(({ request }) => providerOf(request.origin));
        sent += asked.length;
        for (const id of asked) expect(denied).not.toContain(id);
      }),
      { numRuns: 60 },
    );
    expect(sent).toBeGreaterThan(60);
  });
});

describe("policies that change while the gateway runs", () => {
  it("bind a request by the revision that it began with, and only that", async () => {
    const { memory, begin, finish } = await world([]);
    const { policies } = memory.gateway.control;
    const deny = (when: string) => policySettings.parse({ id: "p", when, do: { deny: {} } });
    const phases = [
      policySettings.parse({
        id: "t",
        phase: "response",
        when: "true",
        do: { transform: [{ setHeader: { name: "x-revision", value: "a" } }] },
      }),
    ];
    const first = await policies.commit(phases, "test", policies.state().revision);
    const running = begin(question);
    await turn();
    const second = await policies.commit([deny("true")], "test", first.revision);
    expect(second.revision).toBe(first.revision + 1);
    expect((await finish(begin(question))).status()).toBe(403);
    const before = await finish(running);
    expect(before.status()).toBe(200);
    expect(before.header("x-revision")).toBe("a");
    const revisions = (await memory.records()).map(({ policy }) => policy?.revision);
    expect(new Set(revisions)).toEqual(new Set([first.revision, second.revision]));
    await expect(policies.commit([], "test", first.revision)).rejects.toMatchObject({
      code: "precondition_failed",
    });
    await expect(policies.commit([deny("no_such_fact")], "test", second.revision)).rejects.toMatchObject({
      code: "malformed_request",
    });
    const back = await policies.rollback(first.revision, "test");
    expect(back?.policies.map(({ policy: { id } }) => id)).toEqual(["t"]);
  });

  it("come to no difference when what was recorded is replayed, and to those that another would make", async () => {
    const { memory, ask } = await world([
      { id: "blue", when: "'blue' in header('x-team')", do: { deny: {} } },
      { id: "two", phase: "target", when: "target.provider == 'two'", do: { deny: {} } },
    ]);
    for (const team of ["blue", "red", "green", "blue"]) await ask(question, { "x-team": team });
    const { policies } = memory.gateway.control;
    const all = { since: 0, until: Number.MAX_SAFE_INTEGER };
    const same = await policies.simulate(all);
    expect(same).toMatchObject({
      requests: 4,
      newlyDenied: 0,
      newlyAllowed: 0,
      changedConstraints: 0,
      unknown: 0,
    });
    const stricter = policySettings.parse({
      id: "all",
      when: "endpoint.startsWith('/v1')",
      do: { deny: {} },
    });
    expect(await policies.simulate({ ...all, policies: [stricter] })).toMatchObject({
      newlyDenied: 2,
      unknown: 0,
    });
    const preview = await policies.preview([stricter]);
    expect(preview).toMatchObject({ problems: [], effect: { newlyDenied: 2 } });
    expect(
      (await policies.preview([policySettings.parse({ id: "x", when: "endpont == ''", do: { deny: {} } })]))
        .problems,
    ).toMatchObject([
      { id: "x", field: "when", at: 1, message: expect.stringContaining("did you mean `endpoint`?") },
    ]);
  });
});
