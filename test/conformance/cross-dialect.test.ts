import Anthropic from "@anthropic-ai/sdk";
import OpenAI from "openai";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { hasRecordedTraffic, type Recorded, recordedTraffic } from "../support/recorded-traffic.ts";
import { type ReplayUpstream, replayUpstream } from "../support/replay-upstream.ts";
import { type RunningGateway, runGateway } from "../support/running-gateway.ts";

/** What a program wants of an answer, whichever SDK it reads it with. */
interface Read {
  readonly text: string;
  readonly refusal: string;
  /** Name and arguments as text, in order. */
  readonly calls: readonly { readonly name: string; readonly argumentsText: string }[];
  readonly finish: "stop" | "length" | "tools" | "refusal" | "other";
  readonly input: number | undefined;
  readonly output: number | undefined;
}

let upstream: ReplayUpstream;
let gateway: RunningGateway;

beforeAll(async () => {
  upstream = await replayUpstream();
  gateway = await runGateway({
    config: `providers:
  chat: { dialect: openai-chat, baseUrl: "${upstream.url}/v1", models: ["chat-*"] }
  messages: { dialect: anthropic-messages, baseUrl: "${upstream.url}", models: ["messages-*"] }
`,
  });
});
afterAll(async () => {
  await gateway[Symbol.asyncDispose]();
  await upstream[Symbol.asyncDispose]();
});

const openai = (baseURL: string, apiKey: string) =>
  new OpenAI({ baseURL: `${baseURL}/v1`, apiKey, maxRetries: 0, logLevel: "off" });
const anthropic = (baseURL: string, apiKey: string) =>
  new Anthropic({ baseURL, apiKey, maxRetries: 0, logLevel: "off" });

/** The tools every recorded answer may call: their declarations do not matter to a replayed upstream. */
async function readChat(client: OpenAI, isStream: boolean, model: string): Promise<Read> {
  const ask = { model, messages: [{ role: "user" as const, content: "hi" }] };
  if (!isStream) {
    const answer = await client.chat.completions.create(ask);
    const [choice] = answer.choices;
    return chatRead({
      text: choice?.message.content ?? "",
      refusal: choice?.message.refusal ?? "",
      calls: [
        ...(choice?.message.tool_calls ?? []).flatMap((call) =>
          call.type === "function"
            ? [{ name: call.function.name, argumentsText: call.function.arguments }]
            : [],
        ),
        // The form before tools: one function, beside no others.
        ...(choice?.message.function_call
          ? [
              {
                name: choice.message.function_call.name,
                argumentsText: choice.message.function_call.arguments,
              },
            ]
          : []),
      ],
      finish: choice?.finish_reason ?? "",
      usage: answer.usage,
    });
  }
  let text = "";
  let refusal = "";
  let finish = "";
  let usage: { prompt_tokens: number; completion_tokens: number } | null | undefined;
  const calls = new Map<number, { name: string; argumentsText: string }>();
  for await (const chunk of await client.chat.completions.create({
    ...ask,
    stream: true,
    stream_options: { include_usage: true },
  })) {
    usage = chunk.usage ?? usage;
    const choice = chunk.choices.find(({ index }) => index === 0);
    text += choice?.delta?.content ?? "";
    refusal += choice?.delta?.refusal ?? "";
    finish = choice?.finish_reason ?? finish;
    for (const piece of choice?.delta?.tool_calls ?? []) {
      const call = calls.get(piece.index) ?? { name: "", argumentsText: "" };
      calls.set(piece.index, {
        name: piece.function?.name ?? call.name,
        argumentsText: call.argumentsText + (piece.function?.arguments ?? ""),
      });
    }
  }
  return chatRead({ text, refusal, calls: [...calls.values()], finish, usage });
}

function chatRead(
  parts: Pick<Read, "text" | "refusal" | "calls"> & {
    readonly finish: string;
    readonly usage: { prompt_tokens: number; completion_tokens: number } | null | undefined;
  },
): Read {
  const finishes: Readonly<Record<string, Read["finish"]>> = {
    stop: "stop",
    length: "length",
    tool_calls: "tools",
    function_call: "tools",
    content_filter: "refusal",
  };
  // Servers that say `stop` beside calls mean the calls (rule 45); the SDK reports what they say.
  const finish =
    parts.calls.length > 0 && parts.finish === "stop" ? "tools" : (finishes[parts.finish] ?? "other");
  return {
    text: parts.text,
    refusal: parts.refusal,
    calls: parts.calls,
    finish,
    input: parts.usage?.prompt_tokens,
    output: parts.usage?.completion_tokens,
  };
}

async function readMessages(client: Anthropic, isStream: boolean, model: string): Promise<Read> {
  const ask = { model, max_tokens: 1000, messages: [{ role: "user" as const, content: "hi" }] };
  if (!isStream) {
    const answer = await client.messages.create(ask);
    return messagesRead({
      text: answer.content.flatMap((block) => (block.type === "text" ? [block.text] : [])).join(""),
      calls: answer.content.flatMap((block) =>
        block.type === "tool_use" ? [{ name: block.name, argumentsText: JSON.stringify(block.input) }] : [],
      ),
      finish: answer.stop_reason,
      usage: answer.usage,
    });
  }
  let text = "";
  let finish: string | null = null;
  const usage: {
    input_tokens: number;
    output_tokens: number;
    cache_read_input_tokens: number | null;
    cache_creation_input_tokens: number | null;
  } = { input_tokens: 0, output_tokens: 0, cache_read_input_tokens: null, cache_creation_input_tokens: null };
  const keep = (told: { readonly [Name in keyof typeof usage]?: number | null }): void => {
    usage.input_tokens = Math.max(usage.input_tokens, told.input_tokens ?? 0);
    usage.output_tokens = Math.max(usage.output_tokens, told.output_tokens ?? 0);
    usage.cache_read_input_tokens = told.cache_read_input_tokens ?? usage.cache_read_input_tokens;
    usage.cache_creation_input_tokens = told.cache_creation_input_tokens ?? usage.cache_creation_input_tokens;
  };
  const calls = new Map<number, { name: string; argumentsText: string }>();
  for await (const event of await client.messages.create({ ...ask, stream: true })) {
    if (event.type === "message_start") keep(event.message.usage);
    else if (event.type === "message_delta") {
      keep(event.usage);
      finish = event.delta.stop_reason ?? finish;
    } else if (event.type === "content_block_start" && event.content_block.type === "tool_use")
      calls.set(event.index, { name: event.content_block.name, argumentsText: "" });
    else if (event.type === "content_block_start" && event.content_block.type === "text")
      text += event.content_block.text;
    else if (event.type === "content_block_delta" && event.delta.type === "text_delta")
      text += event.delta.text;
    else if (event.type === "content_block_delta" && event.delta.type === "input_json_delta") {
      const call = calls.get(event.index);
      if (call !== undefined)
        calls.set(event.index, { ...call, argumentsText: call.argumentsText + event.delta.partial_json });
    }
  }
  return messagesRead({ text, calls: [...calls.values()], finish, usage });
}

function messagesRead(
  parts: Pick<Read, "text" | "calls"> & {
    readonly finish: string | null;
    readonly usage: {
      readonly input_tokens: number;
      readonly output_tokens: number;
      readonly cache_read_input_tokens: number | null;
      readonly cache_creation_input_tokens: number | null;
    };
  },
): Read {
  const finishes: Readonly<Record<string, Read["finish"]>> = {
    end_turn: "stop",
    stop_sequence: "stop",
    max_tokens: "length",
    tool_use: "tools",
    refusal: "refusal",
  };
  const { usage } = parts;
  return {
    text: parts.text,
    refusal: "",
    calls: parts.calls,
    finish: finishes[parts.finish ?? ""] ?? "other",
    input:
      usage.input_tokens + (usage.cache_read_input_tokens ?? 0) + (usage.cache_creation_input_tokens ?? 0),
    output: usage.output_tokens,
  };
}

/** Arguments of a whole answer are values in Messages: they are compared as values there, as text in streams. */
function comparable(read: Read, { asValues }: { readonly asValues: boolean }): Read {
  const calls = read.calls.map((call) => ({
    name: call.name,
    argumentsText: asValues
      ? canonicalJson(call.argumentsText)
      : call.argumentsText === ""
        ? "{}"
        : call.argumentsText,
  }));
  return { ...read, text: read.text + read.refusal, refusal: "", calls };
}
function canonicalJson(text: string): string {
  return text === "" ? "{}" : JSON.stringify(JSON.parse(text));
}

const answered = (dialect: string): readonly Recorded[] =>
  recordedTraffic(dialect).filter(({ status, response }) => status === 200 && response.length > 0);

describe.skipIf(!hasRecordedTraffic())(
  "an answer of one dialect, read by the other dialect's SDK through the gateway",
  () => {
    it("chat answers reach Messages clients with the same text, calls, finish and usage", async () => {
      const direct = openai(upstream.url, "any");
      const through = anthropic(gateway.url, gateway.clientKey);
      for (const record of answered("openai.chat")) {
        upstream.put(record);
        const expected = comparable(await readChat(direct, record.isStream, "m"), {
          asValues: !record.isStream,
        });
        const got = comparable(await readMessages(through, record.isStream, "chat-m"), {
          asValues: !record.isStream,
        });
        // A stream that was not asked for usage in the recording has none to compare; the gateway's record says `null`.
        const usage = expected.input === undefined ? { input: expected.input, output: expected.output } : {};
        expect({ name: record.name, ...got, ...usage, ...finishOf(expected, got) }).toEqual({
          name: record.name,
          ...expected,
        });
      }
    });

    it("Messages answers reach chat clients with the same text, calls, finish and usage", async () => {
      const direct = anthropic(upstream.url, "any");
      const through = openai(gateway.url, gateway.clientKey);
      for (const record of answered("anthropic.messages")) {
        upstream.put(record);
        const expected = comparable(await readMessages(direct, record.isStream, "m"), {
          asValues: !record.isStream,
        });
        const got = comparable(await readChat(through, record.isStream, "messages-m"), {
          asValues: !record.isStream,
        });
        expect({ name: record.name, ...got }).toEqual({ name: record.name, ...expected });
      }
    });
  },
);

/**
 * The same word in two languages: a refusal ends in `stop` at OpenAI and in `refusal` at Anthropic; a stream that ends in
 * `[DONE]` without a reason is `other`, which Messages can only say as `refusal`, never as a clean `end_turn`.
 */
function finishOf(expected: Read, got: Read): Partial<Read> {
  if (got.finish !== "refusal") return {};
  if (expected.finish === "other") return { finish: "other" };
  return expected.finish === "stop" && got.text !== "" ? { finish: "stop" } : {};
}
