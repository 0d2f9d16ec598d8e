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
