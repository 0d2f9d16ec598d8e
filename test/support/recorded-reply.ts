import { createGone } from "../../src/platform/node-server/gone.ts";
import type { InboundRequest, Reply } from "../../src/ports/server.ts";
import { plainInbound, plainReply } from "./plain-inbound.ts";

/** A client's side of one request, in memory: what it was sent, and the moment it goes away. */
export interface RecordedReply {
  readonly reply: Reply;
  readonly status: () => number;
  readonly header: (name: string) => string | undefined;
  readonly body: () => string;
  readonly bytes: () => Buffer;
  /** Whether the answer was ended by the server, as a whole. */
  readonly isEnded: () => boolean;
  readonly isDestroyed: () => boolean;
  /** The client closes its connection. */
  readonly goAway: () => void;
}

export function recordedReply(): RecordedReply {
  const chunks: Buffer[] = [];
  let status = 0;
  let headers: readonly string[] = [];
  let isEnded = false;
  let isDestroyed = false;
  const gone = createGone();
  let sent: (() => void) | undefined;
  const take = (chunk: Uint8Array | string): void => {
    if (!gone.isGone()) chunks.push(Buffer.from(chunk));
  };
  const end = (): void => {
    if (gone.isGone() || isEnded) return;
    isEnded = true;
    queueMicrotask(() => {
      if (!gone.isGone()) sent?.();
    });
  };
  const leave = (): void => {
    if (gone.isGone() || isEnded) return;
    gone.tell();
  };
  return {
    reply: {
      ...plainReply,
      whole: (code, list, body) => {
        status = code;
        headers = list;
        take(body);
        end();
      },
      head: (code, list) => {
        status = code;
        headers = list;
      },
      write: (chunk) => {
        take(chunk);
        return true;
      },
      end,
      destroy: () => {
        isDestroyed = true;
        leave();
      },
      onDrain: () => undefined,
      onGone: gone.on,
      onSent: (callback) => {
        sent = callback;
      },
    },
    status: () => status,
    header: (name) => {
      const at = headers.findIndex((item, index) => index % 2 === 0 && item === name);
      return at < 0 ? undefined : headers[at + 1];
    },
    body: () => Buffer.concat(chunks).toString(),
    bytes: () => Buffer.concat(chunks),
    isEnded: () => isEnded,
    isDestroyed: () => isDestroyed,
    goAway: leave,
  };
}

async function* piecesOf(body: Uint8Array | string | undefined): AsyncGenerator<Uint8Array, void> {
  if (body !== undefined) yield Buffer.from(body);
}

/** A request as a server engine would hand it over. */
export function inboundRequest(parts: {
  readonly method?: string;
  readonly target: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Uint8Array | string;
  readonly reply: Reply;
}): InboundRequest {
  const headers: Readonly<Record<string, string>> = { host: "gate.example", ...parts.headers };
  return {
    ...plainInbound,
    method: parts.method ?? "POST",
    target: parts.target,
    rawHeaders: Object.entries(headers).flat(),
    header: (name) => headers[name],
    remoteAddress: "127.0.0.1",
    httpVersion: "1.1",
    readBody: () => Promise.resolve(Buffer.from(parts.body ?? "")),
    streamBody: () => piecesOf(parts.body),
    reply: parts.reply,
  };
}
