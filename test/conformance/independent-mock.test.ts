import Anthropic from "@anthropic-ai/sdk";
import { LLMock } from "@copilotkit/aimock";
import OpenAI from "openai";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type RunningGateway, runGateway } from "../support/running-gateway.ts";

/** Upstreams that somebody else wrote: they share none of our beliefs about the wire. */
let mock: LLMock;
let gateway: RunningGateway;

const answer = "The portcullis rises: één, два, 三 🏰. ".repeat(20).trim();
/** In the words of both dialects: the mock takes those it needs. */
const usage = { prompt_tokens: 31, completion_tokens: 17, input_tokens: 31, output_tokens: 17 };
const weather = { name: "get_weather", arguments: '{"city":"Utrecht","days":3}' };

beforeAll(async () => {
  mock = new LLMock({ port: 0, chunkSize: 7 });
  mock.onMessage("story", { content: answer, usage });
  mock.onMessage("weather", { toolCalls: [weather, { ...weather, name: "get_tide" }], usage });
  mock.onMessage("picture", { content: "A gate.", usage });
  await mock.start();
  gateway = await runGateway({
    config: [
      "providers:",
      `  chat: { dialects: [openai-chat], baseUrl: "${mock.url}/v1", models: ["*"], key: "\${MOCK_KEY}" }`,
      `  claude: { dialects: [anthropic-messages], baseUrl: "${mock.url}/v1", models: ["*"], key: "\${MOCK_KEY}" }`,
      "",
    ].join("\n"),
    env: { MOCK_KEY: "any" },
  });
});
afterAll(async () => {
  await gateway[Symbol.asyncDispose]();
  await mock.stop();
});

/** What a program got, whichever SDK it used. */
interface Got {
  readonly text: string;
  readonly calls: readonly { readonly name: string; readonly input: unknown }[];
  readonly finish: string | null;
}

const tool = {
  name: "get_weather",
  description: "The weather of a city",
  schema: { type: "object" as const, properties: { city: { type: "string" }, days: { type: "number" } } },
};
const picture =
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lEQVR42mNk+A8AAQUBAScY42YAAAAASUVORK5CYII=";

interface Asked {
  readonly model: string;
  readonly prompt: string;
  readonly isStream: boolean;
  readonly image?: boolean;
}

async function askChat({ model, prompt, isStream, image }: Asked): Promise<Got> {
  const client = new OpenAI({ baseURL: `${gateway.url}/v1`, apiKey: gateway.clientKey, maxRetries: 0 });
  const content = image
    ? [
        { type: "text" as const, text: prompt },
        { type: "image_url" as const, image_url: { url: `data:image/png;base64,${picture}` } },
      ]
    : prompt;
  const body = {
    model,
    messages: [{ role: "user" as const, content }],
    max_completion_tokens: 500,
    tools: [
      {
        type: "function" as const,
        function: { name: tool.name, description: tool.description, parameters: tool.schema },
      },
    ],
  };
  const completion = isStream
    ? await client.chat.completions.stream(body).finalChatCompletion()
    : await client.chat.completions.create(body);
  const [choice] = completion.choices;
  return {
    text: choice?.message.content ?? "",
    calls: (choice?.message.tool_calls ?? []).flatMap((call) =>
      call.type === "function"
        ? [{ name: call.function.name, input: JSON.parse(call.function.arguments) }]
        : [],
    ),
    finish: choice?.finish_reason ?? null,
  };
}

async function askMessages({ model, prompt, isStream, image }: Asked): Promise<Got> {
  const client = new Anthropic({ baseURL: gateway.url, apiKey: gateway.clientKey, maxRetries: 0 });
  const content = image
    ? [
        { type: "text" as const, text: prompt },
        {
          type: "image" as const,
          source: { type: "base64" as const, media_type: "image/png" as const, data: picture },
        },
      ]
    : prompt;
  const body = {
    model,
    max_tokens: 500,
    messages: [{ role: "user" as const, content }],
    tools: [{ name: tool.name, description: tool.description, input_schema: tool.schema }],
  };
  const message = isStream
    ? await client.messages.stream(body).finalMessage()
    : await client.messages.create(body);
  return {
    text: message.content.flatMap((block) => (block.type === "text" ? [block.text] : [])).join(""),
    calls: message.content.flatMap((block) =>
      block.type === "tool_use" ? [{ name: block.name, input: block.input }] : [],
    ),
    finish: message.stop_reason,
  };
}

const clients = {
  openai: { ask: askChat, end: "stop", calls: "tool_calls" },
  "@anthropic-ai/sdk": { ask: askMessages, end: "end_turn", calls: "tool_use" },
} as const;
const upstreams = { chat: "chat/gpt-4o-mini", claude: "claude/claude-sonnet-4-5" } as const;

const combinations = (["openai", "@anthropic-ai/sdk"] as const).flatMap((sdk) =>
  (["chat", "claude"] as const).flatMap((upstream) =>
    [false, true].map((isStream) => ({ sdk, upstream, isStream })),
  ),
);

describe.for(combinations)("$sdk to $upstream, streamed: $isStream", ({ sdk, upstream, isStream }) => {
  const { ask, end, calls } = clients[sdk];
  const model = upstreams[upstream];

  it("gets the whole text", async () => {
    expect(await ask({ model, prompt: "Tell a story", isStream })).toEqual({
      text: answer,
      calls: [],
      finish: end,
    });
  });

  it("gets both tool calls with their arguments", async () => {
    const input = JSON.parse(weather.arguments);
    expect(await ask({ model, prompt: "What is the weather?", isStream })).toEqual({
      text: "",
      calls: [
        { name: "get_weather", input },
        { name: "get_tide", input },
      ],
      finish: calls,
    });
  });

  it("sends a picture in the upstream's own form", async () => {
    expect((await ask({ model, prompt: "See this picture", isStream, image: true })).text).toBe("A gate.");
    // The mock's journal keeps no pictures of the Messages dialect; `request.test.ts` of the provider sees to those.
    if (upstream === "chat") expect(JSON.stringify(mock.getLastRequest()?.body)).toContain(picture);
  });
});

it("logged every call with the tokens that the upstream counted", async () => {
  const { requests } = (await gateway.admin("/requests?limit=200")) as { requests: readonly object[] };
  expect(requests.length).toBe(3 * combinations.length);
  for (const request of requests)
    expect(request).toMatchObject({ outcome: "completed", inputTokens: 31, outputTokens: 17 });
});
