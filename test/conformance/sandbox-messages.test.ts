import Anthropic from "@anthropic-ai/sdk";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  clock,
  collect,
  hello,
  helloClaude,
  pixel,
  type SandboxClients,
  startSandboxClients,
  weather,
} from "../support/sandbox-clients.ts";

let openai: SandboxClients["openai"];
let anthropic: SandboxClients["anthropic"];
let sandbox: SandboxClients["sandbox"];

beforeAll(async () => {
  ({ sandbox, openai, anthropic } = await startSandboxClients());
});

afterAll(() => sandbox.close());

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

  it("counts tokens under the same directions, and takes only what counting has", async () => {
    const headers = (directions: string) => ({ headers: { "x-sallyport-sandbox": directions } });
    await expect(anthropic.messages.countTokens(hello, headers("fault=status:529"))).rejects.toMatchObject({
      status: 529,
      error: { type: "error", error: { type: "overloaded_error" } },
    });
    await expect(anthropic.messages.countTokens(hello, headers("fault=cut-after:1"))).rejects.toThrow();
    const body: Anthropic.MessageCountTokensParams = helloClaude;
    await expect(anthropic.messages.countTokens(body)).rejects.toThrow(/max_tokens: Extra inputs/);
    const started = performance.now();
    await anthropic.messages.countTokens({ ...hello, model: "deep" }, headers(""));
    expect(performance.now() - started).toBeLessThan(1_000);
  });

  it("declines when told to, whole and streamed", async () => {
    const options = { headers: { "x-sallyport-sandbox": "ttft=0;rate=0;answer=refusal" } };
    const whole = await anthropic.messages.create(helloClaude, options);
    expect(whole).toMatchObject({
      stop_reason: "refusal",
      content: [{ type: "text", text: expect.stringMatching(/decline/) }],
    });
    const streamed = await anthropic.messages.stream(helloClaude, options).finalMessage();
    expect(streamed).toMatchObject({ stop_reason: "refusal", content: whole.content });
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
    const body: Anthropic.MessageCreateParamsNonStreaming = JSON.parse(
      JSON.stringify({ ...helloClaude, ...change }),
    );
    const refused = anthropic.messages.create(body);
    await expect(refused).rejects.toBeInstanceOf(kind);
    await expect(refused).rejects.toThrow(sentence);
  });
});
