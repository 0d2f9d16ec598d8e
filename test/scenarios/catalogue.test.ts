import { createServer, type IncomingHttpHeaders } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, expect, it, vi } from "vitest";
import { type RunningGateway, runGateway } from "../support/running-gateway.ts";

/** What the upstream says each time: 1,000 tokens in, 100 out. */
const answer = JSON.stringify({
  id: "chatcmpl-1",
  object: "chat.completion",
  created: 1,
  model: "gpt-4o-mini",
  choices: [{ index: 0, message: { role: "assistant", content: "hello" }, finish_reason: "stop" }],
  usage: { prompt_tokens: 1000, completion_tokens: 100, total_tokens: 1100 },
});
const frame = (rest: object) =>
  `data: ${JSON.stringify({ id: "chatcmpl-1", object: "chat.completion.chunk", created: 1, model: "gpt-4o-mini", ...rest })}\n\n`;
const stream = [
  frame({ choices: [{ index: 0, delta: { role: "assistant", content: "hello" }, finish_reason: null }] }),
  frame({ choices: [{ index: 0, delta: {}, finish_reason: "stop" }] }),
  frame({ choices: [], usage: { prompt_tokens: 1000, completion_tokens: 100, total_tokens: 1100 } }),
  "data: [DONE]\n\n",
].join("");
const received: IncomingHttpHeaders[] = [];
const upstream = createServer((request, response) => {
  received.push(request.headers);
  let body = "";
  request.on("data", (chunk) => {
    body += String(chunk);
  });
  request.on("end", () => {
    if (body.includes('"stream":true'))
      response.writeHead(200, { "content-type": "text/event-stream" }).end(stream);
    else response.writeHead(200, { "content-type": "application/json" }).end(answer);
  });
});
let gateway: RunningGateway;

beforeAll(async () => {
  await new Promise<void>((resolve) => upstream.listen(0, "127.0.0.1", resolve));
  const baseUrl = `http://127.0.0.1:${(upstream.address() as AddressInfo).port}/v1`;
  gateway = await runGateway({
    env: { KEY_A: "sk-a" },
    config: `providers:
  second: { like: openai, key: "\${KEY_A}", baseUrl: "${baseUrl}" }
  dear: { like: openai, key: "\${KEY_A}", baseUrl: "${baseUrl}" }
  regional: { like: openai, key: "\${KEY_A}", baseUrl: "${baseUrl}", region: eu-west-1 }
  own: { dialect: openai-chat, baseUrl: "${baseUrl}" }
  sandbox: { dialect: openai-chat, baseUrl: "${baseUrl}" }
  rehearsal: { like: sandbox, dialect: openai-chat, baseUrl: "${baseUrl}" }
pricing:
  rows:
    - { match: { provider: dear, model: gpt-4o-mini }, usdPerMillion: { input: 10, output: 20 }, source: contract }
    - { match: { region: eu-west-1, model: "*" }, multiply: "11/10", source: regional }
`,
  });
});
afterAll(async () => {
  await gateway[Symbol.asyncDispose]();
  await new Promise((resolve) => upstream.close(resolve));
});

function ask(model: string, path = "chat/completions", isStream = false): Promise<Response> {
  return fetch(`${gateway.url}/v1/${path}`, {
    method: "POST",
    headers: {
      authorization: `Bearer ${gateway.clientKey}`,
      "content-type": "application/json",
      "x-sallyport-sandbox": "fault=reset",
    },
    body: JSON.stringify({
      model,
      max_tokens: 100,
      stream: isStream,
      messages: [{ role: "user", content: "hi" }],
    }),
  });
}

it.for([
  // 1,000 x 150 + 100 x 600 nano-dollars: OpenAI's price of gpt-4o-mini.
  { name: "the price of the one it is `like`", provider: "second", nanoUsd: 210_000, source: /genai-prices/ },
  {
    name: "the operator's price where there is one",
    provider: "dear",
    nanoUsd: 12_000_000,
    source: /operator/,
  },
  { name: "the factor of its region", provider: "regional", nanoUsd: 231_000, source: /genai-prices/ },
  {
    name: "no price where nobody knows one, and a warning",
    provider: "own",
    nanoUsd: null,
    source: undefined,
  },
])("a provider has $name", async ({ provider, nanoUsd, source }) => {
  const response = await ask(`${provider}/gpt-4o-mini`);
  expect(response.status).toBe(200);
  expect(response.headers.get("x-sallyport-cost-nano-usd")).toBe(nanoUsd === null ? null : String(nanoUsd));
  expect(response.headers.get("x-sallyport-warnings") ?? "").toEqual(
    nanoUsd === null ? expect.stringContaining("unpriced") : "",
  );
  await response.text();
  const id = response.headers.get("x-sallyport-request-id") ?? "";
  const { cost } = (await gateway.admin(`/requests/${id}`)) as {
    readonly cost: { readonly nanoUsd: number | null; readonly source: string | null };
  };
  expect(cost.nanoUsd).toBe(nanoUsd);
  if (source === undefined) expect(cost.source).toBeNull();
  else expect(cost.source).toMatch(source);
});

it.for([
  { provider: "second", nanoUsd: 210_000, warnings: [] },
  { provider: "own", nanoUsd: null, warnings: [{ kind: "unpriced", subject: "gpt-4o-mini" }] },
])("a stream of $provider costs $nanoUsd, and says so", async ({ provider, nanoUsd, warnings }) => {
  const response = await ask(`${provider}/gpt-4o-mini`, "chat/completions", true);
  await response.text();
  const id = response.headers.get("x-sallyport-request-id") ?? "";
  await vi.waitFor(async () =>
    expect(await gateway.admin(`/requests/${id}`)).toMatchObject({ cost: { nanoUsd }, warnings }),
  );
});

it.for([
  { provider: "sandbox", path: "chat/completions", isForwarded: true },
  { provider: "sandbox", path: "messages", isForwarded: true },
  { provider: "rehearsal", path: "chat/completions", isForwarded: true },
  { provider: "second", path: "chat/completions", isForwarded: false },
  { provider: "second", path: "messages", isForwarded: false },
  { provider: "own", path: "chat/completions", isForwarded: false },
])("directions for the sandbox reach $provider from $path: $isForwarded", async (wanted) => {
  received.length = 0;
  const response = await ask(`${wanted.provider}/swift`, wanted.path);
  expect(response.status).toBe(200);
  expect(received).toHaveLength(1);
  expect(received[0]?.["x-sallyport-sandbox"]).toBe(wanted.isForwarded ? "fault=reset" : undefined);
});
