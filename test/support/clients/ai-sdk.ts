import { createAnthropic } from "@ai-sdk/anthropic";
import { createGoogleGenerativeAI } from "@ai-sdk/google";
import { createOpenAI } from "@ai-sdk/openai";
import { embedMany, generateText, type LanguageModel, Output, stepCountIs, streamText, tool } from "ai";
import { type Program, pixel, report, twoTexts, weatherInput, weatherTool } from "./program.ts";

type Options = { readonly url: string; readonly key: string };

/** Vercel's `ai` with each of its official providers. */
export function aiSdks({ url, key }: Options): readonly Program[] {
  const openai = createOpenAI({ baseURL: `${url}/v1`, apiKey: key });
  const anthropic = createAnthropic({ baseURL: `${url}/v1`, apiKey: key });
  const google = createGoogleGenerativeAI({ baseURL: `${url}/v1beta`, apiKey: key });
  return [
    {
      ...programOf("ai with @ai-sdk/openai (Responses)", (model) => openai(model)),
      embed: async (model) =>
        (await embedMany({ model: openai.embeddingModel(model), values: twoTexts, maxRetries: 0 }))
          .embeddings,
    },
    programOf("ai with @ai-sdk/openai (Chat)", (model) => openai.chat(model)),
    programOf("ai with @ai-sdk/anthropic", (model) => anthropic(model)),
    programOf("ai with @ai-sdk/google", (model) => google(model)),
  ];
}

function programOf(name: string, modelOf: (model: string) => LanguageModel): Program {
  const maxRetries = 0;
  return {
    name,
    chat: async (model, prompt) => (await generateText({ model: modelOf(model), prompt, maxRetries })).text,
    stream: async (model, prompt) => {
      const pieces: string[] = [];
      const { textStream } = streamText({
        model: modelOf(model),
        prompt,
        maxRetries,
        onError: ({ error }) => {
          throw error;
        },
      });
      for await (const piece of textStream) pieces.push(piece);
      return pieces;
    },
    tools: async (model, prompt, weatherOf) => {
      const weather = tool({
        description: weatherTool.description,
        inputSchema: weatherInput,
        execute: (input) => Promise.resolve(weatherOf(input)),
      });
      const tools = { [weatherTool.name]: weather };
      const { text } = await generateText({
        model: modelOf(model),
        prompt,
        tools,
        stopWhen: stepCountIs(3),
        maxRetries,
      });
      return text;
    },
    structured: async (model, prompt) => {
      const output = Output.object({ schema: report });
      return (await generateText({ model: modelOf(model), prompt, output, maxRetries })).output;
    },
    image: async (model, text) => {
      const content = [
        { type: "text" as const, text },
        { type: "file" as const, data: pixel, mediaType: "image/png" },
      ];
      return (
        await generateText({ model: modelOf(model), messages: [{ role: "user", content }], maxRetries })
      ).text;
    },
  };
}
