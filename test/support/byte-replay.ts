import type { UpstreamRequest } from "../../src/ports/transport.ts";
import { type MemoryGateway, memoryGateway, openaiUpstream } from "./memory-gateway.ts";
import { inboundRequest, recordedReply } from "./recorded-reply.ts";
import type { Recorded } from "./recorded-traffic.ts";
import { type ScriptedTransport, type Step, scriptedTransport } from "./scripted-transport.ts";

/** How an answer is cut into the pieces in which it comes from the upstream. */
export type Cut = (bytes: Buffer) => readonly Buffer[];

/** What one recorded exchange became on its way through the gateway. */
export interface Replayed {
  readonly status: number;
  readonly body: Buffer;
  readonly isEnded: boolean;
  readonly lane: string | undefined;
  /** The body of the first attempt, and where it went. */
  readonly sent: Buffer;
  readonly sentPath: string;
}

/** A gateway in memory whose one upstream speaks all dialects and plays recorded answers. */
export interface ByteReplay {
  readonly memory: MemoryGateway;
  readonly replay: (record: Recorded, cut: Cut, target: string) => Promise<Replayed>;
}

export const whole: Cut = (bytes) => [bytes];
export const every =
  (size: number): Cut =>
  (bytes) =>
    Array.from({ length: Math.ceil(bytes.length / size) }, (_, index) =>
      bytes.subarray(index * size, (index + 1) * size),
    );

export async function byteReplay(): Promise<ByteReplay> {
  let script: readonly Step[] = [];
  const transport: ScriptedTransport = scriptedTransport(() => script);
  const memory = await memoryGateway({
    transport,
    providers: [
      {
        ...openaiUpstream,
        globs: ["*"],
        dialects: ["openai-chat", "openai-responses", "anthropic-messages", "gemini-generate"],
      },
    ],
  });
  return {
    memory,
    replay: async (record, cut, target) => {
      script = [
        { kind: "head", status: record.status, headers: record.headers },
        ...cut(record.response).map((bytes): Step => ({ kind: "data", bytes })),
        { kind: "end" },
      ];
      const client = recordedReply();
      const first = transport.sent.length;
      const headers = {
        authorization: `Bearer ${memory.key}`,
        "content-type": "application/json",
        ...(target.startsWith("/v1/messages") ? { "anthropic-version": "2023-06-01" } : {}),
      };
      memory.gateway.handle(inboundRequest({ target, headers, body: record.request, reply: client.reply }));
      await playFrom(transport, first);
      const request = transport.sent[first]?.request;
      return {
        status: client.status(),
        body: client.bytes(),
        isEnded: client.isEnded(),
        lane: client.header("x-sallyport-lane"),
        sent: bodyOf(request),
        sentPath: request?.path ?? "",
      };
    },
  };
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** Plays all attempts: a refusal may make the gateway ask once more, without what was refused. */
async function playFrom({ sent }: ScriptedTransport, first: number): Promise<void> {
  await turn();
  for (let next = first; next < sent.length; next += 1) {
    while (sent[next]?.step() === true);
    await turn();
  }
}

function bodyOf(request: UpstreamRequest | undefined): Buffer {
  const body = request?.body;
  if (body === undefined) return Buffer.alloc(0);
  if (typeof body === "string" || body instanceof Uint8Array) return Buffer.from(body);
  throw new Error("an AI call sends its body whole");
}
