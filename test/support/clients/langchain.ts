import { ChatAnthropic } from "@langchain/anthropic";
import type { BaseChatModel } from "@langchain/core/language_models/chat_models";
import { type BaseMessage, HumanMessage, ToolMessage } from "@langchain/core/messages";
import { tool } from "@langchain/core/tools";
import { ChatGoogleGenerativeAI } from "@langchain/google-genai";
import { ChatOpenAI, OpenAIEmbeddings } from "@langchain/openai";
import { type Program, pixel, report, twoTexts, weatherInput, weatherTool } from "./program.ts";

type Options = { readonly url: string; readonly key: string };

/** LangChain with each of its official providers. */
export function langchains({ url, key }: Options): readonly Program[] {
  const openai = { apiKey: key, maxRetries: 0, configuration: { baseURL: `${url}/v1` } };
  return [
    {
      ...programOf("@langchain/openai", (model) => new ChatOpenAI({ ...openai, model })),
      embed: (model) => new OpenAIEmbeddings({ ...openai, model }).embedDocuments(twoTexts),
    },
    programOf(
      "@langchain/anthropic",
      (model) =>
        new ChatAnthropic({ apiKey: key, anthropicApiUrl: url, maxRetries: 0, maxTokens: 500, model }),
    ),
    programOf(
      "@langchain/google-genai",
      (model) => new ChatGoogleGenerativeAI({ apiKey: key, baseUrl: url, maxRetries: 0, model }),
    ),
  ];
}

type Chat = BaseChatModel & Required<Pick<BaseChatModel, "bindTools">>;

function programOf(name: string, modelOf: (model: string) => unknown): Program {
  const chatOf = (model: string): Chat => modelOf(model) as Chat;
  const textOf = ({ content }: { readonly content: BaseMessage["content"] }): string =>
    typeof content === "string"
      ? content
      : content.map((part) => ("text" in part && typeof part.text === "string" ? part.text : "")).join("");
  return {
    name,
    chat: async (model, prompt) => textOf(await chatOf(model).invoke(prompt)),
    stream: async (model, prompt) => {
      const pieces: string[] = [];
      for await (const chunk of await chatOf(model).stream(prompt)) pieces.push(textOf(chunk));
      return pieces.filter((piece) => piece !== "");
    },
    tools: async (model, prompt, weatherOf) => {
      const weather = tool((input) => Promise.resolve(weatherOf(input)), {
        name: weatherTool.name,
        description: weatherTool.description,
        schema: weatherInput,
      });
      const bound = chatOf(model).bindTools([weather]);
      const question = new HumanMessage(prompt);
      const asked = await bound.invoke([question]);
      const calls =
        (asked as { readonly tool_calls?: readonly { id?: string; name: string; args: unknown }[] })
          .tool_calls ?? [];
      if (calls.length === 0) throw new Error("no call");
      const results = calls.map(
        ({ id = "", name: called, args }) =>
          new ToolMessage({ tool_call_id: id, name: called, content: weatherOf(args) }),
      );
      return textOf(await bound.invoke([question, asked, ...results]));
    },
    structured: (model, prompt) =>
      chatOf(model).withStructuredOutput(report, { method: "jsonSchema", name: "report" }).invoke(prompt),
    image: async (model, text) => {
      const content = [
        { type: "text", text },
        { type: "image_url", image_url: { url: `data:image/png;base64,${pixel}` } },
      ];
      return textOf(await chatOf(model).invoke([new HumanMessage({ content })]));
    },
  };
}
