import { expect } from "vitest";
import type { RequestRecord } from "../../../src/exchange/settlement.ts";
import { Role } from "../../../src/platform/protobuf/generated/ai/v1/chat_pb.ts";
import { type BootedGateway, bootGateway, providerAt } from "../booted-gateway.ts";
import {
  framed,
  type RawCall,
  type RawUpstream,
  rawUpstream,
  streamHead,
  wholeAnswer,
} from "../raw-upstream.ts";
import { chatAnswer, chatChunk, chatFirst, chatStream } from "../stream-frames.ts";

/** A gateway in front of one provider, whose models are named after what they do. */
export interface AiStand extends AsyncDisposable {
  readonly upstream: RawUpstream;
  readonly gateway: BootedGateway;
  /** Of the gateway. */
  readonly origin: string;
  /** The record of a call, once it is written. */
  readonly recordOf: (id: unknown) => Promise<RequestRecord>;
}

const vectors = JSON.stringify({
  object: "list",
  model: "m-1",
  data: [
    { object: "embedding", index: 0, embedding: [0.5, 1] },
    { object: "embedding", index: 1, embedding: [-1, 0.25] },
  ],
  usage: { prompt_tokens: 4, total_tokens: 4 },
});

/** What the provider does, by the name of the model. */
function answer({ head, body, socket }: RawCall): void {
  const { model, stream } = JSON.parse(body);
  if (head.startsWith("POST /v1/embeddings")) socket.write(wholeAnswer(200, vectors));
  else if (model === "limited")
    socket.write(wholeAnswer(429, '{"error":{"message":"slow down"}}', { "retry-after": "600" }));
  else if (model === "silent") return;
  else if (model === "broken") {
    socket.write(streamHead + framed(chatFirst + chatChunk({ content: "half" })));
    setImmediate(() => socket.destroy());
  } else if (model === "endless") socket.write(streamHead + framed(chatFirst + chatChunk({ content: "on" })));
  else if (stream === true) socket.write(`${streamHead}${framed(chatStream("hé", "llo 🙂"))}0\r\n\r\n`);
  else socket.write(wholeAnswer(200, chatAnswer("héllo 🙂")));
}

/** @param more Further sections of the configuration. */
export async function aiStand(more = ""): Promise<AiStand> {
  const upstream = await rawUpstream(answer);
  const gateway = await bootGateway(`
providers:
${providerAt("chat", upstream.url)}
pricing:
  rows:
    - { match: {}, usdPerMillion: { input: 1, output: 2 }, source: test }
resilience: { retry: { perTarget: 1 } }
${more}
`);
  const { read } = gateway.booted.control.requests;
  return {
    upstream,
    gateway,
    origin: `http://127.0.0.1:${gateway.port}`,
    recordOf: async (id) => {
      await expect.poll(() => read(String(id)), { timeout: 5000 }).toBeDefined();
      return (await read(String(id))) ?? expect.fail("no record");
    },
    [Symbol.asyncDispose]: async () => {
      await gateway[Symbol.asyncDispose]();
      await upstream[Symbol.asyncDispose]();
    },
  };
}

/** The question that every test has. */
export const asked = (model: string) => ({
  model: `chat/${model}`,
  messages: [
    { role: Role.USER, parts: [{ kind: { case: "text" as const, value: { text: "Who goes there?" } } }] },
  ],
});
