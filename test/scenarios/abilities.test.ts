import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type BootedGateway, bootGateway, providerAt } from "../support/booted-gateway.ts";
import { type RawUpstream, rawUpstream, wholeAnswer } from "../support/raw-upstream.ts";

let upstream: RawUpstream;
let other: RawUpstream;
let models: RawUpstream;
let gateway: BootedGateway;

const answer = JSON.stringify({
  id: "c",
  object: "chat.completion",
  created: 1,
  model: "m",
  choices: [{ index: 0, message: { role: "assistant", content: "hi" }, finish_reason: "stop" }],
  usage: { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 },
});
/** In the form of models.dev. */
const catalog = JSON.stringify({
  groq: { models: { "words-only": { modalities: { input: ["text"], output: ["text"] }, tool_call: false } } },
});

beforeAll(async () => {
  const says = (body: string) => rawUpstream(({ socket }) => void socket.write(wholeAnswer(200, body)));
  upstream = await says(answer);
  other = await says(answer);
  models = await says(catalog);
  gateway = await bootGateway(`
providers:
${providerAt("blind", upstream.url)}
${providerAt("seeing", other.url)}
  groq: { key: k, baseUrl: "${other.url}/v1" }
models:
  either: [blind/m, seeing/m]
abilities:
  models:
    - { provider: blind, model: "*", inputs: [text], contextTokens: 1000 }
catalog: { url: "${models.url}/api.json" }
allowLiteralSecrets: true
`);
});
afterAll(async () => {
  await gateway[Symbol.asyncDispose]();
  for (const server of [upstream, other, models]) await server[Symbol.asyncDispose]();
});

const ask = (model: string, content: unknown, path = "/v1/chat/completions"): Promise<Response> =>
  fetch(`http://127.0.0.1:${gateway.port}${path}`, {
    method: "POST",
    headers: { authorization: `Bearer ${gateway.key}`, "content-type": "application/json" },
    body: JSON.stringify({ model, max_tokens: 10, messages: [{ role: "user", content }] }),
  });
const picture = [
  { type: "text", text: "what is this?" },
  { type: "image_url", image_url: { url: "data:image/png;base64,AAAA" } },
];

describe("what is known of a model", () => {
  it("refuses an image that it does not take before its provider is asked, in the client's dialect", async () => {
    const refused = await ask("blind/m", picture);
    expect(refused.status).toBe(400);
    expect(await refused.json()).toMatchObject({
      error: {
        code: "unsupported_content",
        message: "The model `m` does not take images, only text (operator).",
      },
    });
    const source = { type: "base64", media_type: "image/png", data: "AAAA" };
    const inMessages = await ask("blind/m", [{ type: "image", source }], "/v1/messages");
    expect(inMessages.status).toBe(400);
    expect(await inMessages.json()).toMatchObject({
      type: "error",
      error: { type: "invalid_request_error" },
    });
    expect(upstream.calls()).toHaveLength(0);
  });

  it("leads the call to the next of its pool", async () => {
    const served = await ask("either", picture);
    expect(served.status).toBe(200);
    expect(upstream.calls()).toHaveLength(0);
    expect(other.calls()).toHaveLength(1);
  });

  it("refuses a prompt that cannot fit, and lets one pass that may", async () => {
    const refused = await ask("blind/m", "word ".repeat(10_000));
    expect(await refused.json()).toMatchObject({ error: { code: "context_length_exceeded" } });
    expect(upstream.calls()).toHaveLength(0);
    expect((await ask("blind/m", "word ".repeat(2000))).status).toBe(200);
    expect(upstream.calls()).toHaveLength(1);
  });

  it("comes from outside when an operator has fetched and approved it", async () => {
    const { control } = gateway.booted;
    expect((await ask("groq/words-only", picture)).status).toBe(200);
    expect(models.calls()).toHaveLength(0);
    const { waiting } = await control.catalog.refresh();
    expect(waiting).toMatchObject({
      differences: [{ provider: "groq", model: "words-only", changes: [{ after: "text" }, {}, {}] }],
    });
    expect((await ask("groq/words-only", picture)).status).toBe(200);
    control.catalog.approve(waiting?.fetchedAt ?? 0);
    const refused = await ask("groq/words-only", picture);
    expect(await refused.json()).toMatchObject({
      error: { code: "unsupported_content", message: expect.stringContaining("models.dev") },
    });
    const shown = control.models().seen.find(({ model }) => model === "words-only");
    expect(shown?.abilities).toContainEqual({
      name: "tools",
      value: false,
      source: "models.dev",
      asOf: expect.stringMatching(/^\d{4}-\d\d-\d\d$/),
    });
  });
});
