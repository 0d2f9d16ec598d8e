import { afterAll, beforeAll, describe, expect, it } from "vitest";
import Anthropic from "@anthropic-ai/sdk";
import OpenAI from "openai";
import { type Sandbox, startSandbox } from "../../sandbox/server.ts";

const quick = { "x-sallyport-sandbox": "ttft=0;rate=0" };
const pixel =
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";

let sandbox: Sandbox;
let openai: OpenAI;
let anthropic: Anthropic;

beforeAll(async () => {
  sandbox = await startSandbox({ seed: 7 });
  openai = new OpenAI({
    baseURL: `${sandbox.url}/v1`,
    apiKey: "sk-any",
    maxRetries: 0,
    defaultHeaders: quick,
  });
  anthropic = new Anthropic({ baseURL: sandbox.url, apiKey: "any", maxRetries: 0, defaultHeaders: quick });
});

afterAll(() => sandbox.close());

const told = (fault: string) => ({ headers: { "x-sallyport-sandbox": `ttft=0;rate=0;${fault}` } });
const hello = {
  model: "sandbox-swift",
  messages: [{ role: "user" as const, content: "Good morning, gate!" }],
};
const helloClaude = { ...hello, max_tokens: 500 };
const weather = {
  type: "object" as const,
  properties: { city: { type: "string" }, days: { type: "integer", minimum: 1, maximum: 5 } },
  required: ["city", "days"],
};
const clock = { type: "object" as const, properties: { zone: { enum: ["UTC", "CET"] } }, required: ["zone"] };

async function collect<Item>(items: AsyncIterable<Item>): Promise<readonly Item[]> {
  const collected: Item[] = [];
  for await (const item of items) collected.push(item);
  return collected;
}

async function state(): Promise<Record<string, number>> {
  const response = await fetch(`${sandbox.url}/control/state`);
  return JSON.parse(await response.text());
}

describe("OpenAI's SDK, straight at the sandbox", () => {
  const tools: OpenAI.ChatCompletionTool[] = [
    { type: "function", function: { name: "get_weather", parameters: weather } },
    { type: "function", function: { name: "get_time", parameters: clock } },
  ];

  it("creates an answer that says what it is, with exact usage", async () => {
    const answer = await openai.chat.completions.create(hello);
    expect(answer.object).toBe("chat.completion");
    expect(answer.model).toBe("sandbox-swift");
    expect(answer.choices[0]?.message.content).toMatch(/sandbox.*Good morning, gate!/);
    expect(answer.choices[0]?.finish_reason).toBe("stop");
    const { prompt_tokens, completion_tokens, total_tokens } = answer.usage ?? {};
    expect(completion_tokens).toBeGreaterThan(10);
    expect(total_tokens).toBe((prompt_tokens ?? 0) + (completion_tokens ?? 0));
  });

  it("streams the same text, one token an event, usage only when asked for", async () => {
    const whole = await openai.chat.completions.create({ ...hello, n: 1 });
    const stream = await openai.chat.completions.create({
      ...hello,
      n: 1,
      stream: true,
      stream_options: { include_usage: true },
    });
    const chunks = await collect(stream);
    const tokens = chunks.flatMap((chunk) => chunk.choices[0]?.delta.content || []);
    expect(tokens.length).toBe(whole.usage?.completion_tokens);
    expect(chunks[0]?.choices[0]?.delta.role).toBe("assistant");
    expect(chunks.at(-1)).toMatchObject({ choices: [], usage: { completion_tokens: tokens.length } });
    const bare = await collect(await openai.chat.completions.create({ ...hello, stream: true }));
    expect(bare.some((chunk) => "usage" in chunk)).toBe(false);
    expect(bare.flatMap((chunk) => chunk.choices[0]?.delta.content ?? []).join("")).toBe(
      (await openai.chat.completions.create({ ...hello })).choices[0]?.message.content,
    );
  });

  it.for([false, true])("loops through a tool call and its result (stream: %s)", async (isStream) => {
    const messages: OpenAI.ChatCompletionMessageParam[] = [
      { role: "user", content: "How is the weather in Paris?" },
    ];
    const ask = async () => {
      const body = { model: "swift", messages, tools };
      return isStream
        ? await openai.chat.completions.stream(body).finalChatCompletion()
        : await openai.chat.completions.create(body);
    };
    const first = await ask();
    const call = first.choices[0]?.message.tool_calls?.[0];
    if (call?.type !== "function") throw new Error("no function was called");
    expect(first.choices[0]).toMatchObject({ finish_reason: "tool_calls", message: { content: null } });
    expect(first.choices[0]?.message.tool_calls).toHaveLength(1);
    expect(call.function.name).toBe("get_weather");
    const input = JSON.parse(call.function.arguments);
    expect(input).toEqual({ city: "Paris", days: expect.any(Number) });
    const { role, content, tool_calls = [] } = first.choices[0]?.message ?? {};
    messages.push({ role: role ?? "assistant", content: content ?? null, tool_calls });
    messages.push({ role: "tool", tool_call_id: call.id, content: "21 degrees and clear" });
    const second = await ask();
    expect(second.choices[0]?.finish_reason).toBe("stop");
    expect(second.choices[0]?.message.content).toContain("21 degrees and clear");
  });

  it("calls two tools at once, streamed, unless told not to", async () => {
    const body = {
      model: "steady",
      messages: [{ role: "user" as const, content: "Use get_weather and get_time." }],
      tools,
    };
    const both = await openai.chat.completions.stream(body).finalChatCompletion();
    const names = both.choices[0]?.message.tool_calls?.map(
      (call) => call.type === "function" && call.function.name,
    );
    expect(names).toEqual(["get_weather", "get_time"]);
    expect(new Set(both.choices[0]?.message.tool_calls?.map(({ id }) => id)).size).toBe(2);
    const one = await openai.chat.completions.create({ ...body, parallel_tool_calls: false });
    expect(one.choices[0]?.message.tool_calls).toHaveLength(1);
  });

  it("obeys tool_choice: none, required, named", async () => {
    const body = { model: "swift", messages: [{ role: "user" as const, content: "Hello" }], tools };
    const call = async (tool_choice: OpenAI.ChatCompletionToolChoiceOption) => {
      const answer = await openai.chat.completions.create({ ...body, tool_choice });
      return (
        answer.choices[0]?.message.tool_calls?.map(
          (made) => made.type === "function" && made.function.name,
        ) ?? []
      );
    };
    expect(await call("none")).toEqual([]);
    expect(await call("auto")).toEqual([]);
    expect(await call("required")).toEqual(["get_weather"]);
    expect(await call({ type: "function", function: { name: "get_time" } })).toEqual(["get_time"]);
    const eager = await openai.chat.completions.create({ ...body, model: "sandbox-tools" });
    expect(eager.choices[0]?.message.tool_calls).toHaveLength(1);
  });

  it("sees images, makes JSON, lists models, counts n answers, gives logprobs", async () => {
    const seen = await openai.chat.completions.create({
      model: "sandbox-vision",
      messages: [
        {
          role: "user",
          content: [
            { type: "text", text: "What is this?" },
            { type: "image_url", image_url: { url: `data:image/png;base64,${pixel}` } },
          ],
        },
      ],
    });
    expect(seen.choices[0]?.message.content).toMatch(/image\/png, 70 bytes/);
    const schema = {
      type: "object",
      properties: { joke: { type: "string" }, rating: { type: "integer" } },
      required: ["joke", "rating"],
    };
    const made = await openai.chat.completions.create({
      ...hello,
      response_format: { type: "json_schema", json_schema: { name: "joke", schema } },
    });
    expect(JSON.parse(made.choices[0]?.message.content ?? "")).toEqual({
      joke: expect.any(String),
      rating: expect.any(Number),
    });
    const object = await openai.chat.completions.create({
      ...hello,
      response_format: { type: "json_object" },
    });
    expect(JSON.parse(object.choices[0]?.message.content ?? "")).toBeTypeOf("object");
    const models = await collect(openai.models.list());
    expect(models.map(({ id }) => id)).toContain("sandbox-deep");
    expect((await openai.models.retrieve("sandbox-eu")).id).toBe("sandbox-eu");
    const many = await openai.chat.completions.create({ ...hello, n: 3, logprobs: true });
    expect(many.choices.map(({ index }) => index)).toEqual([0, 1, 2]);
    expect(many.choices[0]?.logprobs?.content?.map(({ token }) => token).join("")).toBe(
      many.choices[0]?.message.content,
    );
  });

  it("ends at the limit and at a stop sequence", async () => {
    const cut = await openai.chat.completions.create({ ...hello, max_completion_tokens: 5 });
    expect(cut.choices[0]?.finish_reason).toBe("length");
    expect(cut.usage?.completion_tokens).toBe(5);
    const stopped = await openai.chat.completions.create({ ...hello, stop: ["sandbox"] });
    expect(stopped.choices[0]?.message.content).toBe("Hello from the Sallyport ");
    const long = await openai.chat.completions.create(hello, told("tokens=777"));
    expect(long.usage?.completion_tokens).toBe(777);
  });

  it("shows the reasoning of sandbox-deep, or only counts it", async () => {
    const body = { ...hello, model: "sandbox-deep" };
    const shown = await openai.chat.completions.create(body);
    expect(shown.choices[0]?.message).toHaveProperty(
      "reasoning_content",
      expect.stringMatching(/step by step/),
    );
    const hidden = await openai.chat.completions.create(body, told("reasoning=hidden"));
    expect(hidden.choices[0]?.message).not.toHaveProperty("reasoning_content");
    expect(hidden.usage?.completion_tokens_details?.reasoning_tokens).toBeGreaterThan(5);
    expect(hidden.usage).toEqual(shown.usage);
    const chunks = await collect(
      await openai.chat.completions.create({ ...body, stream: true }, told("reasoning=hidden")),
    );
    expect(chunks.every((chunk) => chunk.choices.length === 1)).toBe(true);
  });

  it.for([
    ["unknown model", { model: "gpt-9" }, OpenAI.NotFoundError, "model_not_found"],
    ["no messages", { messages: [] }, OpenAI.BadRequestError, "empty_array"],
    ["wrong type", { temperature: "hot" }, OpenAI.BadRequestError, "invalid_type"],
    ["out of range", { temperature: 3 }, OpenAI.BadRequestError, "decimal_above_max_value"],
    ["unknown role", { messages: [{ role: "king", content: "x" }] }, OpenAI.BadRequestError, "invalid_value"],
    [
      "result without a call",
      { messages: [{ role: "tool", tool_call_id: "x", content: "x" }] },
      OpenAI.BadRequestError,
      null,
    ],
    [
      "too long for tiny",
      { model: "tiny", max_tokens: 4_000 },
      OpenAI.BadRequestError,
      "context_length_exceeded",
    ],
  ] as const)("refuses: %s", async ([, change, kind, code]) => {
    const refused = openai.chat.completions.create(Object.assign({}, hello, change));
    await expect(refused).rejects.toBeInstanceOf(kind);
    await expect(refused).rejects.toMatchObject({ code });
  });
});

describe("Anthropic's SDK, straight at the sandbox", () => {
  const tools: Anthropic.Tool[] = [
    { name: "get_weather", input_schema: weather },
    { name: "get_time", input_schema: clock },
  ];

  it("creates an answer and streams the same message", async () => {
    const whole = await anthropic.messages.create(helloClaude);
    expect(whole.content[0]).toMatchObject({
      type: "text",
      text: expect.stringMatching(/sandbox.*Good morning, gate!/),
    });
    expect(whole.stop_reason).toBe("end_turn");
    const events: string[] = [];
    const stream = anthropic.messages
      .stream(helloClaude)
      .on("streamEvent", ({ type }) => void events.push(type));
    const streamed = await stream.finalMessage();
    expect(streamed.content).toEqual(whole.content);
    expect(streamed.usage).toEqual(whole.usage);
    expect(events.filter((type) => type === "content_block_delta")).toHaveLength(whole.usage.output_tokens);
    expect([events[0], events.at(-2), events.at(-1)]).toEqual([
      "message_start",
      "message_delta",
      "message_stop",
    ]);
  });

  it.for([false, true])("loops through a tool call and its result (stream: %s)", async (isStream) => {
    const messages: Anthropic.MessageParam[] = [{ role: "user", content: "How is the weather in Paris?" }];
    const ask = () => {
      const body = { model: "sandbox/swift", max_tokens: 500, messages, tools };
      return isStream ? anthropic.messages.stream(body).finalMessage() : anthropic.messages.create(body);
    };
    const first = await ask();
    expect(first.model).toBe("sandbox/swift");
    expect(first.stop_reason).toBe("tool_use");
    const call = first.content[0];
    if (call?.type !== "tool_use") throw new Error("no tool was used");
    expect(call.input).toEqual({ city: "Paris", days: expect.any(Number) });
    messages.push({ role: "assistant", content: first.content });
    messages.push({
      role: "user",
      content: [{ type: "tool_result", tool_use_id: call.id, content: "21 degrees and clear" }],
    });
    const second = await ask();
    expect(second.content[0]).toMatchObject({
      type: "text",
      text: expect.stringContaining("21 degrees and clear"),
    });
  });

  it("uses two tools at once, unless told not to", async () => {
    const body = {
      ...helloClaude,
      messages: [{ role: "user" as const, content: "Use get_weather and get_time." }],
      tools,
    };
    const both = await anthropic.messages.stream(body).finalMessage();
    expect(both.content.map((block) => block.type === "tool_use" && block.name)).toEqual([
      "get_weather",
      "get_time",
    ]);
    const one = await anthropic.messages.create({
      ...body,
      tool_choice: { type: "auto", disable_parallel_tool_use: true },
    });
    expect(one.content).toHaveLength(1);
    const forced = await anthropic.messages.create({
      ...helloClaude,
      tools,
      tool_choice: { type: "tool", name: "get_time" },
    });
    expect(forced.content[0]).toMatchObject({ type: "tool_use", name: "get_time" });
  });

  it("thinks when asked, and takes back only its own sealed thoughts", async () => {
    const ask = {
      ...helloClaude,
      model: "deep",
      max_tokens: 4_000,
      thinking: { type: "enabled" as const, budget_tokens: 1_024 },
    };
    const thought = await anthropic.messages.stream(ask).finalMessage();
    expect(thought.content.map(({ type }) => type)).toEqual(["thinking", "text"]);
    expect(await anthropic.messages.create(ask)).toMatchObject({ content: thought.content });
    const again = (content: Anthropic.ContentBlockParam[]) =>
      anthropic.messages.create({
        ...ask,
        messages: [...ask.messages, { role: "assistant", content }, { role: "user", content: "And now?" }],
      });
    expect((await again(thought.content)).stop_reason).toBe("end_turn");
    const forged = thought.content.map((block) =>
      block.type === "thinking" ? { ...block, thinking: "Other." } : block,
    );
    await expect(again(forged)).rejects.toThrow(/Invalid `signature` in `thinking` block/);
  });

  it("sees images, makes JSON, lists models, counts tokens", async () => {
    const source = { type: "base64" as const, media_type: "image/png" as const, data: pixel };
    const content = [
      { type: "image" as const, source },
      { type: "text" as const, text: "What is this?" },
    ];
    const seen = await anthropic.messages.create({ ...helloClaude, messages: [{ role: "user", content }] });
    expect(seen.content[0]).toMatchObject({ text: expect.stringMatching(/image\/png, 70 bytes/) });
    const made = await anthropic.messages.create({
      ...helloClaude,
      output_config: { format: { type: "json_schema", schema: weather } },
    });
    const text = made.content[0]?.type === "text" ? made.content[0].text : "";
    expect(JSON.parse(text)).toEqual({ city: expect.any(String), days: expect.any(Number) });
    const models = await collect(anthropic.models.list());
    expect(models.map(({ id }) => id)).toContain("sandbox-deep");
    const counted = await anthropic.messages.countTokens(hello);
    expect(counted.input_tokens).toBe((await anthropic.messages.create(helloClaude)).usage.input_tokens);
  });

  it("tells stop sequence and limit", async () => {
    const stopped = await anthropic.messages.create({ ...helloClaude, stop_sequences: ["sandbox"] });
    expect(stopped).toMatchObject({ stop_reason: "stop_sequence", stop_sequence: "sandbox" });
    const cut = await anthropic.messages.create({ ...helloClaude, max_tokens: 5 });
    expect(cut).toMatchObject({ stop_reason: "max_tokens", usage: { output_tokens: 5 } });
  });

  it("keeps a marked prefix in the prompt cache", async () => {
    const long = Array.from({ length: 1_500 }, (_, index) => `word${index}`).join(" ");
    const system = [{ type: "text" as const, text: long, cache_control: { type: "ephemeral" as const } }];
    const first = await anthropic.messages.create({ ...helloClaude, system });
    const second = await anthropic.messages.create({
      ...helloClaude,
      system,
      messages: [{ role: "user", content: "Another." }],
    });
    expect(first.usage.cache_creation_input_tokens).toBe(1_500);
    expect(second.usage).toMatchObject({ cache_creation_input_tokens: 0, cache_read_input_tokens: 1_500 });
    expect(second.usage.input_tokens).toBeLessThan(20);
    const messages = [{ role: "system" as const, content: `${long} for openai` }, ...hello.messages];
    await openai.chat.completions.create({ ...hello, messages });
    const hit = await openai.chat.completions.create({ ...hello, messages });
    expect(hit.usage?.prompt_tokens_details?.cached_tokens).toBe(1_408);
  });

  it.for([
    ["unknown model", { model: "claude-9" }, Anthropic.NotFoundError, /model: claude-9/],
    ["no max_tokens", { max_tokens: undefined }, Anthropic.BadRequestError, /max_tokens: Field required/],
    ["no messages", { messages: [] }, Anthropic.BadRequestError, /at least one message/],
    [
      "empty text",
      { messages: [{ role: "user", content: [{ type: "text", text: "" }] }] },
      Anthropic.BadRequestError,
      /non-empty/,
    ],
    [
      "too long for tiny",
      { model: "tiny", max_tokens: 4_000 },
      Anthropic.BadRequestError,
      /exceed context limit: \d+ \+ 4000 > 2048/,
    ],
    [
      "call without a result",
      {
        messages: [
          { role: "user", content: "x" },
          { role: "assistant", content: [{ type: "tool_use", id: "t1", name: "n", input: {} }] },
          { role: "user", content: "x" },
        ],
      },
      Anthropic.BadRequestError,
      /`tool_use` ids were found without `tool_result`/,
    ],
  ] as const)("refuses: %s", async ([, change, kind, sentence]) => {
    const refused = anthropic.messages.create(Object.assign({}, helloClaude, change));
    await expect(refused).rejects.toBeInstanceOf(kind);
    await expect(refused).rejects.toThrow(sentence);
  });
});

describe("faults, as the SDKs meet them", () => {
  async function chat(fault: string) {
    const chunks: OpenAI.ChatCompletionChunk[] = [];
    const stream = await openai.chat.completions.create(
      { ...hello, stream: true, stream_options: { include_usage: true } },
      told(fault),
    );
    const read = async () => {
      for await (const chunk of stream) chunks.push(chunk);
    };
    const error = await read().then(
      () => undefined,
      (thrown: unknown) => thrown,
    );
    const text = chunks.flatMap((chunk) => chunk.choices?.[0]?.delta.content ?? []).join("");
    return { chunks, error, text, finish: chunks.findLast((chunk) => chunk.choices?.[0]?.finish_reason) };
  }
  const claude = (fault: string) => anthropic.messages.stream(helloClaude, told(fault)).finalMessage();

  it.for(["refuse", "reset"])("%s: no answer", async (fault) => {
    await expect(openai.chat.completions.create(hello, told(`fault=${fault}`))).rejects.toThrow();
    await expect(anthropic.messages.create(helloClaude, told(`fault=${fault}`))).rejects.toThrow();
    await expect(claude(`fault=${fault}`)).rejects.toThrow();
  });

  it("hang, stall-after: silence until the client leaves, then nothing stays open", async () => {
    const before = await state();
    await expect(
      openai.chat.completions.create(hello, { ...told("fault=hang"), timeout: 50 }),
    ).rejects.toBeInstanceOf(OpenAI.APIConnectionTimeoutError);
    const leave = new AbortController();
    const stream = await openai.chat.completions.create(
      { ...hello, stream: true },
      { ...told("fault=stall-after:5"), signal: leave.signal },
    );
    let tokens = 0;
    for await (const chunk of stream) {
      if (chunk.choices[0]?.delta.content) tokens += 1;
      if (tokens === 5) leave.abort();
    }
    expect(tokens).toBe(5);
    await expect
      .poll(state)
      .toMatchObject({ openCalls: 0, openStreams: 0, aborted: (before["aborted"] ?? 0) + 2 });
  });

  it("cut-after, cut-clean-after: exactly so many tokens, then an error or a silent end without finish", async () => {
    const cut = await chat("fault=cut-after:12");
    expect(cut.error).toBeInstanceOf(Error);
    expect(cut.chunks.filter((chunk) => chunk.choices[0]?.delta.content)).toHaveLength(12);
    const clean = await chat("fault=cut-clean-after:12");
    expect(clean).toMatchObject({ error: undefined, finish: undefined });
    expect(clean.chunks.filter((chunk) => chunk.choices[0]?.delta.content)).toHaveLength(12);
    await expect(claude("fault=cut-after:12")).rejects.toThrow();
    await expect(claude("fault=cut-clean-after:12")).rejects.toThrow(/without|ended/);
    await expect(openai.chat.completions.create(hello, told("fault=cut-after:4"))).rejects.toThrow();
    await expect(anthropic.messages.create(helloClaude, told("fault=cut-clean-after:4"))).rejects.toThrow();
  });

  it("error-in-stream, bad-json: the SDK throws", async () => {
    expect((await chat("fault=error-in-stream:4")).error).toBeInstanceOf(OpenAI.APIError);
    await expect(claude("fault=error-in-stream:4")).rejects.toThrow(/told to fail/);
    expect((await chat("fault=bad-json:10")).error).toBeInstanceOf(Error);
    await expect(claude("fault=bad-json:10")).rejects.toThrow();
    await expect(openai.chat.completions.create(hello, told("fault=bad-json"))).rejects.toThrow();
    await expect(openai.chat.completions.create(hello, told("fault=error-in-stream"))).rejects.toBeInstanceOf(
      OpenAI.InternalServerError,
    );
  });

  it("no-done: all but the terminator", async () => {
    const text = await raw("/v1/chat/completions", { ...hello, stream: true }, "fault=no-done");
    expect(text).not.toContain("[DONE]");
    expect(text).toContain('"finish_reason":"stop"');
    await expect(claude("fault=no-done")).rejects.toThrow();
  });

  it("bad-event: one event more than the grammar has, the text whole", async () => {
    const { chunks } = await chat("fault=bad-event:2");
    expect(chunks.filter((chunk) => "unexpected" in chunk)).toHaveLength(1);
    const whole = await anthropic.messages.create(helloClaude);
    expect((await claude("fault=bad-event:2")).content).toEqual(whole.content);
  });

  it.for([
    [429, OpenAI.RateLimitError, Anthropic.RateLimitError],
    [500, OpenAI.InternalServerError, Anthropic.InternalServerError],
    [503, OpenAI.InternalServerError, Anthropic.InternalServerError],
    [529, OpenAI.InternalServerError, Anthropic.InternalServerError],
  ] as const)("status:%i with an honest retry-after", async ([status, forOpenai, forAnthropic]) => {
    const chatError = await openai.chat.completions
      .create(hello, told(`fault=status:${status}`))
      .catch((error: unknown) => error);
    const claudeError = await anthropic.messages
      .create(helloClaude, told(`fault=status:${status};retry-after=7`))
      .catch((error: unknown) => error);
    expect(chatError).toBeInstanceOf(forOpenai);
    expect(claudeError).toBeInstanceOf(forAnthropic);
    if (!(chatError instanceof OpenAI.APIError && claudeError instanceof Anthropic.APIError))
      throw new Error("no API errors");
    expect([chatError.status, claudeError.status]).toEqual([status, status]);
    expect(chatError.headers?.get("retry-after")).toBe(status === 500 ? null : "1");
    expect(claudeError.headers?.get("retry-after")).toBe("7");
  });

  it("content-filter, content-policy, context-length in the dialect's words", async () => {
    expect((await chat("fault=content-filter")).finish?.choices[0]?.finish_reason).toBe("content_filter");
    expect(await claude("fault=content-filter")).toMatchObject({
      stop_reason: "refusal",
      stop_details: { type: "refusal" },
    });
    await expect(openai.chat.completions.create(hello, told("fault=content-policy"))).rejects.toMatchObject({
      code: "content_policy_violation",
    });
    await expect(openai.chat.completions.create(hello, told("fault=context-length"))).rejects.toMatchObject({
      code: "context_length_exceeded",
    });
    await expect(anthropic.messages.create(helloClaude, told("fault=context-length"))).rejects.toThrow(
      /prompt is too long: \d+ tokens > 128000 maximum/,
    );
  });

  it("usage: wrong, none, double, early", async () => {
    const usages = async (fault: string) =>
      (await chat(`fault=usage:${fault}`)).chunks.flatMap((chunk) => chunk.usage ?? []);
    const [right] = await usages("none").then(async (none) => {
      expect(none).toEqual([]);
      return (await chat("")).chunks.flatMap((chunk) => chunk.usage ?? []);
    });
    const [wrong] = await usages("wrong");
    expect(wrong?.total_tokens).not.toBe((wrong?.prompt_tokens ?? 0) + (wrong?.completion_tokens ?? 0));
    expect(await usages("double")).toEqual([right, right]);
    const early = (await chat("fault=usage:early")).chunks;
    expect(early.findIndex((chunk) => chunk.usage)).toBe(0);
    expect(early.filter((chunk) => chunk.usage)).toHaveLength(1);
    expect(await raw("/v1/messages", { ...helloClaude, stream: true }, "fault=usage:none")).not.toContain(
      "usage",
    );
    expect((await claude("fault=usage:double")).usage).toEqual((await claude("")).usage);
  });

  it.for(["split-utf8", "crlf", "comments", "trickle", "crlf,comments,split-utf8,trickle"])(
    "%s: ugly bytes, the same text",
    async (fault) => {
      const bare = (await raw("/v1/messages", { ...helloClaude, stream: true }, `fault=${fault}`)).includes(
        "\r\n",
      );
      expect(bare).toBe(fault.includes("crlf"));
      const { text, error, finish } = await chat(`fault=${fault}`);
      expect(error).toBeUndefined();
      expect(finish).toBeDefined();
      expect(text).toContain("Good morning, gate!");
      if (fault.includes("split-utf8")) expect(text).toContain("Grüße 🙂 —");
      const message = await claude(`fault=${fault}`);
      expect(message.content[0]).toMatchObject({ text });
      const whole = await anthropic.messages.create(helloClaude, told(`fault=${fault}`));
      expect(whole.content).toEqual(message.content);
    },
  );

  it("sandbox-flaky fails about one time in twenty", async () => {
    const ends = await Promise.allSettled(
      Array.from({ length: 400 }, () =>
        raw("/v1/chat/completions", { ...hello, model: "flaky", stream: true }, "tokens=8"),
      ),
    );
    const failed = ends.filter((end) => end.status === "rejected" || !end.value.includes("[DONE]")).length;
    expect(failed).toBeGreaterThan(5);
    expect(failed).toBeLessThan(50);
  });
});

async function raw(path: string, body: unknown, directions: string): Promise<string> {
  const headers = { "content-type": "application/json", ...told(directions).headers };
  const response = await fetch(`${sandbox.url}${path}`, {
    method: "POST",
    headers,
    body: JSON.stringify(body),
  });
  return await response.text();
}

describe("control", () => {
  it("same seed and same body: same bytes; another seed: other ids", async () => {
    const body = { ...hello, stream: true, messages: [{ role: "user", content: "Same?" }] };
    const first = await raw("/v1/chat/completions", body, "answer=prose");
    expect(await raw("/v1/chat/completions", body, "answer=prose")).toBe(first);
    expect(await raw("/v1/chat/completions", body, "answer=prose;seed=8")).not.toBe(first);
    const twin = await startSandbox({ seed: 7 });
    const text = (sse: string) =>
      [...sse.matchAll(/"content":("(?:[^"\\]|\\.)*")/g)].map((match) => match[1]).join("");
    const response = await fetch(`${twin.url}/v1/chat/completions`, {
      method: "POST",
      headers: told("answer=prose").headers,
      body: JSON.stringify(body),
    });
    expect(text(await response.text())).toBe(text(first));
    await twin.close();
  });

  it("keeps time: first token after ttft, then the rate", async () => {
    const started = performance.now();
    const stream = await openai.chat.completions.create(
      { ...hello, stream: true },
      { headers: { "x-sallyport-sandbox": "ttft=150;rate=100;tokens=30" } },
    );
    const seen: number[] = [];
    for await (const chunk of stream)
      if (chunk.choices[0]?.delta.content) seen.push(performance.now() - started);
    expect(seen).toHaveLength(30);
    expect(seen[0]).toBeGreaterThanOrEqual(145);
    expect((seen.at(-1) ?? 0) - (seen[0] ?? 0)).toBeGreaterThan(230);
  });

  it("plays what is laid down for a model, so many times, and a script by turns", async () => {
    const put = (body: unknown) =>
      fetch(`${sandbox.url}/control/models/us`, { method: "PUT", body: JSON.stringify(body) });
    const plain = new OpenAI({ baseURL: `${sandbox.url}/v1`, apiKey: "sk-any", maxRetries: 0 });
    const ask = () => plain.chat.completions.create({ ...hello, model: "sandbox-us" });
    expect((await put({ ttft: 0, rate: 0, fault: "status:503", times: 1 })).status).toBe(200);
    await expect(ask()).rejects.toMatchObject({ status: 503 });
    await put({ ttft: 0, rate: 0, script: ["First line.", "Second line."] });
    expect((await ask()).choices[0]?.message.content).toBe("First line.");
    const later: OpenAI.ChatCompletionMessageParam[] = [
      ...hello.messages,
      { role: "assistant", content: "First line." },
      { role: "user", content: "Go on" },
    ];
    const second = await plain.chat.completions.create({ model: "us", messages: later });
    expect(second.choices[0]?.message.content).toBe("Second line.");
    expect((await put({ speed: 3 })).status).toBe(400);
    expect((await fetch(`${sandbox.url}/control/models/us`, { method: "DELETE" })).status).toBe(204);
  });

  it("a suffix of the model's name directs too, and the answer keeps the name", async () => {
    const model = "sandbox-steady+ttft=0+rate=0+tokens=4";
    const answer = await openai.chat.completions.create(
      { ...hello, model },
      { headers: { "x-sallyport-sandbox": null } },
    );
    expect(answer).toMatchObject({ model, usage: { completion_tokens: 4 } });
    await expect(openai.chat.completions.create({ ...hello, model: "swift+fault=explode" })).rejects.toThrow(
      /explode/,
    );
  });

  it("logs requests byte for byte and forgets them on demand", async () => {
    const log = async (): Promise<{
      requests: { path: string; bodyBase64: string; rawHeaders: string[]; status: number; ending: string }[];
    }> => JSON.parse(await (await fetch(`${sandbox.url}/control/log`)).text());
    await fetch(`${sandbox.url}/control/log`, { method: "DELETE" });
    const body = ` {"model":"swift", "messages":[{"role":"user","content":"\\u00e9 é"}],"x":1.0}`;
    await (
      await fetch(`${sandbox.url}/v1/chat/completions`, { method: "POST", headers: quick, body })
    ).text();
    const { requests } = await log();
    expect(requests).toHaveLength(1);
    expect(Buffer.from(requests[0]?.bodyBase64 ?? "", "base64").toString()).toBe(body);
    expect(requests[0]).toMatchObject({ path: "/v1/chat/completions", status: 200, ending: "complete" });
    expect(requests[0]?.rawHeaders).toContain("ttft=0;rate=0");
    await fetch(`${sandbox.url}/control/log`, { method: "DELETE" });
    expect((await log()).requests).toEqual([]);
  });

  it.for([
    ["POST", "/v1/chat/completions", "{", 400],
    ["GET", "/v1/chat/completions", undefined, 405],
    ["POST", "/v1/nothing", "{}", 404],
    ["GET", "/control/nothing", undefined, 404],
    ["GET", "/v1/models/gpt-9", undefined, 404],
    ["PUT", "/control/models/gpt-9", "{}", 404],
    ["GET", "/%", undefined, 404],
    ["GET", "/v1/models/%", undefined, 404],
    ["GET", "//", undefined, 404],
  ] as const)("%s %s %s -> %i", async ([method, path, body, status]) => {
    const response = await fetch(`${sandbox.url}${path}`, body === undefined ? { method } : { method, body });
    expect(response.status).toBe(status);
    expect(JSON.parse(await response.text())).toHaveProperty("error.message");
  });

  it("asks for a key only when it has one", async () => {
    const locked = await startSandbox({ key: "sesame" });
    const ask = (apiKey: string) =>
      new OpenAI({
        baseURL: `${locked.url}/v1`,
        apiKey,
        maxRetries: 0,
        defaultHeaders: quick,
      }).chat.completions.create(hello);
    await expect(ask("wrong")).rejects.toBeInstanceOf(OpenAI.AuthenticationError);
    expect((await ask("sesame")).object).toBe("chat.completion");
    const claude = new Anthropic({ baseURL: locked.url, apiKey: "wrong", maxRetries: 0 });
    await expect(claude.messages.create(helloClaude)).rejects.toBeInstanceOf(Anthropic.AuthenticationError);
    await locked.close();
  });

  it("waits for a slow reader and forgets the one that leaves", async () => {
    const leave = new AbortController();
    const response = await fetch(`${sandbox.url}/v1/chat/completions`, {
      method: "POST",
      headers: told("tokens=300000").headers,
      body: JSON.stringify({ ...hello, model: "swift", stream: true, max_tokens: 16_000, n: 100 }),
      signal: leave.signal,
    });
    expect(response.status).toBe(200);
    expect(await state()).toMatchObject({ openStreams: 1 });
    leave.abort();
    await expect.poll(state).toMatchObject({ openStreams: 0, openCalls: 0 });
  });
});
