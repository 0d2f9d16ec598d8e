import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type BootedGateway, bootGateway } from "../support/booted-gateway.ts";
import { framed, type RawUpstream, rawUpstream, streamHead, wholeAnswer } from "../support/raw-upstream.ts";

const weather = { name: "get_weather", description: "", input_schema: { type: "object", properties: {} } };
const question = { role: "user", content: "Weather?" };
const signature = "c2lnbmF0dXJl";

const geminiAnswer = JSON.stringify({
  candidates: [
    {
      content: {
        role: "model",
        parts: [
          { functionCall: { name: "get_weather", args: { city: "Bern" } }, thoughtSignature: signature },
        ],
      },
      finishReason: "STOP",
      index: 0,
    },
  ],
  usageMetadata: { promptTokenCount: 1, candidatesTokenCount: 1, totalTokenCount: 2 },
  modelVersion: "gemini-3-pro",
  responseId: "r1",
});
const thinkingAnswer = JSON.stringify({
  id: "c",
  object: "chat.completion",
  created: 1,
  model: "deepseek-v4-flash",
  choices: [
    {
      index: 0,
      message: {
        role: "assistant",
        content: null,
        reasoning_content: "Ask the tool.",
        // An id that no Messages client would take.
        tool_calls: [
          {
            id: "functions.get_weather:0",
            type: "function",
            function: { name: "get_weather", arguments: "{}" },
          },
        ],
      },
      finish_reason: "tool_calls",
    },
  ],
  usage: { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 },
});
const claudeAnswer = JSON.stringify({
  id: "msg_1",
  type: "message",
  role: "assistant",
  model: "claude-sonnet-4-5",
  content: [{ type: "text", text: "Sunny." }],
  stop_reason: "end_turn",
  stop_sequence: null,
  usage: { input_tokens: 1, output_tokens: 1 },
});

let gemini: RawUpstream;
let deepseek: RawUpstream;
let claude: RawUpstream;
let responses: RawUpstream;
let gateway: BootedGateway;

beforeAll(async () => {
  gemini = await rawUpstream(({ socket }) => socket.write(wholeAnswer(200, geminiAnswer)));
  deepseek = await rawUpstream(({ socket }) => socket.write(wholeAnswer(200, thinkingAnswer)));
  claude = await rawUpstream(({ socket }) => socket.write(wholeAnswer(200, claudeAnswer)));
  responses = await rawUpstream(({ socket }) => {
    socket.write(streamHead);
    for (const event of responsesEvents("one ", "t", "wo three"))
      socket.write(framed(`event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`));
  });
  gateway = await bootGateway(`
providers:
  gemini: { dialect: gemini-generate, baseUrl: "${gemini.url}" }
  deepseek: { baseUrl: "${deepseek.url}", models: [] }
  claude: { dialect: anthropic-messages, baseUrl: "${claude.url}" }
  responses: { dialect: openai-responses, baseUrl: "${responses.url}/v1" }
`);
});
afterAll(async () => {
  await gateway[Symbol.asyncDispose]();
  for (const upstream of [gemini, deepseek, claude, responses]) await upstream[Symbol.asyncDispose]();
});

/** The events of a stream that is still open: it has not said its last word. */
function responsesEvents(...deltas: readonly string[]) {
  const item = { id: "msg_1", type: "message", status: "in_progress", role: "assistant", content: [] };
  const response = {
    id: "resp_1",
    object: "response",
    created_at: 1,
    status: "in_progress",
    model: "m",
    output: [],
  };
  const place = { item_id: "msg_1", output_index: 0, content_index: 0 };
  return [
    { type: "response.created", response },
    { type: "response.in_progress", response },
    { type: "response.output_item.added", output_index: 0, item },
    {
      type: "response.content_part.added",
      ...place,
      part: { type: "output_text", text: "", annotations: [] },
    },
    ...deltas.map((delta) => ({ type: "response.output_text.delta", ...place, delta, logprobs: [] })),
  ].map((event, index) => ({ ...event, sequence_number: index }));
}

let asked = 0;
const lastRecord = async () => (await gateway.records(asked)).at(-1);

type Block = Readonly<Record<string, unknown>>;
async function messages(model: string, turns: readonly unknown[]) {
  asked += 1;
  const response = await fetch(`http://127.0.0.1:${gateway.port}/v1/messages`, {
    method: "POST",
    headers: {
      "x-api-key": gateway.key,
      "anthropic-version": "2023-06-01",
      "content-type": "application/json",
    },
    body: JSON.stringify({ model, max_tokens: 2000, messages: turns, tools: [weather] }),
  });
  const body = (await response.json()) as { readonly content: readonly Block[] };
  expect(response.status, JSON.stringify(body)).toBe(200);
  return { content: body.content, lane: response.headers.get("x-sallyport-lane") };
}

const secondTurn = (content: readonly Block[]) => [
  question,
  { role: "assistant", content },
  {
    role: "user",
    content: content.flatMap(({ type, id }) =>
      type === "tool_use" ? [{ type: "tool_result", tool_use_id: id, content: "sunny" }] : [],
    ),
  },
];
const withoutThoughts = (content: readonly Block[]) => content.filter(({ type }) => type === "tool_use");
const lastBody = (upstream: RawUpstream): string => upstream.calls().at(-1)?.body ?? "";

describe("reasoning state of another provider, at a Messages client", () => {
  it.for([
    { client: "one that echoes all it was given", kept: (content: readonly Block[]) => content },
    { client: "one that keeps only what it knows", kept: withoutThoughts },
  ])("rule 11: comes back to Gemini from $client", async ({ kept }) => {
    const { content } = await messages("gemini/gemini-3-pro", [question]);
    expect(content).toMatchObject([
      { type: "thinking", signature: expect.stringMatching(/^sp1\./) },
      { type: "tool_use" },
    ]);
    await messages("gemini/gemini-3-pro", secondTurn(kept(content)));
    expect(lastBody(gemini)).toContain(`"thoughtSignature":"${signature}"`);
    expect(lastBody(gemini)).not.toContain("sp1.");
  });

  it("rule 15: comes back to DeepSeek from a client that dropped it, under an id that was changed for it", async () => {
    const { content } = await messages("deepseek/deepseek-v4-flash", [question]);
    const [call] = withoutThoughts(content);
    expect(call).toMatchObject({ id: expect.stringMatching(/^toolu_[0-9A-Za-z]+$/) });
    await messages("deepseek/deepseek-v4-flash", secondTurn(withoutThoughts(content)));
    expect(lastBody(deepseek)).toContain('"reasoning_content":"Ask the tool."');
  });

  it("rule 17: does not reach Claude, though the client speaks Claude's dialect, and other bodies stay as they came", async () => {
    const { content } = await messages("gemini/gemini-3-pro", [question]);
    const moved = await messages("claude/claude-sonnet-4-5", secondTurn(content));
    expect(moved).toMatchObject({ lane: "canonical", content: [{ type: "text", text: "Sunny." }] });
    expect(lastBody(claude)).not.toMatch(/sp1\.|thinking/);
    expect(lastBody(claude)).toContain('"type":"tool_result"');
    const record = await lastRecord();
    expect(record?.stages.find(({ stage }) => stage === "attempt")?.reason).toContain(
      "state that is not this provider's",
    );
    expect((await messages("claude/claude-sonnet-4-5", secondTurn(withoutThoughts(content)))).lane).toBe(
      "bytes",
    );
  });
});

describe("what is counted of it", () => {
  it("is in the metrics: where state came back from, what was declared", () => {
    const text = gateway.booted.control.metrics();
    const valueOf = (series: string) => Number(new RegExp(`^${series} (\\d+)$`, "m").exec(text)?.[1]);
    expect(valueOf('sallyport_llm_continuity_total\\{source="envelope"\\}')).toBe(1);
    expect(valueOf('sallyport_llm_continuity_total\\{source="store"\\}')).toBe(2);
    expect(valueOf('sallyport_llm_warnings_total\\{kind="dropped"\\}')).toBeGreaterThan(0);
    expect(text).toContain('sallyport_llm_token_estimate_error_ratio_count{provider="claude",model="other"}');
  });
});

describe("rule 24: stop sequences of a Chat client at a provider of Responses", () => {
  it("end the stream at the first of them; the upstream is left, and what was told is billed as an estimate", async () => {
    const response = await fetch(`http://127.0.0.1:${gateway.port}/v1/chat/completions`, {
      method: "POST",
      headers: { authorization: `Bearer ${gateway.key}`, "content-type": "application/json" },
      body: JSON.stringify({ model: "responses/m", stream: true, stop: ["two"], messages: [question] }),
    });
    expect(response.headers.get("x-sallyport-warnings")).toContain('emulated;param="stop"');
    const text = await response.text();
    const told = [...text.matchAll(/"content":"([^"]*)"/g)].map(([, piece]) => piece).join("");
    expect(told).toBe("one ");
    expect(text).toContain('"finish_reason":"stop"');
    expect(text.trimEnd().endsWith("data: [DONE]")).toBe(true);
    expect(lastBody(responses)).not.toContain('"stop"');
    await (await responses.call(0)).closedAt;
    asked += 1;
    expect(await lastRecord()).toMatchObject({
      outcome: "completed",
      usage: { basis: "estimated", output: { total: 1 } },
    });
  });
});
