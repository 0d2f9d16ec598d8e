import { LLMock } from "@copilotkit/aimock";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import * as z from "zod";
import { aiSdks } from "../support/clients/ai-sdk.ts";
import { langchains } from "../support/clients/langchain.ts";
import type { Program } from "../support/clients/program.ts";
import { anthropicSdk, googleSdk, openaiChat, openaiResponses } from "../support/clients/vendor-sdks.ts";
import { type RunningGateway, runGateway } from "../support/running-gateway.ts";

/** Upstreams that somebody else wrote, one for each dialect. */
const upstreams = ["chat", "responses", "claude", "gemini", "bedrock", "cohere", "mistral"] as const;
type Upstream = (typeof upstreams)[number];
/** By whose name the codecs know what the model takes. */
const modelOf: Readonly<Record<Upstream, string>> = {
  chat: "chat/gpt-4o",
  responses: "responses/gpt-4o",
  claude: "claude/claude-sonnet-4-5",
  gemini: "gemini/gemini-2.5-flash",
  bedrock: "bedrock/anthropic.claude-sonnet-4-5-20250929-v1:0",
  cohere: "cohere/command-a-03-2025",
  mistral: "mistral/mistral-large-latest",
};

const story = "The portcullis rises: één, два, 三 🏰. ".repeat(6).trim();
const usage = { prompt_tokens: 31, completion_tokens: 17, input_tokens: 31, output_tokens: 17 };

let mock: LLMock;
let gateway: RunningGateway;
let programs: readonly Program[];

beforeAll(async () => {
  mock = new LLMock({ port: 0, chunkSize: 7 });
  mock.on({ userMessage: "story" }, { content: story, usage });
  mock.on({ userMessage: "weather", hasToolResult: true }, { content: "It is dry in Utrecht.", usage });
  mock.on(
    { userMessage: "weather" },
    { toolCalls: [{ name: "get_weather", arguments: '{"city":"Utrecht"}' }], usage },
  );
  mock.on({ userMessage: "report" }, { content: '{"city":"Utrecht","degrees":12.5}', usage });
  mock.on({ userMessage: "picture" }, { content: "A gate.", usage });
  await mock.start();
  gateway = await runGateway({
    config: [
      "providers:",
      `  chat: { dialect: openai-chat, baseUrl: "${mock.url}/v1" }`,
      `  responses: { dialect: openai-responses, baseUrl: "${mock.url}/v1" }`,
      `  claude: { dialect: anthropic-messages, baseUrl: "${mock.url}" }`,
      `  gemini: { dialect: gemini-generate, baseUrl: "${mock.url}" }`,
      `  bedrock: { dialect: bedrock-converse, baseUrl: "${mock.url}" }`,
      `  cohere: { dialect: cohere-chat, baseUrl: "${mock.url}" }`,
      `  mistral: { dialect: mistral-chat, baseUrl: "${mock.url}/v1" }`,
      // The mock sees pictures, whichever model it plays; of this one it is known that it takes none.
      "abilities: { models: [{ provider: cohere, model: '*', inputs: [text, image] }] }",
      "models:",
      ...upstreams.map((upstream) => `  gemini-2.5-${upstream}: ["${modelOf[upstream]}"]`),
      "",
    ].join("\n"),
  });
  const options = { url: gateway.url, key: gateway.clientKey };
  programs = [
    openaiChat(options),
    openaiResponses(options),
    anthropicSdk(options),
    googleSdk(options),
    ...aiSdks(options),
    ...langchains(options),
  ];
});
afterAll(async () => {
  await gateway[Symbol.asyncDispose]();
  await mock.stop();
});

const names = [
  "openai (Chat)",
  "openai (Responses)",
  "@anthropic-ai/sdk",
  "@google/genai",
  "ai with @ai-sdk/openai (Responses)",
  "ai with @ai-sdk/openai (Chat)",
  "ai with @ai-sdk/anthropic",
  "ai with @ai-sdk/google",
  "@langchain/openai",
  "@langchain/anthropic",
  "@langchain/google-genai",
];
const programNamed = (name: string): Program => {
  const found = programs.find((program) => program.name === name);
  if (found === undefined) throw new Error(`no program ${name}`);
  return found;
};

it("are all there", () => {
  expect(programs.map(({ name }) => name)).toEqual(names);
});

describe.for(names)("%s", (name) => {
  describe.for(upstreams)("to a provider of %s", (upstream) => {
    // This client looks into the name whether the model takes pictures.
    const model = name === "@langchain/google-genai" ? `gemini-2.5-${upstream}` : modelOf[upstream];

    it("has an answer", async () => {
      expect(await programNamed(name).chat(model, "Tell a story.")).toBe(story);
    });

    it("sees a stream come in pieces", async () => {
      const pieces = await programNamed(name).stream(model, "Tell a story.");
      expect(pieces.join("")).toBe(story);
      expect(pieces.length).toBeGreaterThan(5);
    });

    // The mock ends calls with `FUNCTION_CALL`, no word of Google's: it passes byte for byte, and this client stops there.
    const isStuck = name === "ai with @ai-sdk/google" && upstream === "gemini";
    it.skipIf(isStuck)("answers the call of a tool, and goes on with its result", async () => {
      const asked: unknown[] = [];
      const said = await programNamed(name).tools(model, "What is the weather?", (args) => {
        asked.push(args);
        return "dry";
      });
      expect(said).toBe("It is dry in Utrecht.");
      expect(asked[0]).toEqual({ city: "Utrecht" });
    });

    it("gets an object of the shape it asks for", async () => {
      expect(await programNamed(name).structured(model, "Write a report.")).toEqual({
        city: "Utrecht",
        degrees: 12.5,
      });
    });

    it("shows a picture", async () => {
      expect(await programNamed(name).image(model, "What is in the picture?")).toBe("A gate.");
    });
  });

  it("has vectors, if it makes them, in the dialect of its own and of another upstream", async () => {
    const { embed } = programNamed(name);
    for (const upstream of embed === undefined ? [] : (["chat", "cohere"] as const)) {
      const vectors = (await embed?.(modelOf[upstream])) ?? [];
      expect(vectors).toHaveLength(2);
      expect(vectors[0]?.length, upstream).toBeGreaterThan(8);
      expect(vectors[0]?.every((number) => Number.isFinite(number))).toBe(true);
    }
  });
});

it("every call is in the log, completed, at the provider that was asked", async () => {
  const page = z
    .object({ requests: z.array(z.object({ provider: z.string(), outcome: z.string() })) })
    .parse(await gateway.admin("/requests?limit=500"));
  expect(page.requests.length).toBeGreaterThan(400);
  expect(new Set(page.requests.map(({ outcome }) => outcome))).toEqual(new Set(["completed"]));
  expect(new Set(page.requests.map(({ provider }) => provider))).toEqual(new Set(upstreams));
});
