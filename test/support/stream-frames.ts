/** Frames as OpenAI and Anthropic stream them, small enough to read in a test. */

const chunkOf = (more: Readonly<Record<string, unknown>>): string =>
  `data: ${JSON.stringify({ id: "chatcmpl-1", object: "chat.completion.chunk", created: 1, model: "m-1", ...more })}\n\n`;

/** One chunk of a Chat stream. */
export const chatChunk = (delta: Readonly<Record<string, unknown>>, finish: string | null = null): string =>
  chunkOf({ choices: [{ index: 0, delta, finish_reason: finish }] });

export const chatFirst: string = chatChunk({ role: "assistant", content: "" });
export const chatUsage = (prompt: number, completion: number): string =>
  chunkOf({
    choices: [],
    usage: { prompt_tokens: prompt, completion_tokens: completion, total_tokens: prompt + completion },
  });
export const chatDone = "data: [DONE]\n\n";

/** A whole Chat stream of these texts. */
export const chatStream = (...texts: readonly string[]): string =>
  [
    chatFirst,
    ...texts.map((content) => chatChunk({ content })),
    chatChunk({}, "stop"),
    chatUsage(9, 3),
    chatDone,
  ].join("");

/** A whole Chat answer that was not streamed. */
export const chatAnswer = (content: string): string =>
  JSON.stringify({
    id: "chatcmpl-1",
    object: "chat.completion",
    created: 1,
    model: "m-1",
    choices: [{ index: 0, message: { role: "assistant", content }, finish_reason: "stop" }],
    usage: { prompt_tokens: 9, completion_tokens: 3, total_tokens: 12 },
  });

const event = (data: { readonly type: string; readonly [member: string]: unknown }): string =>
  `event: ${data.type}\ndata: ${JSON.stringify(data)}\n\n`;

/** The beginning of a Messages stream, up to the first block. */
export const messageStart: string =
  event({
    type: "message_start",
    message: {
      id: "msg_1",
      type: "message",
      role: "assistant",
      model: "m-1",
      content: [],
      stop_reason: null,
      stop_sequence: null,
      usage: { input_tokens: 1000, output_tokens: 1 },
    },
  }) +
  event({
    type: "content_block_start",
    index: 0,
    content_block: { type: "text", text: "" },
  });

export const messageText = (text: string): string =>
  event({
    type: "content_block_delta",
    index: 0,
    delta: { type: "text_delta", text },
  });

/** The end of a Messages stream. */
export const messageStop: string =
  event({ type: "content_block_stop", index: 0 }) +
  event({
    type: "message_delta",
    delta: { stop_reason: "end_turn", stop_sequence: null },
    usage: { output_tokens: 3 },
  }) +
  event({ type: "message_stop" });

const responsesEvent = (type: string, more: object): string =>
  `event: ${type}\ndata: ${JSON.stringify({ type, ...more })}\n\n`;
const item = { id: "msg_1", type: "message", role: "assistant", status: "in_progress", content: [] };

/** All that stands before the first word of a Responses stream. */
export const responsesStart = [
  responsesEvent("response.created", {
    sequence_number: 0,
    response: {
      id: "resp_1",
      object: "response",
      created_at: 1,
      model: "m",
      status: "in_progress",
      output: [],
    },
  }),
  responsesEvent("response.output_item.added", { sequence_number: 1, output_index: 0, item }),
  responsesEvent("response.content_part.added", {
    ...{ sequence_number: 2, item_id: "msg_1", output_index: 0, content_index: 0 },
    part: { type: "output_text", text: "", annotations: [] },
  }),
].join("");

export const responsesText = (delta: string): string =>
  responsesEvent("response.output_text.delta", {
    ...{ sequence_number: 3, item_id: "msg_1", output_index: 0, content_index: 0, delta },
  });

/** A chunk of a Gemini stream that tells a prompt of 1,000 tokens. */
export const geminiText = (text: string): string =>
  `data: ${JSON.stringify({
    candidates: [{ content: { parts: [{ text }], role: "model" }, index: 0 }],
    usageMetadata: { promptTokenCount: 1000, candidatesTokenCount: 1, totalTokenCount: 1001 },
    modelVersion: "m",
  })}\n\n`;
