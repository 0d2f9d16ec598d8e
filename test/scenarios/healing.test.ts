import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type BootedGateway, bootGateway, providerAt } from "../support/booted-gateway.ts";
import { type RawUpstream, rawUpstream, wholeAnswer } from "../support/raw-upstream.ts";

let upstream: RawUpstream;
let claude: RawUpstream;
let gateway: BootedGateway;

const answer = JSON.stringify({
  id: "c",
  object: "chat.completion",
  created: 1,
  model: "m",
  choices: [{ index: 0, message: { role: "assistant", content: "hi" }, finish_reason: "stop" }],
  usage: { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 },
});
const refusal = (param: string): string =>
  JSON.stringify({
    error: {
      message: `Unsupported parameter: '${param}' is not supported with this model.`,
      type: "invalid_request_error",
      param,
      code: "unsupported_parameter",
    },
  });

beforeAll(async () => {
  // A server that takes neither a temperature nor a seed, and says so one at a time.
  upstream = await rawUpstream(({ body, socket }) => {
    const refused = ["temperature", "seed"].find((name) => body.includes(`"${name}"`));
    socket.write(refused === undefined ? wholeAnswer(200, answer) : wholeAnswer(400, refusal(refused)));
  });
  claude = await rawUpstream();
  gateway = await bootGateway(`
providers:
${providerAt("chat", upstream.url)}
`);
});
afterAll(async () => {
  await gateway[Symbol.asyncDispose]();
  await upstream[Symbol.asyncDispose]();
  await claude[Symbol.asyncDispose]();
});

const call = (model: string, headers: Readonly<Record<string, string>> = {}): Promise<Response> =>
  fetch(`http://127.0.0.1:${gateway.port}/v1/chat/completions`, {
    method: "POST",
    headers: { authorization: `Bearer ${gateway.key}`, "content-type": "application/json", ...headers },
    body: `{"model":"chat/${model}", "temperature": 0.20, "messages":[{"role":"user","content":"hi"}],"seed":7 }`,
  });

describe("a refused parameter", () => {
  it("heals the call, is declared, and the next call does not ask again", async () => {
    const first = await call("m-1");
    expect(first.status).toBe(200);
    expect(first.headers.get("x-sallyport-warnings")).toContain('healed;param="temperature"');
    expect(first.headers.get("x-sallyport-warnings")).toContain('healed;param="seed"');
    expect(upstream.calls()).toHaveLength(3);
    expect(upstream.calls().at(-1)?.body).toBe(
      '{"model":"m-1", "messages":[{"role":"user","content":"hi"}] }',
    );
    const [record] = await gateway.records(1);
    expect(record?.attempts.map(({ status }) => status)).toEqual([400, 400, 200]);

    const second = await call("m-1");
    expect(second.status).toBe(200);
    expect(second.headers.get("x-sallyport-warnings")).toContain('healed;param="temperature"');
    expect(upstream.calls()).toHaveLength(4);
    expect(gateway.booted.control.quirks.list()).toMatchObject([
      { model: "m-1", healing: { kind: "remove", parameter: "temperature" }, state: "learned", applied: 1 },
      { model: "m-1", healing: { kind: "remove", parameter: "seed" }, state: "learned", applied: 1 },
    ]);
  });

  it("is the client's to hear of in strict mode, as the provider said it", async () => {
    const before = upstream.calls().length;
    const response = await call("m-2", { "x-sallyport-strict": "1" });
    expect(response.status).toBe(400);
    expect(await response.text()).toBe(refusal("temperature"));
    expect(upstream.calls()).toHaveLength(before + 1);
  });

  it("is not healed again once an operator forbids it", async () => {
    const quirk = gateway.booted.control.quirks
      .list()
      .find(({ healing }) => healing.parameter === "temperature");
    gateway.booted.control.quirks.set(quirk?.id ?? "", "forbidden");
    const response = await call("m-1");
    expect(response.status).toBe(400);
  });
});
