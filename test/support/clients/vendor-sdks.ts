import Anthropic from "@anthropic-ai/sdk";
import { type Content, GoogleGenAI } from "@google/genai";
import OpenAI from "openai";
import { type Program, pixel, reportSchema, twoTexts, weatherTool } from "./program.ts";

type Options = { readonly url: string; readonly key: string };

/** `openai`, Chat Completions. */
export function openaiChat({ url, key }: Options): Program {
  const client = new OpenAI({ baseURL: `${url}/v1`, apiKey: key, maxRetries: 0 });
  const say = async (model: string, messages: OpenAI.ChatCompletionMessageParam[], more: object = {}) => {
    const answer = await client.chat.completions.create({ model, messages, ...more });
    return answer.choices[0]?.message;
  };
  const user = (content: string | OpenAI.ChatCompletionContentPart[]) => ({ role: "user", content }) as const;
  const tools: OpenAI.ChatCompletionTool[] = [{ type: "function", function: weatherTool }];
  return {
    name: "openai (Chat)",
    chat: async (model, prompt) => (await say(model, [user(prompt)]))?.content ?? "",
    stream: async (model, prompt) => {
      const pieces: string[] = [];
      const stream = await client.chat.completions.create({ model, messages: [user(prompt)], stream: true });
      for await (const chunk of stream) pieces.push(chunk.choices[0]?.delta.content ?? "");
      return pieces.filter((piece) => piece !== "");
    },
    tools: async (model, prompt, weatherOf) => {
      const asked = await say(model, [user(prompt)], { tools });
      const calls = asked?.tool_calls ?? [];
      if (asked === undefined || calls.length === 0) throw new Error("no call");
      const results = calls.map((call) => ({
        role: "tool" as const,
        tool_call_id: call.id,
        content: call.type === "function" ? weatherOf(JSON.parse(call.function.arguments)) : "",
      }));
      return (await say(model, [user(prompt), asked, ...results], { tools }))?.content ?? "";
    },
    structured: async (model, prompt) => {
      const format = {
        type: "json_schema",
        json_schema: { name: "report", schema: reportSchema, strict: true },
      };
      return JSON.parse((await say(model, [user(prompt)], { response_format: format }))?.content ?? "");
    },
    image: async (model, prompt) => {
      const picture = { type: "image_url", image_url: { url: `data:image/png;base64,${pixel}` } } as const;
      return (await say(model, [user([{ type: "text", text: prompt }, picture])]))?.content ?? "";
    },
    embed: async (model) =>
      (await client.embeddings.create({ model, input: twoTexts })).data.map(({ embedding }) => embedding),
  };
}

/** `openai`, Responses. */
export function openaiResponses({ url, key }: Options): Program {
  const client = new OpenAI({ baseURL: `${url}/v1`, apiKey: key, maxRetries: 0 });
  const tools: OpenAI.Responses.Tool[] = [{ type: "function", strict: true, ...weatherTool }];
  return {
    name: "openai (Responses)",
    chat: async (model, input) => (await client.responses.create({ model, input })).output_text,
    stream: async (model, input) => {
      const pieces: string[] = [];
      for await (const event of await client.responses.create({ model, input, stream: true }))
        if (event.type === "response.output_text.delta") pieces.push(event.delta);
      return pieces;
    },
    tools: async (model, prompt, weatherOf) => {
      const asked = await client.responses.create({ model, input: prompt, tools, store: false });
      const calls = asked.output.filter((item) => item.type === "function_call");
      if (calls.length === 0) throw new Error("no call");
      const input: OpenAI.Responses.ResponseInput = [
        { role: "user", content: prompt },
        ...(asked.output as OpenAI.Responses.ResponseInput),
        ...calls.map((call) => ({
          type: "function_call_output" as const,
          call_id: call.call_id,
          output: weatherOf(JSON.parse(call.arguments)),
        })),
      ];
      return (await client.responses.create({ model, input, tools, store: false })).output_text;
    },
    structured: async (model, input) => {
      const format = { type: "json_schema" as const, name: "report", schema: reportSchema, strict: true };
      return JSON.parse((await client.responses.create({ model, input, text: { format } })).output_text);
    },
    image: async (model, prompt) => {
      const picture = {
        type: "input_image",
        image_url: `data:image/png;base64,${pixel}`,
        detail: "auto",
      } as const;
      const content = [{ type: "input_text" as const, text: prompt }, picture];
      return (await client.responses.create({ model, input: [{ role: "user", content }] })).output_text;
    },
  };
}

/** `@anthropic-ai/sdk`. */
export function anthropicSdk({ url, key }: Options): Program {
  const client = new Anthropic({ baseURL: url, apiKey: key, maxRetries: 0 });
  const { parameters, ...named } = weatherTool;
  const tools: Anthropic.Tool[] = [{ ...named, input_schema: parameters }];
  const say = async (model: string, messages: Anthropic.MessageParam[], more: object = {}) =>
    (await client.messages.create({ model, max_tokens: 500, messages, ...more })).content;
  const textOf = (content: readonly Anthropic.ContentBlock[]) =>
    content.map((block) => (block.type === "text" ? block.text : "")).join("");
  return {
    name: "@anthropic-ai/sdk",
    chat: async (model, content) => textOf(await say(model, [{ role: "user", content }])),
    stream: async (model, content) => {
      const pieces: string[] = [];
      const stream = client.messages.stream({
        model,
        max_tokens: 500,
        messages: [{ role: "user", content }],
      });
      stream.on("text", (piece) => pieces.push(piece));
      await stream.finalMessage();
      return pieces;
    },
    tools: async (model, prompt, weatherOf) => {
      const question = { role: "user" as const, content: prompt };
      const asked = await say(model, [question], { tools });
      const results = asked.flatMap((block) =>
        block.type === "tool_use"
          ? [{ type: "tool_result" as const, tool_use_id: block.id, content: weatherOf(block.input) }]
          : [],
      );
      if (results.length === 0) throw new Error("no call");
      const history: Anthropic.MessageParam[] = [
        question,
        { role: "assistant", content: asked },
        { role: "user", content: results },
      ];
      return textOf(await say(model, history, { tools }));
    },
    structured: async (model, content) => {
      const format = { type: "json_schema", schema: reportSchema };
      return JSON.parse(textOf(await say(model, [{ role: "user", content }], { output_config: { format } })));
    },
    image: async (model, text) => {
      const source = { type: "base64" as const, media_type: "image/png" as const, data: pixel };
      return textOf(
        await say(model, [
          {
            role: "user",
            content: [
              { type: "image", source },
              { type: "text", text },
            ],
          },
        ]),
      );
    },
  };
}

/** `@google/genai`. */
export function googleSdk({ url, key }: Options): Program {
  const client = new GoogleGenAI({ apiKey: key, httpOptions: { baseUrl: url } });
  const { parameters, ...named } = weatherTool;
  const tools = [{ functionDeclarations: [{ ...named, parametersJsonSchema: parameters }] }];
  return {
    name: "@google/genai",
    chat: async (model, contents) => (await client.models.generateContent({ model, contents })).text ?? "",
    stream: async (model, contents) => {
      const pieces: string[] = [];
      for await (const chunk of await client.models.generateContentStream({ model, contents }))
        pieces.push(chunk.text ?? "");
      return pieces.filter((piece) => piece !== "");
    },
    tools: async (model, prompt, weatherOf) => {
      const question: Content = { role: "user", parts: [{ text: prompt }] };
      const asked = await client.models.generateContent({ model, contents: [question], config: { tools } });
      const calls = asked.functionCalls ?? [];
      const [candidate] = asked.candidates ?? [];
      if (calls.length === 0 || candidate?.content === undefined) throw new Error("no call");
      const results = calls.map(({ id, name = "", args }) => ({
        functionResponse: {
          name,
          ...(id === undefined ? {} : { id }),
          response: { result: weatherOf(args) },
        },
      }));
      const contents: Content[] = [question, candidate.content, { role: "user", parts: results }];
      return (await client.models.generateContent({ model, contents, config: { tools } })).text ?? "";
    },
    structured: async (model, contents) => {
      const config = { responseMimeType: "application/json", responseJsonSchema: reportSchema };
      return JSON.parse((await client.models.generateContent({ model, contents, config })).text ?? "");
    },
    image: async (model, text) => {
      const parts = [{ inlineData: { mimeType: "image/png", data: pixel } }, { text }];
      return (await client.models.generateContent({ model, contents: [{ role: "user", parts }] })).text ?? "";
    },
  };
}
