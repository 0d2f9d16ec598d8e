import OpenAI from "openai";
import type { Response as SdkResponse } from "openai/resources/responses/responses";

/** What the official SDK makes of a whole answer. */
export async function sdkResponse(body: string | Uint8Array): Promise<SdkResponse> {
  return client(body, "application/json").responses.create(question);
}

/** What the official SDK makes of a stream once it has ended; rejects as the SDK does. */
export async function sdkFinalResponse(events: string | Uint8Array): Promise<SdkResponse> {
  return client(events, "text/event-stream").responses.stream(question).finalResponse();
}

const question = { model: "any", input: "hello" };

function client(body: string | Uint8Array, type: string): OpenAI {
  return new OpenAI({
    apiKey: "test",
    maxRetries: 0,
    baseURL: "http://127.0.0.1:1",
    fetch: async () =>
      new Response(typeof body === "string" ? body : Buffer.from(body), {
        status: 200,
        headers: { "content-type": type },
      }),
  });
}
