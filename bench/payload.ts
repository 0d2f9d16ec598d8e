/** The request that is measured: a chat completion of about 1 KiB, as JSON. */
export const chatRequest = JSON.stringify({
  model: "bench-model",
  messages: [
    { role: "system", content: "You answer questions about shipping containers in one short paragraph." },
    { role: "user", content: filler(800) },
  ],
  temperature: 0.2,
  max_tokens: 256,
});

/** The answer of the mock upstream: a completion of about 1.1 KiB with usage, as JSON. */
export const chatCompletion = JSON.stringify({
  id: "chatcmpl-bench0000000000000000000",
  object: "chat.completion",
  created: 1_767_225_600,
  model: "bench-model",
  choices: [
    {
      index: 0,
      message: { role: "assistant", content: filler(780), refusal: null },
      logprobs: null,
      finish_reason: "stop",
    },
  ],
  usage: { prompt_tokens: 212, completion_tokens: 148, total_tokens: 360 },
  service_tier: "default",
  system_fingerprint: "fp_bench",
});

/** What every chunk of a measured stream carries once as its text, so that a client of any dialect can count chunks. */
export const tick = "tick-7f3a ";

/** The request that opens a measured stream of `events` chunks. @returns Target and JSON body in the client's dialect. */
export function streamRequest(
  dialect: ClientDialect,
  events: number,
): { readonly target: string; readonly body: string } {
  const common = { model: "bench-model", max_tokens: events, stream: true };
  const messages = [{ role: "user", content: filler(800) }];
  return dialect === "openai"
    ? { target: "/v1/chat/completions", body: JSON.stringify({ ...common, messages }) }
    : { target: "/v1/messages", body: JSON.stringify({ ...common, messages }) };
}

/** What a client of a stream speaks. The upstream of every stream speaks OpenAI's dialect. */
export type ClientDialect = "openai" | "anthropic";

function filler(length: number): string {
  return "A container is lifted, stacked and forgotten until somebody asks where it is. "
    .repeat(Math.ceil(length / 70))
    .slice(0, length);
}
