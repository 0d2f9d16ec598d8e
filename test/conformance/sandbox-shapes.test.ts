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

/** The members of a JSON text in their order, all the way down, with the types of their values. */
function shapeOf(text: string): string {
  const describeValue = (value: unknown): string => {
    if (Array.isArray(value)) return `[${[...new Set(value.map(describeValue))].join("|")}]`;
    if (typeof value !== "object" || value === null) return value === null ? "null" : typeof value;
    return `{${Object.entries(value)
      .map(([name, member]) => `${name}:${name === "input" ? "…" : describeValue(member)}`)
      .join(",")}}`;
  };
  return describeValue(JSON.parse(text));
}

/** The bodies that a response consists of: its events' data, or itself. */
const bodiesOf = (text: string): readonly string[] =>
  /^(?:data|event):/.test(text)
    ? [...text.matchAll(/^data: (?!\[DONE\])(.*)$/gm)].map((match) => match[1]?.trimEnd() ?? "")
    : [text];

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
