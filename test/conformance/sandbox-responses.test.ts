import OpenAI from "openai";
import type { ResponseInputItem, ResponseStreamEvent, Tool } from "openai/resources/responses/responses";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { hasRecordedTraffic, recordedTraffic } from "../support/recorded-traffic.ts";
import {
  clock,
  collect,
  failureOf,
  pixel,
  type SandboxClients,
  startSandboxClients,
  told,
  weather,
} from "../support/sandbox-clients.ts";

let sandbox: SandboxClients["sandbox"];
let openai: SandboxClients["openai"];
let state: SandboxClients["state"];
let raw: SandboxClients["raw"];

beforeAll(async () => {
  ({ sandbox, openai, state, raw } = await startSandboxClients());
});

afterAll(() => sandbox.close());

const hello = { model: "sandbox-swift", input: "Good morning, gate!" };
const tools: Tool[] = [
  { type: "function", name: "get_weather", parameters: { ...weather }, strict: false },
  { type: "function", name: "get_time", parameters: { ...clock }, strict: false },
];

/** An event with the members that the reader below looks at. */
interface Event {
  readonly type: string;
  readonly sequence_number: number;
  readonly [member: string]: unknown;
}

interface Item {
  readonly id: string;
  readonly type: string;
  readonly [member: string]: unknown;
}

interface ReadStream {
  readonly events: readonly Event[];
  readonly items: readonly Item[];
  readonly ending: "completed" | "incomplete" | "failed" | "none";
  /** The response object of the last event that has one. */
  readonly response: Readonly<Record<string, unknown>>;
}

/**
 * Reads a Responses stream by the grammar of the AI models specification, part 11, and throws at the first event that
 * has no place in it. A stream may end before its time (`none`), but not between the lines of an event.
 */
function readStream(text: string): ReadStream {
  const events = text.split("\n\n").slice(0, -1).map(readEvent);
  if (!text.endsWith("\n\n")) throw new Error(`ends inside an event: ${text.slice(-80)}`);
  for (const [index, event] of events.entries())
    if (event.sequence_number !== index)
      throw new Error(`${event.type} has number ${event.sequence_number}, not ${index}`);
  let at = 0;
  const items: Item[] = [];
  const peek = () => events[at]?.type ?? "end";
  const isOver = () => peek() === "end" || peek() === "error";
  function take(type: string): Event {
    const event = events[at];
    if (event?.type !== type) throw new Error(`event ${at} is ${peek()}, not ${type}`);
    at += 1;
    return event;
  }
  /** Deltas and the event that repeats them; `false` when the stream stops in between. */
  function texts(stem: string, member: string): boolean {
    let joined = "";
    while (peek() === `${stem}.delta`) joined += String(take(`${stem}.delta`)["delta"]);
    if (isOver()) return false;
    const done = take(`${stem}.done`);
    if (done[member] !== joined) throw new Error(`${stem}.done says ${String(done[member])}, not ${joined}`);
    return true;
  }
  function part(stem: string, rest: () => boolean): boolean {
    take(`${stem}.added`);
    if (!rest() || isOver()) return false;
    take(`${stem}.done`);
    return true;
  }
  const summaryPart = () =>
    part("response.reasoning_summary_part", () => texts("response.reasoning_summary_text", "text"));
  const contentPart = () =>
    part("response.content_part", () => {
      if (peek().startsWith("response.refusal.")) return texts("response.refusal", "refusal");
      return texts(`response.${/reasoning/.test(peek()) ? "reasoning" : "output"}_text`, "text");
    });
  function inside(type: string): boolean {
    switch (type) {
      case "message":
        while (peek() === "response.content_part.added") if (!contentPart()) return false;
        return true;
      case "function_call":
        return texts("response.function_call_arguments", "arguments");
      case "custom_tool_call":
        return texts("response.custom_tool_call_input", "input");
      case "reasoning":
        while (peek() === "response.reasoning_summary_part.added") if (!summaryPart()) return false;
        while (peek() === "response.content_part.added") if (!contentPart()) return false;
        return true;
      default:
        throw new Error(`an item of type ${type}`);
    }
  }
  function item(): boolean {
    const added = take("response.output_item.added");
    const announced = itemOf(added);
    const from = at;
    const isWhole = inside(announced.type) && !isOver();
    for (const event of events.slice(from, at)) {
      if (event["item_id"] !== announced.id) throw new Error(`${event.type} is of another item`);
      if (event["output_index"] !== added["output_index"]) throw new Error(`${event.type} has another index`);
    }
    if (added["output_index"] !== items.length) throw new Error(`item ${items.length} has another index`);
    if (!isWhole) return false;
    const done = itemOf(take("response.output_item.done"));
    if (done.id !== announced.id || done.type !== announced.type) throw new Error("another item is done");
    items.push(done);
    return true;
  }
  let response = responseOf(take("response.created"));
  response = responseOf(take("response.in_progress"));
  while (peek() === "response.output_item.added") if (!item()) break;
  if (peek() === "error") {
    take("error");
    if (peek() === "end") return { events, items, ending: "failed", response };
  }
  const last = events[at];
  if (!last) return { events, items, ending: "none", response };
  const ending = (["completed", "incomplete", "failed"] as const).find(
    (end) => last.type === `response.${end}`,
  );
  if (!ending || at !== events.length - 1) throw new Error(`${last.type} has no place here`);
  response = responseOf(last);
  expect(response["status"]).toBe(ending);
  expect(response["output"]).toEqual(items);
  return { events, items, ending, response };
}

function readEvent(frame: string): Event {
  const lines = /^event: (\S+)\ndata: (.*)$/.exec(frame);
  if (!lines) throw new Error(`not an event: ${frame}`);
  const data: Event = JSON.parse(lines[2] ?? "");
  if (data.type !== lines[1]) throw new Error(`event ${lines[1]} has type ${data.type}`);
  return data;
}

const itemOf = (event: Event): Item => event["item"] as Item;
const responseOf = (event: Event) => event["response"] as Readonly<Record<string, unknown>>;

/** Streams `body` without any SDK and reads it strictly. */
async function stream(body: object, directions = ""): Promise<ReadStream> {
  return readStream(await raw("/v1/responses", { ...hello, ...body, stream: true }, directions));
}

describe("the strict reader", () => {
  it.skipIf(!hasRecordedTraffic())("takes every stream that OpenAI has been seen to send", () => {
    const streams = recordedTraffic("openai.responses").filter(({ isStream }) => isStream);
    expect(streams.length).toBeGreaterThan(30);
    for (const { name, response } of streams)
      expect([name, readStream(response.toString("utf8").trimEnd().concat("\n\n")).ending]).toEqual([
        name,
        "completed",
      ]);
  });

  it.for([
    ["a gap in the numbers", (text: string) => text.replace('"sequence_number":5', '"sequence_number":6')],
    [
      "a delta that is missing",
      (text: string) => text.replace(/event: response.output_text.delta\n.*\n\n/, ""),
    ],
    ["a text that is not its deltas", (text: string) => text.replace('"text":"Hello', '"text":"Hollo')],
    [
      "an item that is not done",
      (text: string) => text.replace(/event: response.output_item.done\n.*\n\n/, ""),
    ],
    ["an event behind the end", (text: string) => `${text}${text.slice(0, text.indexOf("\n\n") + 2)}`],
    [
      "a name that is not the type",
      (text: string) => text.replace("event: response.created", "event: created"),
    ],
  ] as const)("refuses %s", async ([, spoil]) => {
    const text = await raw("/v1/responses", { ...hello, stream: true }, "");
    expect(readStream(text).ending).toBe("completed");
    expect(() => readStream(spoil(text))).toThrow();
  });
});

describe("OpenAI's SDK, straight at the sandbox's Responses", () => {
  it("creates an answer that says what it is, with exact usage", async () => {
    const answer = await openai.responses.create(hello);
    expect(answer).toMatchObject({
      object: "response",
      status: "completed",
      model: "sandbox-swift",
      error: null,
    });
    expect(answer.output_text).toMatch(/sandbox.*Good morning, gate!/);
    expect(answer.output).toMatchObject([{ type: "message", role: "assistant", phase: "final_answer" }]);
    const { input_tokens = 0, output_tokens = 0, total_tokens } = answer.usage ?? {};
    expect(output_tokens).toBeGreaterThan(10);
    expect(total_tokens).toBe(input_tokens + output_tokens);
  });

  it("streams the same answer, one token an event, every number in its place", async () => {
    const whole = await openai.responses.create(hello);
    const streamed = await openai.responses.stream(hello).finalResponse();
    const {
      _request_id: _id,
      billing: _payer,
      output_parsed: _parsed,
      ...rest
    } = { ...whole, billing: 0, output_parsed: 0 };
    expect(streamed).toMatchObject({ ...rest, output: [{ id: whole.output[0]?.id }] });
    expect(streamed.output_text).toBe(whole.output_text);
    const { events, response } = await stream({});
    const deltas = events.filter(({ type }) => type === "response.output_text.delta");
    expect(deltas).toHaveLength(whole.usage?.output_tokens ?? 0);
    expect(response["usage"]).toEqual(whole.usage);
    expect([...new Set(events.map(({ type }) => type))]).toEqual([
      "response.created",
      "response.in_progress",
      "response.output_item.added",
      "response.content_part.added",
      "response.output_text.delta",
      "response.output_text.done",
      "response.content_part.done",
      "response.output_item.done",
      "response.completed",
    ]);
    expect(deltas.every((event) => typeof event["obfuscation"] === "string")).toBe(true);
    const bare = await stream({ stream_options: { include_obfuscation: false } });
    expect(bare.events.some((event) => "obfuscation" in event)).toBe(false);
  });

  it.for([false, true])("loops through a tool call and its result (stream: %s)", async (isStream) => {
    const input: ResponseInputItem[] = [{ role: "user", content: "How is the weather in Paris?" }];
    const ask = () => {
      const body = {
        model: "deep",
        input,
        tools,
        store: false,
        include: ["reasoning.encrypted_content" as const],
      };
      return isStream ? openai.responses.stream(body).finalResponse() : openai.responses.create(body);
    };
    const first = await ask();
    expect(first.output.map(({ type }) => type)).toEqual(["reasoning", "function_call"]);
    const call = first.output[1];
    if (call?.type !== "function_call") throw new Error("no function was called");
    expect(call).toMatchObject({ name: "get_weather", status: "completed" });
    expect(JSON.parse(call.arguments)).toEqual({ city: "Paris", days: expect.any(Number) });
    input.push(...(first.output as ResponseInputItem[]));
    input.push({ type: "function_call_output", call_id: call.call_id, output: "21 degrees and clear" });
    expect((await ask()).output_text).toContain("21 degrees and clear");
  });

  it("goes on from a stored answer, shows it, forgets it", async () => {
    const first = await openai.responses.create({ ...hello, input: "Use get_time.", tools });
    const call = first.output[0];
    if (call?.type !== "function_call") throw new Error("no function was called");
    const next = {
      ...hello,
      tools,
      previous_response_id: first.id,
      input: [{ type: "function_call_output" as const, call_id: call.call_id, output: "half past nine" }],
    };
    const second = await openai.responses.create(next);
    expect(second.output_text).toContain("half past nine");
    expect(second.previous_response_id).toBe(first.id);
    expect(second.usage?.input_tokens).toBeGreaterThan(first.usage?.input_tokens ?? 0);
    expect((await openai.responses.retrieve(first.id)).output).toEqual(first.output);
    await openai.responses.delete(first.id);
    await expect(openai.responses.create(next)).rejects.toMatchObject({
      code: "previous_response_not_found",
    });
    const unstored = await openai.responses.create({ ...hello, store: false });
    await expect(openai.responses.retrieve(unstored.id)).rejects.toBeInstanceOf(OpenAI.NotFoundError);
    const reference = [{ type: "item_reference" as const, id: unstored.output[0]?.id ?? "" }];
    await expect(openai.responses.create({ ...hello, input: reference })).rejects.toThrow(/not persisted/);
  });

  it("calls two tools at once, streamed, unless told not to", async () => {
    const body = { ...hello, input: "Use get_weather and get_time.", tools };
    const { items } = await stream(body);
    expect(items.map(({ name }) => name)).toEqual(["get_weather", "get_time"]);
    expect(new Set(items.map(({ call_id }) => call_id)).size).toBe(2);
    expect((await openai.responses.create(body)).output).toEqual(items);
    expect((await openai.responses.create({ ...body, parallel_tool_calls: false })).output).toHaveLength(1);
  });

  it("obeys tool_choice: none, required, named, among", async () => {
    const call = async (tool_choice: OpenAI.Responses.ResponseCreateParams["tool_choice"]) => {
      const { output } = await openai.responses.create({
        ...hello,
        tools,
        ...(tool_choice && { tool_choice }),
      });
      return output.map((item) => (item.type === "function_call" ? item.name : item.type));
    };
    expect(await call("none")).toEqual(["message"]);
    expect(await call("auto")).toEqual(["message"]);
    expect(await call("required")).toEqual(["get_weather"]);
    expect(await call({ type: "function", name: "get_time" })).toEqual(["get_time"]);
    const among = { type: "function", name: "get_time" };
    expect(await call({ type: "allowed_tools", mode: "required", tools: [among] })).toEqual(["get_time"]);
  });

  it("gives a custom tool plain text, whole and streamed, and takes its result", async () => {
    const body = {
      ...hello,
      input: "Run the shell, please.",
      tools: [{ type: "custom" as const, name: "shell" }],
      tool_choice: { type: "custom" as const, name: "shell" },
    };
    const { items, events } = await stream(body);
    expect(items).toMatchObject([{ type: "custom_tool_call", name: "shell", input: body.input }]);
    expect(events.some(({ type }) => type === "response.custom_tool_call_input.delta")).toBe(true);
    const whole = await openai.responses.create(body);
    expect(whole.output).toEqual(items);
    const call = whole.output[0];
    if (call?.type !== "custom_tool_call") throw new Error("no custom tool was called");
    const output = { type: "custom_tool_call_output" as const, call_id: call.call_id, output: "done" };
    const input = [{ role: "user" as const, content: body.input }, call, output];
    expect((await openai.responses.create({ ...hello, input })).output_text).toContain("“done”");
  });

  it("reasons: summed up, in full, sealed, or only counted", async () => {
    const body = { ...hello, model: "deep" };
    const summed = await stream({ ...body, reasoning: { summary: "auto" } });
    const [reasoning] = summed.items;
    expect(reasoning).toMatchObject({
      type: "reasoning",
      summary: [
        { type: "summary_text", text: expect.stringMatching(/step by step/) },
        { type: "summary_text", text: expect.stringMatching(/That should do/) },
      ],
    });
    expect(summed.response["reasoning"]).toEqual({ effort: "medium", summary: "detailed" });
    const whole = await openai.responses.create({ ...body, reasoning: { summary: "auto" } });
    expect(whole.output).toEqual(summed.items);
    expect(whole.usage?.output_tokens_details.reasoning_tokens).toBeGreaterThan(5);
    const counted = await stream(body);
    expect(counted.items[0]).toMatchObject({ type: "reasoning", summary: [] });
    expect(counted.response["usage"]).toMatchObject({
      output_tokens_details: { reasoning_tokens: expect.any(Number) },
    });
    const hidden = await stream({ ...body, reasoning: { summary: "auto" } }, "reasoning=hidden");
    expect(hidden.items[0]).toMatchObject({ summary: [] });
    const full = await stream(body, "reasoning=shown");
    expect(full.items[0]).toMatchObject({
      content: [{ type: "reasoning_text", text: expect.stringMatching(/step by step/) }],
    });
    expect(full.events.some(({ type }) => type === "response.reasoning_text.delta")).toBe(true);
    const read = await openai.responses.stream(body, told("reasoning=shown")).finalResponse();
    expect(read.output[0]).toEqual(full.items[0]);
    expect((await stream({ ...body, reasoning: { effort: "none" } })).items).toHaveLength(1);
  });

  it("takes sealed reasoning back only with its own id", async () => {
    const body = { ...hello, model: "deep", store: false, include: ["reasoning.encrypted_content" as const] };
    const first = await openai.responses.create(body);
    const again = (id: string | undefined, sealed: string) => {
      const [reasoning, ...rest] = first.output as ResponseInputItem[];
      const changed = { ...reasoning, id, encrypted_content: sealed } as ResponseInputItem;
      const input = [
        { role: "user" as const, content: "Hi" },
        changed,
        ...rest,
        { role: "user" as const, content: "And?" },
      ];
      return openai.responses.create({ ...body, input });
    };
    const [reasoning] = first.output;
    if (reasoning?.type !== "reasoning") throw new Error("no reasoning");
    const sealed = reasoning.encrypted_content ?? "";
    expect((await again(reasoning.id, sealed)).status).toBe("completed");
    expect((await again(undefined, sealed)).status).toBe("completed");
    await expect(again("rs_minted", sealed)).rejects.toThrow(/item_id did not match/);
    await expect(again(reasoning.id, `${sealed}x`)).rejects.toMatchObject({
      code: "invalid_encrypted_content",
    });
  });

  it("makes JSON, declines, sees images, gives logprobs, counts tokens", async () => {
    const format = { type: "json_schema" as const, name: "joke", strict: false, schema: { ...weather } };
    const made = await openai.responses.create({ ...hello, text: { format } });
    expect(JSON.parse(made.output_text)).toEqual({ city: expect.any(String), days: expect.any(Number) });
    expect(made.text?.format).toMatchObject({ type: "json_schema", name: "joke", strict: false });
    const declined = await stream({}, "answer=refusal");
    expect(declined.items).toMatchObject([
      { content: [{ type: "refusal", refusal: expect.stringMatching(/decline/) }] },
    ]);
    const content = [
      { type: "input_text" as const, text: "What is this?" },
      { type: "input_image" as const, detail: "auto" as const, image_url: `data:image/png;base64,${pixel}` },
    ];
    const seen = await openai.responses.create({ ...hello, input: [{ role: "user", content }] });
    expect(seen.output_text).toMatch(/image\/png, 70 bytes/);
    const logged = await openai.responses.create({ ...hello, include: ["message.output_text.logprobs"] });
    const [message] = logged.output;
    const part = message?.type === "message" ? message.content[0] : undefined;
    if (part?.type !== "output_text") throw new Error("no text");
    expect(part.logprobs?.map(({ token }) => token).join("")).toBe(part.text);
    const counted = await openai.responses.inputTokens.count({ ...hello, tools });
    expect(counted.input_tokens).toBe(
      (await openai.responses.create({ ...hello, tools })).usage?.input_tokens,
    );
  });

  it("ends at its limit: incomplete, and says why", async () => {
    const body = { ...hello, max_output_tokens: 16 };
    const { ending, response, items } = await stream(body);
    expect(ending).toBe("incomplete");
    expect(response["incomplete_details"]).toEqual({ reason: "max_output_tokens" });
    expect(items).toMatchObject([{ type: "message", status: "incomplete" }]);
    expect(await openai.responses.create(body)).toMatchObject({
      status: "incomplete",
      usage: { output_tokens: 16 },
    });
  });

  it("repeats the request: tools closed and strict if they can be, settings, instructions", async () => {
    const shut = { type: "object", properties: { zone: { type: "string" } }, required: ["zone"] };
    const loose = { type: "object", properties: { zone: { type: "string" } } };
    const answer = await openai.responses.create({
      ...hello,
      instructions: "Be brief.",
      metadata: { team: "gate" },
      temperature: 0.5,
      tools: [
        { type: "function", name: "shut", parameters: shut } as object as Tool,
        { type: "function", name: "loose", parameters: loose } as object as Tool,
      ],
    });
    expect(answer).toMatchObject({ instructions: "Be brief.", metadata: { team: "gate" }, temperature: 0.5 });
    expect(answer.tools).toEqual([
      {
        type: "function",
        name: "shut",
        description: null,
        strict: true,
        parameters: { ...shut, additionalProperties: false },
      },
      { type: "function", name: "loose", description: null, strict: false, parameters: loose },
    ]);
  });

  const call = { type: "function_call", call_id: "c1", name: "get_time", arguments: "{}" };
  const result = { type: "function_call_output", call_id: "c1", output: "9:30" };
  it.for([
    ["unknown model", { model: "gpt-9" }, "model_not_found", /does not exist/],
    ["a model of embeddings", { model: "embed" }, null, /makes embeddings/],
    ["unknown member", { sallyport: true }, "unknown_parameter", /Unknown parameter: 'sallyport'/],
    ["a member of Chat", { max_tokens: 5 }, "unsupported_parameter", /moved to 'max_output_tokens'/],
    ["too small a limit", { max_output_tokens: 5 }, "integer_below_min_value", />= 16/],
    ["no input", { input: undefined }, "missing_required_parameter", /must be provided/],
    ["out of range", { temperature: 3 }, "decimal_above_max_value", /temperature/],
    ["unknown role", { input: [{ role: "king", content: "x" }] }, "invalid_value", /'king'/],
    ["unknown item", { input: [{ type: "song" }] }, "invalid_value", /'song'/],
    [
      "a user's part in the model's message",
      { input: [{ role: "assistant", content: [{ type: "input_text", text: "x" }] }] },
      "invalid_value",
      /'output_text' and 'refusal'/,
    ],
    ["a call without a result", { input: [call] }, null, /No tool output found for function call c1/],
    ["a result without a call", { input: [result] }, null, /No tool call found .* c1/],
    [
      "reasoning that leads nowhere",
      {
        input: [
          { type: "reasoning", summary: [] },
          { role: "user", content: "x" },
        ],
      },
      null,
      /without its required following item/,
    ],
    [
      "a strict tool that is not closed",
      {
        tools: [
          { type: "function", name: "t", parameters: { type: "object", properties: {} }, strict: true },
        ],
      },
      "invalid_function_parameters",
      /'additionalProperties' is required/,
    ],
    [
      "a strict answer with an optional member",
      {
        text: {
          format: {
            type: "json_schema",
            name: "n",
            strict: true,
            schema: { type: "object", properties: { a: { type: "string" } }, additionalProperties: false },
          },
        },
      },
      "invalid_json_schema",
      /Missing 'a'/,
    ],
    ["a tool choice without tools", { tool_choice: "required" }, null, /must be specified with 'tools'/],
    [
      "too long for tiny",
      { model: "tiny", max_output_tokens: 4_000 },
      "context_length_exceeded",
      /context window/,
    ],
  ] as const)("refuses: %s", async ([, change, code, sentence]) => {
    const body = JSON.parse(JSON.stringify({ ...hello, ...change }));
    const refused = openai.responses.create(body);
    await expect(refused).rejects.toBeInstanceOf(OpenAI.APIError);
    await expect(refused).rejects.toMatchObject({
      code,
      status: code === null && /embed/.test(body.model) ? 404 : 400,
    });
    await expect(refused).rejects.toThrow(sentence);
  });
});

describe("faults in Responses", () => {
  const create = (directions: string) => openai.responses.create(hello, told(directions));
  async function streamed(directions: string) {
    const events: ResponseStreamEvent[] = [];
    const answer = await openai.responses.create({ ...hello, stream: true }, told(directions));
    const error = await failureOf(
      (async () => {
        for await (const event of answer) events.push(event);
      })(),
    );
    return { events, error };
  }
  const deltas = (events: readonly { readonly type: string }[]) =>
    events.filter(({ type }) => type === "response.output_text.delta");

  it.for([
    ["refuse", /Connection error/],
    ["reset", /terminated/],
  ] as const)("%s: no answer", async ([fault, message]) => {
    await expect(create(`fault=${fault}`)).rejects.toThrow(message);
    await expect(openai.responses.stream(hello, told(`fault=${fault}`)).finalResponse()).rejects.toThrow(
      message,
    );
  });

  it("hang, stall-after: silence until the client leaves, then nothing stays open", async () => {
    const before = await state();
    await expect(
      openai.responses.create(hello, { ...told("fault=hang"), timeout: 50 }),
    ).rejects.toBeInstanceOf(OpenAI.APIConnectionTimeoutError);
    const leave = new AbortController();
    const answer = await openai.responses.create(
      { ...hello, stream: true },
      { ...told("fault=stall-after:5"), signal: leave.signal },
    );
    let tokens = 0;
    for await (const { type } of answer) {
      if (type === "response.output_text.delta") tokens += 1;
      if (tokens === 5) leave.abort();
    }
    expect(tokens).toBe(5);
    await expect
      .poll(state)
      .toMatchObject({ openCalls: 0, openStreams: 0, aborted: (before["aborted"] ?? 0) + 2 });
  });

  it("cut-after, cut-clean-after: exactly so many tokens, then an error or a silent end", async () => {
    const cut = await streamed("fault=cut-after:12");
    expect(cut.error).toBeInstanceOf(Error);
    expect(deltas(cut.events)).toHaveLength(12);
    const clean = await stream({}, "fault=cut-clean-after:12");
    expect(clean.ending).toBe("none");
    expect(deltas(clean.events)).toHaveLength(12);
    await expect(create("fault=cut-after:4")).rejects.toThrow(/terminated/);
    await expect(create("fault=cut-clean-after:4")).rejects.toThrow(/JSON/);
  });

  it("error-in-stream: the event, response.failed with what was done, an end; the SDK throws", async () => {
    expect((await streamed("fault=error-in-stream:4")).error).toBeInstanceOf(OpenAI.APIError);
    const { events, ending, response, items } = await stream({}, "fault=error-in-stream:4");
    expect(ending).toBe("failed");
    expect(events.at(-2)).toMatchObject({ type: "error", error: { code: "server_error" } });
    expect(response).toMatchObject({ status: "failed", output: [], error: { code: "server_error" } });
    expect(items).toEqual([]);
    const late = await stream({ model: "deep" }, "fault=error-in-stream:60");
    expect(late.items).toMatchObject([{ type: "reasoning" }]);
    expect(late.response["output"]).toEqual(late.items);
    await expect(create("fault=error-in-stream")).rejects.toBeInstanceOf(OpenAI.InternalServerError);
  });

  it("bad-json, bad-event: broken or strange, the numbers without a gap", async () => {
    expect((await streamed("fault=bad-json:10")).error).toBeInstanceOf(Error);
    await expect(create("fault=bad-json")).rejects.toThrow(/JSON/);
    const text = await raw("/v1/responses", { ...hello, stream: true }, "fault=bad-event:2");
    expect(() => readStream(text)).toThrow(/sandbox_unexpected/);
    const events = text.split("\n\n").slice(0, -1).map(readEvent);
    expect(events.map(({ sequence_number }) => sequence_number)).toEqual(events.map((_, index) => index));
    const { error, events: seen } = await streamed("fault=bad-event:2");
    expect(error).toBeUndefined();
    expect(seen).toHaveLength(events.length);
  });

  it("no-done: all but the last event", async () => {
    const { ending, items } = await stream({}, "fault=no-done");
    expect(ending).toBe("none");
    expect(items).toHaveLength(1);
    // The SDK takes it for an answer all the same; only the status says that it is none.
    const answer = await openai.responses.stream(hello, told("fault=no-done")).finalResponse();
    expect(answer).toMatchObject({ status: "in_progress", usage: null });
  });

  it.for([
    [429, OpenAI.RateLimitError],
    [500, OpenAI.InternalServerError],
    [503, OpenAI.InternalServerError],
    [529, OpenAI.InternalServerError],
  ] as const)("status:%i with an honest retry-after", async ([status, kind]) => {
    const error = await failureOf(create(`fault=status:${status}`));
    if (!(error instanceof OpenAI.APIError)) throw new Error("no API error");
    expect(error).toBeInstanceOf(kind);
    expect(error.status).toBe(status);
    expect(error.headers?.get("retry-after")).toBe(status === 500 ? null : "1");
  });

  it("content-filter, content-policy, context-length in the dialect's words", async () => {
    const filtered = await stream({}, "fault=content-filter");
    expect(filtered.ending).toBe("incomplete");
    expect(filtered.response["incomplete_details"]).toEqual({ reason: "content_filter" });
    await expect(create("fault=content-policy")).rejects.toMatchObject({
      status: 400,
      code: "invalid_prompt",
    });
    await expect(create("fault=context-length")).rejects.toMatchObject({
      status: 400,
      code: "context_length_exceeded",
      param: "input",
    });
  });

  it("usage: wrong, none, double, early", async () => {
    const usages = async (fault: string) =>
      (await stream({}, fault)).events.flatMap((event) =>
        "response" in event ? [responseOf(event)["usage"]] : [],
      );
    const [, , right] = await usages("");
    expect(await usages("")).toEqual([null, null, right]);
    expect(await usages("fault=usage:none")).toEqual([null, null, null]);
    expect(await usages("fault=usage:early")).toEqual([right, right, null]);
    expect(await usages("fault=usage:double")).toEqual([right, right, right]);
    const wrong = (await create("fault=usage:wrong")).usage;
    expect(wrong?.total_tokens).not.toBe((wrong?.input_tokens ?? 0) + (wrong?.output_tokens ?? 0));
  });

  it.for(["split-utf8", "crlf", "comments", "trickle", "crlf,comments,split-utf8,trickle"])(
    "%s: ugly bytes, the same text",
    async (fault) => {
      const answer = await openai.responses.stream(hello, told(`fault=${fault}`)).finalResponse();
      expect(answer.output_text).toContain("Good morning, gate!");
      if (fault.includes("split-utf8")) expect(answer.output_text).toContain("Grüße 🙂 —");
      expect(answer.output).toMatchObject((await create(`fault=${fault}`)).output);
    },
  );

  it("suffix and control direct it too, and time is kept", async () => {
    const model = "sandbox-steady+fault=status:503";
    await expect(openai.responses.create({ ...hello, model })).rejects.toMatchObject({ status: 503 });
    const put = (body: unknown) =>
      fetch(`${sandbox.url}/control/models/eu`, { method: "PUT", body: JSON.stringify(body) });
    await put({ script: ["First line.", "Second line."], times: 1 });
    const first = await openai.responses.create({ ...hello, model: "eu" });
    expect(first.output_text).toBe("First line.");
    const started = performance.now();
    const seen: number[] = [];
    const answer = await openai.responses.create(
      { ...hello, stream: true },
      { headers: { "x-sallyport-sandbox": "ttft=150;rate=25;tokens=30" } },
    );
    for await (const { type } of answer)
      if (type === "response.output_text.delta") seen.push(performance.now() - started);
    expect(seen).toHaveLength(30);
    expect(seen[0]).toBeGreaterThanOrEqual(145);
    // Slow enough that a machine which stands still for half a second does not hide the pace.
    expect(seen.at(-1)).toBeGreaterThanOrEqual(1200);
    expect((seen.at(-1) ?? 0) - (seen[0] ?? 0)).toBeGreaterThan(230);
  });

  it("same seed and same body: same bytes", async () => {
    const body = { ...hello, input: "Same?", stream: true };
    const first = await raw("/v1/responses", body, "answer=prose");
    expect(await raw("/v1/responses", body, "answer=prose")).toBe(first);
    expect(await raw("/v1/responses", body, "answer=prose;seed=8")).not.toBe(first);
    const models = await collect(openai.models.list());
    expect(models.map(({ id }) => id)).toContain("sandbox-embed");
  });
});
