import OpenAI from "openai";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type BootedGateway, bootGateway } from "../support/booted-gateway.ts";
import { type RawCall, type RawUpstream, rawUpstream, wholeAnswer } from "../support/raw-upstream.ts";
import { hasRecordedTraffic, recordedTraffic } from "../support/recorded-traffic.ts";

let upstream: RawUpstream;
let answer: (call: RawCall) => string = () => wholeAnswer(500, "{}");
let gateway: BootedGateway;

beforeAll(async () => {
  upstream = await rawUpstream((call) => void call.socket.write(answer(call)));
  gateway = await bootGateway(`
allowLiteralSecrets: true
providers:
  chat: { dialect: openai-chat, baseUrl: "${upstream.url}/v1", key: k }
  google: { dialect: gemini-generate, baseUrl: "${upstream.url}", key: k }
  cohere: { dialect: cohere-chat, baseUrl: "${upstream.url}", key: k }
  claude: { dialect: anthropic-messages, baseUrl: "${upstream.url}", key: k }
pricing:
  rows:
    - { match: {}, usdPerMillion: { input: 1, output: 2 }, source: test }
`);
});
afterAll(async () => {
  await gateway[Symbol.asyncDispose]();
  await upstream[Symbol.asyncDispose]();
});

const client = () =>
  new OpenAI({ baseURL: `http://127.0.0.1:${gateway.port}/v1`, apiKey: gateway.key, maxRetries: 0 });
const sent = () => upstream.calls().at(-1);
const vectors = [
  [0.5, -0.25, 1],
  [0, 2, -0.125],
];

describe("embeddings", () => {
  it("rule 61: an upstream that answers numbers where base64 was asked for is amended", async () => {
    const data = vectors.map((embedding, index) => ({ object: "embedding", index, embedding }));
    answer = () =>
      wholeAnswer(
        200,
        JSON.stringify({ object: "list", data, model: "m", usage: { prompt_tokens: 4, total_tokens: 4 } }),
      );
    // The official client asks for base64 by itself, and would take numbers for garbage.
    const { data: read, usage } = await client().embeddings.create({ model: "chat/m", input: ["a", "b"] });
    expect(read.map(({ embedding }) => embedding)).toEqual(vectors);
    expect(usage).toEqual({ prompt_tokens: 4, total_tokens: 4 });
    expect(sent()?.body).toBe('{"model":"m","input":["a","b"],"encoding_format":"base64"}');
    const floats = await client().embeddings.create({
      model: "chat/m",
      input: "a",
      encoding_format: "float",
    });
    expect(floats.data[1]?.embedding).toEqual(vectors[1]);
    const record = (await gateway.records(2)).at(-1);
    expect(record).toMatchObject({ dialect: "openai-embeddings", lane: "bytes", cost: { nanoUsd: 4000 } });
  });

  it("come from Gemini, in order, with what has no place declared", async () => {
    answer = () => wholeAnswer(200, JSON.stringify({ embeddings: vectors.map((values) => ({ values })) }));
    const { data, response } = await client()
      .embeddings.create({
        model: "google/gemini-embedding-001",
        input: ["a", "b"],
        dimensions: 3,
        user: "u",
      })
      .withResponse();
    expect(data.data.map(({ embedding }) => embedding)).toEqual(vectors);
    expect(data.model).toBe("gemini-embedding-001");
    expect(response.headers.get("x-sallyport-warnings")).toContain('dropped;param="user"');
    expect(sent()?.head).toMatch(/^POST \/v1beta\/models\/gemini-embedding-001:batchEmbedContents /);
    expect(JSON.parse(sent()?.body ?? "")).toEqual({
      requests: ["a", "b"].map((text) => ({
        model: "models/gemini-embedding-001",
        content: { parts: [{ text }] },
        outputDimensionality: 3,
      })),
    });
  });

  it("come from Cohere, which has to be told what they are for", async () => {
    answer = () =>
      wholeAnswer(
        200,
        JSON.stringify({ embeddings: { float: vectors }, meta: { billed_units: { input_tokens: 7 } } }),
      );
    const { data, usage } = await client().embeddings.create({
      model: "cohere/embed-v4.0",
      input: ["a", "b"],
    });
    expect(data.map(({ embedding }) => embedding)).toEqual(vectors);
    expect(usage).toEqual({ prompt_tokens: 7, total_tokens: 7 });
    expect(JSON.parse(sent()?.body ?? "")).toEqual({
      model: "embed-v4.0",
      texts: ["a", "b"],
      input_type: "search_document",
      embedding_types: ["float"],
    });
  });

  it.for([
    { model: "google/m", input: [[1, 2, 3]], status: 400, words: /token ids/ },
    { model: "claude/m", input: "a", status: 503, words: /no provider of/i },
    { model: "chat/m", input: [], status: 500, words: /./ },
    { model: "chat/m", input: undefined, status: 400, words: /input/ },
  ])("$model with $input is refused with $status", async ({ model, input, status, words }) => {
    answer = () => wholeAnswer(500, "{}");
    const response = await fetch(`http://127.0.0.1:${gateway.port}/v1/embeddings`, {
      method: "POST",
      headers: { authorization: `Bearer ${gateway.key}`, "content-type": "application/json" },
      body: JSON.stringify({ model, input }),
    });
    expect(response.status).toBe(status);
    expect(await response.text()).toMatch(words);
  });
});

describe.runIf(hasRecordedTraffic())("recorded embeddings of OpenAI", () => {
  const records = recordedTraffic("embeddings/api.openai.com").filter(({ status }) => status === 200);
  it("are all read, and pass byte for byte", async () => {
    expect(records.length).toBeGreaterThan(20);
    for (const record of records) {
      answer = () => wholeAnswer(200, record.response.toString());
      const body = record.request.toString().replace(/"model": ?"/, '"model":"chat/');
      const response = await fetch(`http://127.0.0.1:${gateway.port}/v1/embeddings`, {
        method: "POST",
        headers: { authorization: `Bearer ${gateway.key}`, "content-type": "application/json" },
        body,
      });
      expect(response.status, record.name).toBe(200);
      const wantsBase64 = body.includes('"base64"') && !record.response.includes('"embedding": "');
      const text = await response.text();
      if (!wantsBase64) expect(text).toBe(record.response.toString());
      expect(response.headers.get("x-sallyport-cost-nano-usd"), record.name).toMatch(/^[1-9]/);
    }
  });
});
