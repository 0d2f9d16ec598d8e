/**
 * Log probabilities across dialects, as the official SDKs read them: what the provider said, in the client's own place.
 * The recorded traffic has none: the upstream's words are made by hand after the providers' API references.
 */
import { GoogleGenAI } from "@google/genai";
import OpenAI from "openai";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type BootedGateway, bootGateway, providerAt } from "../support/booted-gateway.ts";
import { framed, type RawUpstream, rawUpstream, streamHead, wholeAnswer } from "../support/raw-upstream.ts";

const tokens = [
  {
    token: "He",
    logprob: -0.25,
    others: [
      ["He", -0.25],
      ["Yo", -1.5],
    ],
  },
  {
    token: "y",
    logprob: -0.5,
    others: [
      ["y", -0.5],
      ["llo", -0.75],
    ],
  },
] as const;
/** As Chat and Responses tell a token. */
const entry = ({ token, logprob, others }: (typeof tokens)[number]) => ({
  token,
  logprob,
  bytes: [...Buffer.from(token)],
  top_logprobs: others.map(([other, rank]) => ({
    token: other,
    logprob: rank,
    bytes: [...Buffer.from(other)],
  })),
});
const sse = (...data: readonly object[]): string =>
  data.map((one) => `data: ${JSON.stringify(one)}\n\n`).join("");

const chatHead = { id: "c", object: "chat.completion", created: 1, model: "m" };
const chatUsage = { prompt_tokens: 1, completion_tokens: 2, total_tokens: 3 };
const chatWhole = JSON.stringify({
  ...chatHead,
  choices: [
    {
      index: 0,
      message: { role: "assistant", content: "Hey" },
      logprobs: { content: tokens.map(entry), refusal: null },
      finish_reason: "stop",
    },
  ],
  usage: chatUsage,
});
const chatChunk = (delta: object, logprobs: object | null, finish: string | null = null) => ({
  ...chatHead,
  object: "chat.completion.chunk",
  choices: [{ index: 0, delta, logprobs, finish_reason: finish }],
});
const chatStream =
  sse(
    chatChunk({ role: "assistant", content: "" }, null),
    ...tokens.map((one) => chatChunk({ content: one.token }, { content: [entry(one)], refusal: null })),
    chatChunk({}, null, "stop"),
  ) + "data: [DONE]\n\n";

const candidates = tokens.map(({ others }) => ({
  candidates: others.map(([token, logProbability]) => ({ token, logProbability })),
}));
const chosen = tokens.map(({ token, logprob }) => ({ token, logProbability: logprob }));
const geminiChunk = (text: string, steps: readonly number[], finishReason?: string) => ({
  candidates: [
    {
      content: { parts: [{ text }], role: "model" },
      index: 0,
      finishReason,
      logprobsResult: {
        topCandidates: steps.map((step) => candidates[step]),
        chosenCandidates: steps.map((step) => chosen[step]),
      },
    },
  ],
  usageMetadata: { promptTokenCount: 1, candidatesTokenCount: 2, totalTokenCount: 3 },
  modelVersion: "m",
  responseId: "r",
});

let chat: RawUpstream;
let gemini: RawUpstream;
let responses: RawUpstream;
let gateway: BootedGateway;

const text = (logprobs: readonly object[]) => ({
  type: "output_text",
  text: "Hey",
  annotations: [],
  logprobs,
});
const message = (status: string, content: readonly object[]) => ({
  ...{ id: "msg_1", type: "message", role: "assistant", status, content },
});
const response = (status: string, output: readonly object[]) => ({
  ...{ id: "resp_1", object: "response", created_at: 1, model: "m", status, output },
  usage: { input_tokens: 1, output_tokens: 2, total_tokens: 3 },
});
const at = { item_id: "msg_1", output_index: 0, content_index: 0 };
const responsesStream = [
  { type: "response.created", response: response("in_progress", []) },
  { type: "response.output_item.added", output_index: 0, item: message("in_progress", []) },
  { type: "response.content_part.added", ...at, part: { ...text([]), text: "" } },
  ...tokens.map((one) => ({
    type: "response.output_text.delta",
    ...at,
    delta: one.token,
    logprobs: [entry(one)],
  })),
  { type: "response.output_text.done", ...at, text: "Hey", logprobs: tokens.map(entry) },
  { type: "response.content_part.done", ...at, part: text(tokens.map(entry)) },
  {
    type: "response.output_item.done",
    output_index: 0,
    item: message("completed", [text(tokens.map(entry))]),
  },
  {
    type: "response.completed",
    response: response("completed", [message("completed", [text(tokens.map(entry))])]),
  },
];

beforeAll(async () => {
  chat = await rawUpstream(({ body, socket }) =>
    body.includes('"stream":true')
      ? void socket.end(`${streamHead}${framed(chatStream)}0\r\n\r\n`)
      : void socket.write(wholeAnswer(200, chatWhole)),
  );
  gemini = await rawUpstream(({ head, socket }) =>
    head.includes("stream")
      ? void socket.end(
          `${streamHead}${framed(sse(geminiChunk("He", [0]), geminiChunk("y", [1], "STOP")))}0\r\n\r\n`,
        )
      : void socket.write(wholeAnswer(200, JSON.stringify(geminiChunk("Hey", [0, 1], "STOP")))),
  );
  responses = await rawUpstream(({ body, socket }) =>
    body.includes('"stream":true')
      ? void socket.end(
          `${streamHead}${framed(
            responsesStream
              .map((event, number) => `event: ${event.type}\n${sse({ ...event, sequence_number: number })}`)
              .join(""),
          )}0\r\n\r\n`,
        )
      : void socket.write(
          wholeAnswer(
            200,
            JSON.stringify(response("completed", [message("completed", [text(tokens.map(entry))])])),
          ),
        ),
  );
  gateway = await bootGateway(`
providers:
${providerAt("chat", chat.url)}
${providerAt("gemini", gemini.url, { dialect: "gemini-generate" })}
${providerAt("responses", responses.url, { dialect: "openai-responses" })}
`);
});
afterAll(async () => {
  await gateway[Symbol.asyncDispose]();
  for (const upstream of [chat, gemini, responses]) await upstream[Symbol.asyncDispose]();
});

const openai = () =>
  new OpenAI({ apiKey: gateway.key, baseURL: `http://127.0.0.1:${gateway.port}/v1`, maxRetries: 0 });
const google = () =>
  new GoogleGenAI({
    apiKey: gateway.key,
    httpOptions: { baseUrl: `http://127.0.0.1:${gateway.port}/gemini` },
  });
const wanted = tokens.map(entry);
const chatCall = { messages: [{ role: "user" as const, content: "hi" }], logprobs: true, top_logprobs: 2 };

describe.for(["chat", "gemini", "responses"])("log probabilities from %s", (provider) => {
  const model = `${provider}/m`;

  it("reach a Chat client, whole and streamed", async () => {
    const answer = await openai().chat.completions.create({ ...chatCall, model });
    expect(answer.choices[0]?.logprobs?.content).toEqual(wanted);
    const told: unknown[] = [];
    for await (const chunk of await openai().chat.completions.create({ ...chatCall, model, stream: true }))
      told.push(...(chunk.choices[0]?.logprobs?.content ?? []));
    expect(told).toEqual(wanted);
  });

  it("reach a Responses client, whole and streamed", async () => {
    const asked = { model, input: "hi", include: ["message.output_text.logprobs" as const], top_logprobs: 2 };
    const { output } = await openai().responses.create(asked);
    const [content] = output.flatMap((item) => (item.type === "message" ? item.content : []));
    expect(content).toMatchObject({ type: "output_text", text: "Hey", logprobs: wanted });
    const stream = openai().responses.stream(asked);
    const told: unknown[] = [];
    stream.on("response.output_text.delta", ({ logprobs }) => told.push(...logprobs));
    const final = await stream.finalResponse();
    expect(told).toEqual(wanted);
    const [last] = final.output.flatMap((item) => (item.type === "message" ? item.content : []));
    expect(last).toMatchObject({ type: "output_text", text: "Hey", logprobs: wanted });
  });

  it("reach a Gemini client, whole and streamed", async () => {
    const asked = { model, contents: "hi", config: { responseLogprobs: true, logprobs: 2 } };
    const answer = await google().models.generateContent(asked);
    expect(answer.candidates?.[0]?.logprobsResult).toEqual({
      topCandidates: candidates,
      chosenCandidates: chosen,
    });
    const told: unknown[] = [];
    for await (const chunk of await google().models.generateContentStream(asked))
      told.push(...(chunk.candidates?.[0]?.logprobsResult?.chosenCandidates ?? []));
    expect(told).toEqual(chosen);
  });
});
