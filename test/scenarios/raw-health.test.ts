import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type BootedGateway, bootGateway } from "../support/booted-gateway.ts";
import { type RawCall, type RawUpstream, rawUpstream, wholeAnswer } from "../support/raw-upstream.ts";

const json = (text: string) => wholeAnswer(200, text);
const failing = (status: number, headers = "") =>
  `HTTP/1.1 ${status} No\r\n${headers}content-type: application/json\r\ncontent-length: 2\r\n\r\n{}`;

let answer: (call: RawCall) => void = () => undefined;
let upstream: RawUpstream;
let gateway: BootedGateway;
let others = 0;

beforeAll(async () => {
  upstream = await rawUpstream((call) => answer(call));
  const at = (name: string, dialect = "openai-chat"): string =>
    `  ${name}: { dialect: ${dialect}, baseUrl: "${upstream.url}", models: ["${name}-*"] }`;
  const names = ["limited", "fails", "absent", "breaks", "forced", "slim", "queued"];
  gateway = await bootGateway(`
providers:
${names.map((name) => at(name)).join("\n")}
${at("google", "gemini-generate")}
${at("named")}
  spread: { dialect: openai-chat, endpoints: [{ baseUrl: "${upstream.url}" }, { baseUrl: "http://127.0.0.1:9" }] }
circuitBreaker:
  targets:
    fails: { failure_threshold: 3, timeout_seconds: 60, half_open_requests: 1 }
    absent: { failure_threshold: 3, timeout_seconds: 60, half_open_requests: 1 }
overload:
  bulkhead:
    targets:
      slim: { concurrency: 1, queueMax: 0 }
      queued: { concurrency: 1 }
`);
});
afterAll(async () => {
  await gateway[Symbol.asyncDispose]();
  await upstream[Symbol.asyncDispose]();
});
beforeEach(() => {
  answer = ({ socket }) => void socket.write(json("{}"));
  others = upstream.calls().length;
});

const call = (path: string, init: RequestInit = {}): Promise<Response> =>
  fetch(`http://127.0.0.1:${gateway.port}${path}`, {
    method: "POST",
    body: "{}",
    ...init,
    headers: {
      authorization: `Bearer ${gateway.key}`,
      "content-type": "application/json",
      ...(init.headers as Record<string, string>),
    },
  });
/** Calls that have reached the upstream in this test. */
const reached = (): number => upstream.calls().length - others;
const breakerOf = (name: string) =>
  gateway.booted.control.breakers.list().find(({ provider, model }) => `${provider}/${model}` === name);
const slotsOf = (name: string) =>
  gateway.booted.control.slots().find(({ provider, model }) => `${provider}/${model}` === name);
const lastStages = async () => {
  const { requests } = gateway.booted.control;
  const [last] = await requests.list({ limit: 1 });
  return (last && (await requests.read(last.id)))?.stages;
};
async function refusalOf(response: Response) {
  await response.text();
  const { status, headers } = response;
  const [code, retryAfter, shed] = ["x-sallyport-error", "retry-after", "x-sallyport-shed"].map((name) =>
    headers.get(name),
  );
  return { status, code, retryAfter: Number(retryAfter), shed };
}

describe("cool-downs on the raw lane", () => {
  it("an operation that was refused for its rate is left alone until it was told, others go on", async () => {
    answer = ({ socket }) => void socket.write(failing(429, "retry-after: 30\r\n"));
    const first = await call("/p/limited/chat/completions");
    expect([first.status, first.headers.get("retry-after")]).toEqual([429, "30"]);
    await first.text();
    const refused = await refusalOf(await call("/p/limited/chat/completions"));
    expect(refused).toMatchObject({ status: 429, code: "upstream_rate_limited" });
    expect(refused.retryAfter).toBeGreaterThanOrEqual(29);
    expect(refused.retryAfter).toBeLessThanOrEqual(33);
    expect(reached()).toBe(1);
    answer = ({ socket }) => void socket.write(json("{}"));
    expect((await call("/p/limited/files")).status).toBe(200);
    gateway.booted.control.coolDowns.end("limited/raw:openai-chat");
    expect((await call("/p/limited/chat/completions")).status).toBe(200);
  });

  it("a model that the path names is the target that other lanes ask", async () => {
    answer = ({ socket }) => void socket.write(failing(429, "retry-after: 30\r\n"));
    await call("/p/google/v1beta/models/google-1:generateContent");
    const translated = await call("/v1/chat/completions", {
      body: JSON.stringify({ model: "google-1", messages: [{ role: "user", content: "hi" }] }),
    });
    expect(await refusalOf(translated)).toMatchObject({ status: 429, code: "upstream_rate_limited" });
    expect(reached()).toBe(1);
    expect(slotsOf("google/google-1")?.inFlight).toBe(0);
  });

  it("what is refused to another operation on a model keeps nobody from its answers", async () => {
    answer = ({ socket }) => void socket.write(failing(429, "retry-after: 500\r\n"));
    await call("/p/google/v1beta/models/google-2:countTokens");
    expect((await call("/p/google/v1beta/models/google-2:countTokens")).status).toBe(429);
    expect(reached()).toBe(1);
    answer = ({ socket }) =>
      void socket.write(
        json('{"candidates":[{"content":{"parts":[{"text":"well"}]},"finishReason":"STOP"}]}'),
      );
    const translated = await call("/v1/chat/completions", {
      body: JSON.stringify({ model: "google-2", messages: [{ role: "user", content: "hi" }] }),
    });
    expect([translated.status, await translated.text()]).toEqual([200, expect.stringContaining("well")]);
  });

  it.for([
    ["/v1beta/models/g-3:streamGenerateContent", "g-3"],
    ["/model/a.b-v1:0/converse", "a.b-v1:0"],
    ["/model/a.b-v1%3A0/invoke-with-response-stream", "a.b-v1:0"],
    ["/v1beta/models/g-3:countTokens", "raw:countTokens"],
    ["/v1beta/models/g-3:batchEmbedContents", "raw:batchEmbedContents"],
    ["/model/a.b-v1:0/count-tokens", "raw:count-tokens"],
    ["/v1/models/g-3/embeddings", "raw:openai-embeddings"],
    ["/v1/fine_tuning/jobs", "raw:fine_tuning"],
  ])("a call of %s is held to those of %s", async ([path, name]) => {
    await (await call(`/p/named${path}`)).text();
    const asked = gateway.booted.control.breakers.list().filter(({ provider }) => provider === "named");
    expect(asked.map(({ model }) => model)).toContain(name);
  });
});

describe("breakers on the raw lane", () => {
  it("an operation that fails is left alone, with the time of the next look; its breaker is its own", async () => {
    answer = ({ socket }) => void socket.write(failing(500));
    for (let at = 0; at < 3; at += 1)
      expect((await refusalOf(await call("/p/fails/v1/files/f-1/content"))).status).toBe(500);
    const refused = await refusalOf(await call("/p/fails/v1/files/f-2"));
    expect(refused).toMatchObject({ status: 503, code: "circuit_open" });
    expect(refused.retryAfter).toBeGreaterThan(50);
    expect(reached()).toBe(3);
    expect(breakerOf("fails/raw:files")?.state).toBe("open");
    answer = ({ socket }) => void socket.write(json("{}"));
    expect((await call("/p/fails/v1/batches")).status).toBe(200);
  });

  it("what is not there, or not allowed, says nothing of its target", async () => {
    for (const status of [400, 401, 403, 404]) {
      answer = ({ socket }) => void socket.write(failing(status));
      for (let at = 0; at < 3; at += 1)
        expect((await call("/p/absent/chat/completions")).status).toBe(status);
    }
    expect(breakerOf("absent/raw:openai-chat")).toMatchObject({ state: "closed", failureCount: 0 });
    expect(gateway.booted.control.coolDowns.list().filter(({ scope }) => scope.startsWith("absent"))).toEqual(
      [],
    );
  });

  it("an unreachable one counts, and an answer that breaks off", async () => {
    answer = ({ socket }) => void socket.resetAndDestroy();
    expect((await refusalOf(await call("/p/breaks/chat/completions"))).code).toBe("upstream_unreachable");
    expect(breakerOf("breaks/raw:openai-chat")?.failureCount).toBe(1);
    answer = ({ socket }) => {
      socket.write("HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nhalf");
      setImmediate(() => socket.destroy());
    };
    await expect((await call("/p/breaks/chat/completions")).text()).rejects.toThrow();
    await expect.poll(() => breakerOf("breaks/raw:openai-chat")?.failureCount).toBe(2);
  });

  it("an operator's word holds here too", async () => {
    gateway.booted.control.breakers.setMode("forced/raw:files", "forced_open");
    expect(await refusalOf(await call("/p/forced/files"))).toMatchObject({
      status: 503,
      code: "circuit_open",
    });
    expect(reached()).toBe(0);
    await expect
      .poll(lastStages)
      .toContainEqual(expect.objectContaining({ stage: "attempt", decision: "refuse" }));
    gateway.booted.control.breakers.setMode("forced/raw:files", "auto");
    expect((await call("/p/forced/files")).status).toBe(200);
  });
});

it("an address that was chosen for a call which may not go there is at work on nothing", async () => {
  const refused = await call("/p/spread/files", { headers: { "x-sallyport-region": "eu" } });
  expect((await refusalOf(refused)).code).toBe("constraints_unsatisfiable");
  const [pool] = gateway.booted.control.balancing.list();
  expect(pool?.endpoints.map(({ inFlight }) => inFlight)).toEqual([0, 0]);
});

describe("bulkheads on the raw lane", () => {
  it("a full one refuses where nobody may wait, and is free again when the answer has ended", async () => {
    answer = ({ socket }) => void socket.write("HTTP/1.1 200 OK\r\ncontent-length: 6\r\n\r\nhel");
    const open = await call("/p/slim/chat/completions");
    const refused = await refusalOf(await call("/p/slim/chat/completions"));
    expect(refused).toMatchObject({ status: 503, code: "overloaded", shed: "queue" });
    expect(refused.retryAfter).toBeGreaterThan(0);
    const sent = await upstream.call(others);
    sent.socket.write("lo!");
    expect(await open.text()).toBe("hello!");
    answer = ({ socket }) => void socket.write(json("{}"));
    await expect.poll(() => slotsOf("slim/raw:openai-chat")?.inFlight).toBe(0);
    expect((await call("/p/slim/chat/completions")).status).toBe(200);
  });

  it("whoever goes gives the slot back, to the one who waits", async () => {
    answer = ({ socket }) => void socket.write("HTTP/1.1 200 OK\r\ncontent-length: 6\r\n\r\nhel");
    const gone = new AbortController();
    const first = await call("/p/queued/chat/completions", { signal: gone.signal });
    answer = ({ socket }) => void socket.write(json("{}"));
    const second = call("/p/queued/chat/completions");
    await expect.poll(() => slotsOf("queued/raw:openai-chat")?.queued).toBe(1);
    gone.abort();
    await expect(first.text()).rejects.toThrow();
    expect((await second).status).toBe(200);
    await expect.poll(() => slotsOf("queued/raw:openai-chat")?.inFlight).toBe(0);
  });
});
