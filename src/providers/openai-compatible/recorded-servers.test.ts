import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import OpenAI from "openai";
import { describe, expect, it } from "vitest";
import {
  hasRecordedTraffic,
  type Recorded,
  recordedTraffic,
} from "../../../test/support/recorded-traffic.ts";
import type { UpstreamCodec } from "../../exchange/codec.ts";
import type { Part, StreamPart } from "../../exchange/part.ts";
import type { Usage } from "../../exchange/usage.ts";
import { createSseReader } from "../../framing/sse.ts";
import { createOpenaiCompatible, quirksOf } from "./index.ts";

/** The recorded servers besides OpenAI, with their profile and how many exchanges there are. */
const servers = [
  { dialect: "azure.chat", profile: "azure-openai", count: 56 },
  { dialect: "groq.chat", profile: "groq", count: 14 },
  { dialect: "deepseek.chat", profile: "deepseek", count: 3 },
  { dialect: "api.together.ai.chat", profile: "together", count: 8 },
  { dialect: "local.chat", profile: "vllm", count: 7 },
  { dialect: "api.portkey.ai.chat", profile: "default", count: 2 },
] as const;

/** What an answer says, to compare two readings of it. */
interface Read {
  readonly model: string | undefined;
  readonly text: string;
  readonly refusal: string;
  readonly calls: readonly (readonly [string, string, string])[];
  readonly finish: string | undefined;
  readonly tokens: readonly [number, number] | undefined;
}

const question = { model: "any", messages: [{ role: "user" as const, content: "q" }] };

function clientOf({ response, headers, status }: Recorded): OpenAI {
  return new OpenAI({
    apiKey: "none",
    baseURL: "http://upstream.invalid/v1",
    maxRetries: 0,
    fetch: async () => new Response(new Uint8Array(response), { status, headers }),
  });
}

/** A whole answer as the official SDK reads it. */
async function sdkWhole(record: Recorded): Promise<Read> {
  const { model, choices, usage } = await clientOf(record).chat.completions.create(question);
  const [choice] = choices;
  return {
    model,
    // Azure leaves the message out where its filter closed, which the SDK's types do not know.
    text: choice?.message?.content ?? "",
    refusal: choice?.message?.refusal ?? "",
    calls: (choice?.message?.tool_calls ?? []).map((call) =>
      call.type === "function" ? [call.id, call.function.name, call.function.arguments] : ["", "", ""],
    ),
    finish: choice?.finish_reason,
    tokens: usage && [usage.prompt_tokens, usage.completion_tokens],
  };
}

/** A stream as the chunks of the official SDK tell it. */
async function sdkStream(record: Recorded): Promise<Read> {
  const calls: [string, string, string][] = [];
  const read = { model: "", text: "", refusal: "", finish: "" };
  let tokens: readonly [number, number] | undefined;
  for await (const chunk of await clientOf(record).chat.completions.create({ ...question, stream: true })) {
    const usage = chunk.usage ?? groqUsage(chunk);
    if (usage) tokens = [usage.prompt_tokens, usage.completion_tokens];
    for (const choice of chunk.choices) {
      read.model = chunk.model;
      read.text += choice.delta?.content ?? "";
      read.refusal += choice.delta?.refusal ?? "";
      read.finish = choice.finish_reason ?? read.finish;
      for (const { index, id, function: called } of choice.delta?.tool_calls ?? []) {
        const call = (calls[index] ??= ["", "", ""]);
        call[0] ||= id ?? "";
        call[1] += called?.name ?? "";
        call[2] += called?.arguments ?? "";
      }
    }
  }
  return { ...read, calls, tokens };
}

/** Groq's place for usage, which the SDK has no type for. */
function groqUsage(chunk: object): OpenAI.CompletionUsage | undefined {
  return (chunk as { x_groq?: { usage?: OpenAI.CompletionUsage } }).x_groq?.usage;
}

function ourWhole(codec: UpstreamCodec, { name, response }: Recorded): Read {
  const decoding = codec.decodeAnswer(response);
  if (decoding.kind === "failure") throw new Error(`${name}: ${decoding.failure.message}`);
  const { model, parts, finish, usage } = decoding.answer;
  return { model, ...said(parts), finish: finish.raw, tokens: tokensIn(usage) };
}

function said(parts: readonly Part[]): Pick<Read, "text" | "refusal" | "calls"> {
  const joined = (kind: "text" | "refusal") =>
    parts.flatMap((part) => (part.kind === kind ? [part.text] : [])).join("");
  return {
    text: joined("text"),
    refusal: joined("refusal"),
    calls: parts.flatMap((part) =>
      part.kind === "tool-call" ? [[part.id, part.name, part.argumentsText] as const] : [],
    ),
  };
}

function streamParts(codec: UpstreamCodec, response: Uint8Array): readonly StreamPart[] {
  const reader = createSseReader();
  const decoder = codec.decodeStream();
  return [...[...reader.push(response), ...reader.end()].flatMap(decoder.push), ...decoder.end()];
}

function ourStream(codec: UpstreamCodec, { response }: Recorded): Read {
  const parts = streamParts(codec, response);
  const joined = (kind: "text-delta" | "refusal-delta") =>
    parts.flatMap((part) => (part.kind === kind && "text" in part ? [part.text] : [])).join("");
  return {
    model: parts.find((part) => part.kind === "start")?.model,
    text: joined("text-delta"),
    refusal: joined("refusal-delta"),
    calls: parts.flatMap((start) =>
      start.kind === "tool-input-start"
        ? [[start.id, start.name, argumentsOf(parts, start.part)] as const]
        : [],
    ),
    finish: parts.find((part) => part.kind === "finish")?.finish.raw,
    tokens: tokensIn(parts.find((part) => part.kind === "usage")?.usage),
  };
}

function argumentsOf(parts: readonly StreamPart[], number: number): string {
  return parts
    .flatMap((part) => (part.kind === "tool-input-delta" && part.part === number ? [part.argumentsText] : []))
    .join("");
}

function tokensIn(usage: Usage | undefined): readonly [number, number] | undefined {
  return usage && [usage.input.total ?? -1, usage.output.total ?? -1];
}

describe.runIf(hasRecordedTraffic())("recorded servers", () => {
  it.for(servers)(
    "$dialect: all $count exchanges are read as the official SDK reads them",
    async ({ dialect, profile, count }) => {
      const codec = createOpenaiCompatible(quirksOf(profile));
      const records = recordedTraffic(dialect);
      expect(records).toHaveLength(count);
      for (const record of records) {
        const { name, status, response, headers, isStream } = record;
        // A prompt that Azure refused, recorded without its status of 400.
        if (status === 200 && response.toString().trimStart().startsWith('{ "error"')) {
          expect(codec.decodeAnswer(response)).toMatchObject({
            kind: "failure",
            failure: { code: "content_refused", status: 400, param: "prompt" },
          });
          expect(codec.tapAnswer(response)).toBeUndefined();
          continue;
        }
        if (status >= 400) {
          const failure = codec.readFailure(status, new Map(Object.entries(headers)), response);
          const thrown = await sdkWhole(record).then(
            () => undefined,
            (error: unknown) => error,
          );
          if (!(thrown instanceof OpenAI.APIError)) throw new Error(`${name}: the SDK takes it`);
          expect(failure.status, name).toBe(thrown.status);
          expect(thrown.message, name).toContain(failure.message);
          continue;
        }
        const [theirs, ours] = isStream
          ? [await sdkStream(record), ourStream(codec, record)]
          : [await sdkWhole(record), ourWhole(codec, record)];
        expect({ name, ...ours }).toEqual({ name, ...theirs });
      }
    },
  );

  it.for(servers)("$dialect: the taps read the same model, usage and finish", ({ dialect, profile }) => {
    const codec = createOpenaiCompatible(quirksOf(profile));
    for (const { name, status, response, isStream } of recordedTraffic(dialect)) {
      if (status >= 400) continue;
      if (isStream) {
        const reader = createSseReader();
        const tap = codec.tapStream({ hidesUsage: true });
        const roles = [...reader.push(response), ...reader.end()].map(tap.push);
        const parts = streamParts(codec, response);
        expect(roles.at(-1), name).toBe("end");
        expect(tap.isComplete(), name).toBe(true);
        expect(tap.tapped().finish, name).toEqual(parts.find((part) => part.kind === "finish")?.finish);
        expect(tap.tapped().usage, name).toEqual(parts.find((part) => part.kind === "usage")?.usage);
        continue;
      }
      const decoding = codec.decodeAnswer(response);
      if (decoding.kind === "failure") {
        expect(decoding.failure.code, name).toBe("content_refused");
        continue;
      }
      const { model, usage, finish } = decoding.answer;
      expect(codec.tapAnswer(response), name).toEqual({ model, usage, finish });
    }
  });
});

const folder = join(
  process.env["SALLYPORT_TRAFFIC_DIR"] ?? join(import.meta.dirname, "../../../../shared/data/llm-traffic"),
  "vercel-ai-fixtures/packages",
);

/** Chat answers of Vercel's fixtures. */
const fixtures = [
  { profile: "dashscope", path: "alibaba/src/__fixtures__" },
  { profile: "deepseek", path: "deepseek/src/chat/__fixtures__" },
  { profile: "groq", path: "groq/src/__fixtures__" },
  { profile: "moonshot", path: "moonshotai/src/__fixtures__" },
  { profile: "xai", path: "xai/src/__fixtures__" },
  { profile: "xai", path: "openai-compatible/src/chat/__fixtures__" },
  { profile: "perplexity", path: "perplexity/src/__fixtures__" },
  { profile: "default", path: "openai/src/chat/__fixtures__" },
] as const;

/** The parts of a fixture that a plain look at its JSON finds: an independent reading. */
interface Wire {
  readonly choices?: readonly {
    readonly finish_reason?: string | null;
    readonly message?: Words;
    readonly delta?: Words;
  }[];
  readonly usage?: { readonly total_tokens: number } | null;
}
interface Words {
  readonly content?: string | null;
  readonly reasoning?: string | null;
  readonly reasoning_content?: string | null;
  readonly tool_calls?: readonly { readonly function?: { readonly arguments?: string } }[];
}

function plainly(wires: readonly Wire[]) {
  let [text, reasoning, args] = ["", "", ""];
  let total: number | undefined;
  for (const { choices = [], usage } of wires) {
    if (usage) total = usage.total_tokens;
    for (const choice of choices) {
      const words = choice.message ?? choice.delta ?? {};
      text += words.content ?? "";
      reasoning += words.reasoning_content ?? words.reasoning ?? "";
      args += (words.tool_calls ?? []).map((call) => call.function?.arguments ?? "").join("");
    }
  }
  return { text, reasoning, args, total };
}

function totalOf(usage: Usage | undefined): number | undefined {
  return usage && (usage.input.total ?? 0) + (usage.output.total ?? 0);
}

describe.runIf(hasRecordedTraffic() && existsSync(folder))("fixtures of other servers", () => {
  it.for(fixtures)(
    "$path: every answer and stream is read, its parts adding up to its total",
    ({ profile, path }) => {
      const codec = createOpenaiCompatible(quirksOf(profile));
      let read = 0;
      for (const file of readdirSync(join(folder, path))) {
        const content = readFileSync(join(folder, path, file), "utf8");
        if (file.endsWith(".chunks.txt")) {
          const lines = content.split("\n").filter((line) => line.trim() !== "");
          const parts = streamParts(
            codec,
            new TextEncoder().encode([...lines, "[DONE]"].map((line) => `data: ${line}\r\n\r\n`).join("")),
          );
          const joined = (kind: "text-delta" | "reasoning-delta") =>
            parts.flatMap((part) => (part.kind === kind && "text" in part ? [part.text] : [])).join("");
          const args = parts.flatMap((part) =>
            part.kind === "tool-input-delta" ? [part.argumentsText] : [],
          );
          expect({
            file,
            text: joined("text-delta"),
            reasoning: joined("reasoning-delta"),
            args: args.join(""),
            total: totalOf(parts.find((part) => part.kind === "usage")?.usage),
          }).toEqual({ file, ...plainly(lines.map((line): Wire => JSON.parse(line))) });
          expect(parts.at(-1), file).toMatchObject({ kind: "finish" });
          read += 1;
        } else if (file.endsWith(".json") && content.includes('"choices"')) {
          const decoding = codec.decodeAnswer(new TextEncoder().encode(content));
          if (decoding.kind === "failure") throw new Error(`${file}: ${decoding.failure.message}`);
          const { parts, usage } = decoding.answer;
          const { text, calls } = said(parts);
          expect({
            file,
            text,
            reasoning: parts.flatMap((part) => (part.kind === "reasoning" ? [part.text] : [])).join(""),
            args: calls.map(([, , argumentsText]) => argumentsText).join(""),
            total: totalOf(usage),
          }).toEqual({ file, ...plainly([JSON.parse(content)]) });
          read += 1;
        }
      }
      expect(read).toBeGreaterThan(0);
    },
  );
});
