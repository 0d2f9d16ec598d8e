/**
 * The upstream of the measured streams: a raw server on TCP that speaks OpenAI's stream dialect and costs little.
 *
 *   request ──▶ head and first chunk at once ──▶ a chunk every 100 ms ──▶ finish, usage, [DONE]
 *
 * `max_tokens` of the request says how many chunks. One timer serves all streams, in ten groups 10 ms apart, so that
 * the chunks of many streams are spread over time. Prints its origin when it listens.
 */
import { createServer, type Socket } from "node:net";
import { tick } from "./payload.ts";

/** Milliseconds between two chunks of one stream. */
export const chunkIntervalMs = 100;
/** To be started as a process of its own. */
export const streamUpstreamProgram = import.meta.filename;

const groups = 10;

interface Stream {
  readonly socket: Socket;
  remaining: number;
}

const head = `HTTP/1.1 200 OK\r\ncontent-type: text/event-stream; charset=utf-8\r\ncache-control: no-cache\r\ntransfer-encoding: chunked\r\n\r\n`;
const opening = Buffer.from(head + framed(chunk({ role: "assistant", content: tick }, null)));
const middle = Buffer.from(framed(chunk({ content: tick }, null)));
const usage = `{"prompt_tokens":212,"completion_tokens":100,"total_tokens":312}`;
const ending = Buffer.from(
  `${framed(chunk({}, "stop"))}${framed(event(`"choices":[],"usage":${usage}`))}${framed("data: [DONE]\n\n")}0\r\n\r\n`,
);

function event(rest: string): string {
  return `data: {"id":"chatcmpl-bench0000000000000000000","object":"chat.completion.chunk","created":1767225600,"model":"bench-model","service_tier":"default","system_fingerprint":"fp_bench",${rest}}\n\n`;
}

function chunk(delta: unknown, finish: string | null): string {
  return event(
    `"choices":[{"index":0,"delta":${JSON.stringify(delta)},"logprobs":null,"finish_reason":${JSON.stringify(finish)}}]`,
  );
}

/** One chunk of HTTP/1.1's chunked coding. */
function framed(text: string): string {
  return `${Buffer.byteLength(text).toString(16)}\r\n${text}\r\n`;
}

function serve(): void {
  const streams = Array.from({ length: groups }, () => new Set<Stream>());
  let opened = 0;
  let turn = 0;

  const advance = (group: Set<Stream>) => {
    for (const stream of group) {
      stream.remaining -= 1;
      stream.socket.write(middle);
      if (stream.remaining > 0) continue;
      group.delete(stream);
      stream.socket.write(ending);
    }
  };

  const server = createServer({ noDelay: true }, (socket) => {
    let received = "";
    let current: { readonly group: Set<Stream>; readonly stream: Stream } | undefined;
    const leave = () => void current?.group.delete(current.stream);
    socket.on("error", leave).on("close", leave);
    socket.on("data", (bytes: Buffer) => {
      received += bytes.toString("latin1");
      const asked = readRequest(received);
      if (asked === undefined) return;
      received = received.slice(asked.length);
      socket.write(opening);
      const group = streams[opened++ % groups] ?? new Set<Stream>();
      current = { group, stream: { socket, remaining: asked.chunks - 1 } };
      group.add(current.stream);
    });
  });

  setInterval(() => advance(streams[turn++ % groups] ?? new Set()), chunkIntervalMs / groups);
  server.listen({ port: 0, host: "127.0.0.1", backlog: 4096 }, () => {
    const address = server.address();
    if (typeof address === "object" && address !== null) console.log(`http://127.0.0.1:${address.port}`);
  });
}

/** The first complete request in `text` with a `content-length` body; `undefined` while it is not complete. */
function readRequest(text: string): { readonly length: number; readonly chunks: number } | undefined {
  const headEnd = text.indexOf("\r\n\r\n");
  if (headEnd < 0) return undefined;
  const isChunked = /\r\ntransfer-encoding: *chunked/i.test(text.slice(0, headEnd + 2));
  const last = isChunked ? text.indexOf("\r\n0\r\n\r\n", headEnd) + 7 : 0;
  const declared = Number(/\r\ncontent-length: *(\d+)/i.exec(text.slice(0, headEnd))?.[1] ?? 0);
  const length = isChunked ? last : headEnd + 4 + declared;
  if (length < headEnd + 4 || text.length < length) return undefined;
  const chunks = Number(/"max_(?:completion_)?tokens": ?(\d+)/.exec(text.slice(headEnd, length))?.[1] ?? 100);
  return { length, chunks };
}

if (process.argv[1] === import.meta.filename) serve();
