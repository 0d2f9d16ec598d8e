import OpenAI from "openai";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  clock,
  collect,
  hello,
  pixel,
  type SandboxClients,
  startSandboxClients,
  told,
  weather,
} from "../support/sandbox-clients.ts";

let openai: SandboxClients["openai"];
let sandbox: SandboxClients["sandbox"];

beforeAll(async () => {
  ({ sandbox, openai } = await startSandboxClients());
});

afterAll(() => sandbox.close());

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

  it("declines when told to, whole and streamed", async () => {
    const options = told("answer=refusal");
    const whole = await openai.chat.completions.create(hello, options);
    expect(whole.choices[0]?.message).toMatchObject({
      content: null,
      refusal: expect.stringMatching(/told to decline/),
    });
    const streamed = await openai.chat.completions.stream(hello, options).finalChatCompletion();
    expect(streamed.choices[0]?.message.refusal).toBe(whole.choices[0]?.message.refusal);
    expect(streamed.choices[0]?.finish_reason).toBe("stop");
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
    const body: OpenAI.ChatCompletionCreateParamsNonStreaming = JSON.parse(
      JSON.stringify({ ...hello, ...change }),
    );
    const refused = openai.chat.completions.create(body);
    await expect(refused).rejects.toBeInstanceOf(kind);
    await expect(refused).rejects.toMatchObject({ code });
  });
});
