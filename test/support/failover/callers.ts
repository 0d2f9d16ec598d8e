import Anthropic from "@anthropic-ai/sdk";
import { GoogleGenAI } from "@google/genai";
import OpenAI from "openai";

/** What a client of one shape was told. */
export interface Told {
  readonly text: string;
  /** The model that the answer names last. */
  readonly model: string;
  /** Tokens of the answer by its own usage; `undefined`: none was told. */
  readonly outputTokens: number | undefined;
}

/** One shape of answer by its official SDK, which tries nothing again. Throws what the SDK throws. */
export type Caller = (
  gateway: { readonly port: number; readonly key: string },
  model: string,
) => Promise<Told>;

const question = "Tell me the tale of the gate.";
const timeoutMs = 110_000;

const openai: (isStream: boolean) => Caller =
  (isStream) =>
  async ({ port, key }, model) => {
    const client = new OpenAI({
      baseURL: `http://127.0.0.1:${port}/v1`,
      apiKey: key,
      maxRetries: 0,
      timeout: timeoutMs,
      logLevel: "off",
    });
    const messages = [{ role: "user" as const, content: question }];
    if (!isStream) {
      const answer = await client.chat.completions.create({ model, messages });
      return {
        text: answer.choices[0]?.message.content ?? "",
        model: answer.model,
        outputTokens: answer.usage?.completion_tokens,
      };
    }
    const stream = await client.chat.completions.create({
      model,
      messages,
      stream: true,
      stream_options: { include_usage: true },
    });
    const told = { text: "", model: "", outputTokens: undefined as number | undefined };
    let isFinished = false;
    for await (const chunk of stream) {
      told.model = chunk.model;
      told.outputTokens = chunk.usage?.completion_tokens ?? told.outputTokens;
      told.text += chunk.choices[0]?.delta.content ?? "";
      isFinished ||= chunk.choices[0]?.finish_reason === "stop";
    }
    if (!isFinished) throw new Error(`a stream without its end, after ${told.text.length} characters`);
    return told;
  };

const anthropic: (isStream: boolean) => Caller =
  (isStream) =>
  async ({ port, key }, model) => {
    const client = new Anthropic({
      baseURL: `http://127.0.0.1:${port}`,
      apiKey: key,
      maxRetries: 0,
      timeout: timeoutMs,
      logLevel: "off",
    });
    const body = { model, max_tokens: 1000, messages: [{ role: "user" as const, content: question }] };
    const message = isStream
      ? await client.messages.stream(body).finalMessage()
      : await client.messages.create(body);
    if (message.stop_reason !== "end_turn") throw new Error(`stopped for ${message.stop_reason}`);
    return {
      text: message.content.map((block) => (block.type === "text" ? block.text : "")).join(""),
      model: message.model,
      outputTokens: message.usage.output_tokens,
    };
  };

const gemini: (isStream: boolean) => Caller =
  (isStream) =>
  async ({ port, key }, model) => {
    const client = new GoogleGenAI({
      apiKey: key,
      httpOptions: { baseUrl: `http://127.0.0.1:${port}/gemini`, timeout: timeoutMs },
    });
    const request = { model, contents: question };
    const chunks = isStream
      ? await client.models.generateContentStream(request)
      : [await client.models.generateContent(request)];
    const told = { text: "", model: "", outputTokens: undefined as number | undefined };
    let finish: string | undefined;
    for await (const chunk of chunks) {
      const [candidate] = chunk.candidates ?? [];
      told.text += (candidate?.content?.parts ?? []).map((part) => part.text ?? "").join("");
      told.model = chunk.modelVersion ?? told.model;
      told.outputTokens = chunk.usageMetadata?.candidatesTokenCount ?? told.outputTokens;
      finish = candidate?.finishReason ?? chunk.promptFeedback?.blockReason ?? finish;
    }
    if (finish !== "STOP") throw new Error(`finished with ${finish ?? "nothing"}`);
    return told;
  };

/** A way in which clients ask: one dialect, streamed or whole. */
export interface Variant {
  readonly name: string;
  readonly dialect: "openai-chat" | "anthropic-messages" | "gemini-generate";
  readonly isStream: boolean;
  readonly ask: Caller;
}

export const variants: readonly Variant[] = [true, false].flatMap((isStream) => [
  {
    name: isStream ? "chat-stream" : "chat-plain",
    dialect: "openai-chat" as const,
    isStream,
    ask: openai(isStream),
  },
  {
    name: isStream ? "messages-stream" : "messages-plain",
    dialect: "anthropic-messages" as const,
    isStream,
    ask: anthropic(isStream),
  },
  {
    name: isStream ? "gemini-stream" : "gemini-plain",
    dialect: "gemini-generate" as const,
    isStream,
    ask: gemini(isStream),
  },
]);
