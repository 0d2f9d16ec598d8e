import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { hasRecordedTraffic, recordedTraffic } from "../support/recorded-traffic.ts";
import {
  clock,
  hello,
  helloClaude,
  type SandboxClients,
  startSandboxClients,
  weather,
} from "../support/sandbox-clients.ts";

let sandbox: SandboxClients["sandbox"];
let raw: SandboxClients["raw"];

beforeAll(async () => {
  ({ sandbox, raw } = await startSandboxClients());
});

afterAll(() => sandbox.close());

/** Members whose insides are the client's own. */
const free = new Set(["input", "tools", "args", "metadata"]);

/** The members of a JSON text in their order, all the way down, with the types of their values. */
function shapeOf(text: string): string {
  const describeValue = (value: unknown): string => {
    if (Array.isArray(value)) return `[${[...new Set(value.map(describeValue))].join("|")}]`;
    if (typeof value !== "object" || value === null) return value === null ? "null" : typeof value;
    return `{${Object.entries(value)
      .map(([name, member]) => `${name}:${free.has(name) ? "…" : describeValue(member)}`)
      .join(",")}}`;
  };
  return describeValue(JSON.parse(text));
}

/** The bodies that a response consists of: its events' data, the elements of its array, or itself. */
function bodiesOf(text: string): readonly string[] {
  if (/^(?:data|event):/.test(text))
    return [...text.matchAll(/^data: (?!\[DONE\])(.*)$/gm)].map((match) => match[1]?.trimEnd() ?? "");
  if (!text.startsWith("[")) return [text];
  const elements: unknown[] = JSON.parse(text);
  return elements.map((element) => JSON.stringify(element));
}

const use = "Use get_weather and get_time.";
const chatTools = [
  { type: "function", function: { name: "get_weather", parameters: weather } },
  { type: "function", function: { name: "get_time", parameters: clock } },
];
const claudeTools = [
  { name: "get_weather", input_schema: weather },
  { name: "get_time", input_schema: clock },
];
const thinking = { thinking: { type: "enabled", budget_tokens: 1_024 }, max_tokens: 4_000, model: "deep" };
const told = { stream: true, stream_options: { include_usage: true } };
const respond = {
  model: "swift",
  input: [{ role: "user", content: use }],
  reasoning: { effort: "low" },
  include: ["reasoning.encrypted_content"],
  store: false,
};
const respondTools = [
  { type: "function", name: "get_weather", description: "Weather.", parameters: weather },
  { type: "function", name: "get_time", description: "Time.", parameters: clock },
];
const gemini = { contents: [{ role: "user", parts: [{ text: use }] }] };
const geminiTools = [
  {
    functionDeclarations: [
      { name: "get_weather", parametersJsonSchema: weather },
      { name: "get_time", parametersJsonSchema: clock },
    ],
  },
];
const thoughts = { generationConfig: { thinkingConfig: { includeThoughts: true } } };
const modelPath = (model: string, method: string) => `/v1beta/models/${model}:${method}`;
const sse = "streamGenerateContent?alt=sse";
const array = "streamGenerateContent";

describe.skipIf(!hasRecordedTraffic())(
  "every body has members, order and types that a real provider has sent",
  () => {
    const cases = [
      { dialect: "openai.chat", path: "/v1/chat/completions", name: "whole text", body: hello },
      {
        dialect: "openai.chat",
        path: "/v1/chat/completions",
        name: "whole calls",
        body: { ...hello, tools: chatTools, tool_choice: "required" },
      },
      {
        dialect: "openai.chat",
        path: "/v1/chat/completions",
        name: "streamed text",
        body: { ...hello, stream: true },
      },
      {
        dialect: "openai.chat",
        path: "/v1/chat/completions",
        name: "streamed text with usage",
        body: { ...hello, ...told },
      },
      {
        dialect: "openai.chat",
        path: "/v1/chat/completions",
        name: "unknown model",
        body: { ...hello, model: "gpt-9" },
      },
      { dialect: "anthropic.messages", path: "/v1/messages", name: "whole text", body: helloClaude },
      {
        dialect: "anthropic.messages",
        path: "/v1/messages",
        name: "streamed text",
        body: { ...helloClaude, stream: true },
      },
      {
        dialect: "anthropic.messages",
        path: "/v1/messages",
        name: "streamed calls",
        body: {
          ...helloClaude,
          stream: true,
          tools: claudeTools,
          messages: [{ role: "user", content: use }],
        },
      },
      {
        dialect: "anthropic.messages",
        path: "/v1/messages",
        name: "streamed thoughts",
        body: { ...helloClaude, ...thinking, stream: true },
      },
      ...[
        { name: "whole text", body: respond },
        { name: "whole calls after reasoning", body: { ...respond, model: "deep", tools: respondTools } },
        { name: "streamed text", body: { ...respond, stream: true } },
        { name: "streamed calls", body: { ...respond, stream: true, tools: respondTools } },
        { name: "unknown model", body: { ...respond, model: "gpt-9" } },
      ].map((wanted) => ({ ...wanted, dialect: "openai.responses", path: "/v1/responses" })),
      ...[
        { name: "whole text", path: modelPath("swift", "generateContent"), body: gemini },
        { name: "whole text, thought about", path: modelPath("deep", "generateContent"), body: gemini },
        {
          name: "whole calls",
          path: modelPath("swift", "generateContent"),
          body: { ...gemini, tools: geminiTools, contents: [{ parts: [{ text: "Use get_time." }] }] },
        },
        {
          name: "whole calls, thought about",
          path: modelPath("deep", "generateContent"),
          body: { ...gemini, tools: geminiTools, contents: [{ parts: [{ text: "Use get_time." }] }] },
        },
        { name: "events of text", path: modelPath("swift", sse), body: gemini },
        { name: "events of text, thought about", path: modelPath("deep", sse), body: gemini },
        {
          name: "events of calls, thought about",
          path: modelPath("deep", sse),
          body: { ...gemini, tools: geminiTools },
        },
        {
          name: "array of thoughts and text",
          path: modelPath("deep", array),
          body: { ...gemini, ...thoughts },
        },
      ].map((wanted) => ({ ...wanted, dialect: "gemini.generateContent" })),
      {
        dialect: "embeddings/api.openai.com",
        path: "/v1/embeddings",
        name: "numbers",
        body: { model: "embed", input: ["One.", "Two."] },
      },
      {
        dialect: "embeddings/api.openai.com",
        path: "/v1/embeddings",
        name: "base64",
        body: { model: "embed", input: "One.", encoding_format: "base64" },
      },
      {
        dialect: "embeddings/generativelanguage.googleapis.",
        path: modelPath("embed", "batchEmbedContents"),
        name: "batch",
        body: { requests: [{ model: "models/embed", content: { parts: [{ text: "One." }] } }] },
      },
    ];
    it.for(cases)("$dialect: $name", async ({ dialect, path, body }) => {
      const real = new Set(
        recordedTraffic(dialect).flatMap(({ response }) =>
          bodiesOf(response.toString("utf8")).map(shapeIfJson),
        ),
      );
      // Streams were recorded with `stop_details`, whole messages only before it came.
      if (path === "/v1/messages")
        for (const shape of real)
          real.add(shape.replace("stop_sequence:null,usage", "stop_sequence:null,stop_details:null,usage"));
      const ours = bodiesOf(await raw(path, body, "")).map(shapeOf);
      expect(ours.length).toBeGreaterThan(0);
      expect([...new Set(ours)].filter((shape) => !real.has(shape))).toEqual([]);
    });
  },
);

function shapeIfJson(text: string): string {
  try {
    return shapeOf(text);
  } catch {
    return "not JSON";
  }
}
