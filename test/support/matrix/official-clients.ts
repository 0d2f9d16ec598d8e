import Anthropic from "@anthropic-ai/sdk";
import { GoogleGenAI } from "@google/genai";
import OpenAI from "openai";
import type { ChatDialect } from "../../../src/exchange/dialect.ts";
import type { Written } from "./translate.ts";
import type { Tree } from "./tree.ts";

/** What the official client makes of an answer: the objects of its events, or the one of a whole answer. */
export async function readOfficially(
  client: ChatDialect,
  { form, text, status = 200 }: Pick<Written, "form" | "text"> & { readonly status?: number },
): Promise<readonly Tree[]> {
  const type = form === "stream" && status === 200 ? "text/event-stream" : "application/json";
  const fetch = (): Promise<Response> =>
    Promise.resolve(new Response(text, { status, headers: { "content-type": type } }));
  const stream = form === "stream";
  switch (client) {
    case "openai-chat": {
      const ask = { model: "m", messages: [{ role: "user" as const, content: "hi" }] };
      const { completions } = openai(fetch).chat;
      return stream ? collect(await completions.create({ ...ask, stream })) : [await completions.create(ask)];
    }
    case "openai-responses": {
      const { responses } = openai(fetch);
      const ask = { model: "m", input: "hi" };
      return stream ? collect(await responses.create({ ...ask, stream })) : [await responses.create(ask)];
    }
    case "anthropic-messages": {
      const sdk = new Anthropic({ apiKey: "any", fetch, maxRetries: 0, logLevel: "off" });
      const ask = { model: "m", max_tokens: 9, messages: [{ role: "user" as const, content: "hi" }] };
      return stream
        ? collect(await sdk.messages.create({ ...ask, stream }))
        : [await sdk.messages.create(ask)];
    }
    case "gemini-generate": {
      const { models } = new GoogleGenAI({ apiKey: "any", httpOptions: { fetch } });
      const ask = { model: "m", contents: "hi" };
      return stream ? collect(await models.generateContentStream(ask)) : [await models.generateContent(ask)];
    }
  }
}

const openai = (fetch: () => Promise<Response>): OpenAI =>
  new OpenAI({ apiKey: "any", fetch, maxRetries: 0, logLevel: "off" });

async function collect(stream: AsyncIterable<unknown>): Promise<readonly Tree[]> {
  const events: Tree[] = [];
  for await (const event of stream) events.push(event);
  return events;
}
