import { describe, expect, it } from "vitest";
import type { Call, Tool } from "../../src/exchange/call.ts";
import { type Handling, parameterDialects, parameters } from "../../src/exchange/parameters.ts";
import { clientCodecs, upstreamCodecOf } from "../../src/gateway/codecs.ts";

type Dialect = (typeof parameterDialects)[number];

/** Models that take what their dialect can say. */
const models: Readonly<Record<Dialect, string>> = {
  "openai-chat": "gpt-4o",
  "openai-responses": "gpt-4o",
  "anthropic-messages": "claude-sonnet-4-5",
  "gemini-generate": "gemini-2.5-pro",
  "bedrock-converse": "anthropic.claude-sonnet-4-5-20250929-v1:0",
  "cohere-chat": "command-a-reasoning-08-2025",
  "mistral-chat": "mistral-medium-3-5",
};
const reasoningModels: Readonly<Partial<Record<Dialect, string>>> = {
  "openai-chat": "gpt-5",
  "openai-responses": "gpt-5",
};

const tool = (name: string) => ({
  type: "function",
  function: { name, parameters: { type: "object", properties: {} } },
});
const schema = {
  type: "object",
  properties: { a: { type: "string" } },
  required: ["a"],
  additionalProperties: false,
};
const allowed = { type: "allowed_tools", allowed_tools: { mode: "auto", tools: [tool("f"), tool("g")] } };

/** The members by which a Chat client asks, and the words by which a loss of it is declared. */
const asked: Readonly<Record<string, { readonly members: object; readonly subject: RegExp }>> = {
  "output limit": { members: { max_tokens: 5000 }, subject: /max/ },
  temperature: { members: { temperature: 0.5 }, subject: /temperature/ },
  top_p: { members: { top_p: 0.5 }, subject: /top_p/ },
  top_k: { members: { top_k: 7 }, subject: /top_k/ },
  stop: { members: { stop: ["x"] }, subject: /stop/ },
  "JSON object": { members: { response_format: { type: "json_object" } }, subject: /response_format/ },
  "JSON schema": {
    members: { response_format: { type: "json_schema", json_schema: { name: "s", schema, strict: true } } },
    subject: /response_format/,
  },
  "function tools": { members: { tools: [tool("f")] }, subject: /tool/ },
  "custom tools": { members: { tools: [{ type: "custom", custom: { name: "c" } }] }, subject: /tool c/ },
  "tool_choice: required": {
    members: { tools: [tool("f")], tool_choice: "required" },
    subject: /tool_choice/,
  },
  "tool_choice: one by name": {
    members: { tools: [tool("f"), tool("g")], tool_choice: { type: "function", function: { name: "f" } } },
    subject: /tool_choice/,
  },
  "tool_choice: some by name": {
    members: { tools: [tool("f"), tool("g"), tool("h")], tool_choice: allowed },
    subject: /tool_choice/,
  },
  "parallel_tool_calls: false": {
    members: { tools: [tool("f")], parallel_tool_calls: false },
    subject: /parallel_tool_calls/,
  },
  reasoning_effort: {
    members: { reasoning_effort: "low", max_tokens: 20_000 },
    subject: /reasoning|thinking/,
  },
  service_tier: { members: { service_tier: "flex" }, subject: /service_tier/ },
  "cache marks": { members: {}, subject: /cache/ },
  seed: { members: { seed: 1 }, subject: /seed/ },
  presence_penalty: { members: { presence_penalty: 0.5 }, subject: /presence_penalty/ },
  frequency_penalty: { members: { frequency_penalty: 0.5 }, subject: /frequency_penalty/ },
  user: { members: { user: "u" }, subject: /user/ },
  metadata: { members: { metadata: { a: "b" } }, subject: /metadata/ },
  prompt_cache_key: { members: { prompt_cache_key: "k" }, subject: /prompt_cache_key/ },
  verbosity: { members: { verbosity: "low" }, subject: /verbosity/ },
  prediction: { members: { prediction: { type: "content", content: "x" } }, subject: /prediction/ },
  "n above 1": { members: { n: 2 }, subject: /^n$/ },
  logprobs: { members: { logprobs: true, top_logprobs: 2 }, subject: /logprobs/ },
  logit_bias: { members: { logit_bias: { "1": 2 } }, subject: /logit_bias/ },
  "modalities: audio": {
    members: { modalities: ["text", "audio"], audio: { voice: "a", format: "mp3" } },
    subject: /modalities/,
  },
  "an unknown member": { members: { x_new: 1 }, subject: /x_new/ },
};

function callOf(name: string): Call {
  const { members } = asked[name] ?? { members: {} };
  const body = { model: "m", messages: [{ role: "user", content: "hi" }], ...members };
  const decoding = clientCodecs["openai-chat"].decode(Buffer.from(JSON.stringify(body)), { target: {} });
  if (decoding.kind === "invalid") throw new Error(JSON.stringify(decoding.problems));
  if (name !== "cache marks") return decoding.call;
  return { ...decoding.call, turns: [{ role: "user", parts: [{ kind: "text", text: "hi", cache: {} }] }] };
}

/** The value at a path of members. */
function at(body: unknown, path: string): unknown {
  return path
    .split(".")
    .reduce<unknown>((value, name) => (value as Readonly<Record<string, unknown>> | undefined)?.[name], body);
}

const cells = parameters.flatMap(({ name, handling }) =>
  parameterDialects.map((dialect) => ({ name, dialect, handling: handling[dialect] })),
);
const kindOf = (handling: Handling): string => (typeof handling === "string" ? handling : handling.kind);

describe("rule 23: the table of parameters", () => {
  it("has a question for every row", () => {
    expect(parameters.map(({ name }) => name)).toEqual(Object.keys(asked));
  });

  it.for(cells.map((cell) => ({ ...cell, told: kindOf(cell.handling) })))(
    "$name to $dialect: $told",
    ({ name, dialect, handling }) => {
      const model = (name === "reasoning_effort" ? reasoningModels[dialect] : undefined) ?? models[dialect];
      const context = { model, outputTokensMax: 64_000 };
      const call = callOf(name);
      const encoded = upstreamCodecOf(dialect).encodeRequest(call, context);
      if (typeof handling !== "string" && handling.kind === "refused") {
        expect(encoded).toMatchObject({ kind: "refused", error: { code: "unsupported_parameter" } });
        return;
      }
      if (encoded.kind === "refused") throw encoded.error;
      const declared = encoded.warnings
        .filter(({ subject }) => (asked[name]?.subject ?? /^$/).test(subject))
        .map(({ kind }) => kind);
      const path =
        typeof handling === "string" ? handling : handling.kind === "emulated" ? handling.as : undefined;
      if (path !== undefined) expect(at(JSON.parse(encoded.body), path), path).toBeDefined();
      if (typeof handling === "string") expect(declared.filter((kind) => kind === "dropped")).toEqual([]);
      else expect(declared).toContain(handling.kind);
      if (typeof handling !== "string" && handling.kind === "emulated" && handling.as === undefined)
        expect(Object.keys(encoded.emulation ?? {})).toHaveLength(1);
      // What is dropped leaves no trace: the body is that of a call which never asked.
      if (typeof handling !== "string" && handling.kind === "dropped") {
        const silent = upstreamCodecOf(dialect).encodeRequest(silenced(call, name), context);
        expect(silent).toMatchObject({ kind: "request", body: encoded.body });
      }
    },
  );
});

/** The same call without the parameter, but with the tools that came with it. */
function silenced(call: Call, name: string): Call {
  const plain = callOf("");
  const tools: readonly Tool[] = name.startsWith("parallel") ? call.tools : [];
  return { ...plain, tools };
}
