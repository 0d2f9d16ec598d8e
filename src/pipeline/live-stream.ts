import type { Frame } from "../exchange/codec.ts";
import type { UpstreamFailure } from "../exchange/failure.ts";
import { errorCatalog, GatewayError } from "../kernel/errors.ts";
import type { TransportFailure, UpstreamExchange, UpstreamHead } from "../ports/transport.ts";
import { failureError } from "./failure-error.ts";
import type { StreamLane } from "./stream-lane.ts";

/** Receives the client's side of a stream. `write` any number of times, then exactly one of the others. */
export interface StreamSink {
  /** What one turn of the event loop brought, to be written at once. */
  readonly write: (chunks: readonly (Uint8Array | string)[], events: number) => void;
  /** The upstream closed by its framing. */
  readonly end: (isWhole: boolean) => void;
  readonly failed: (error: GatewayError) => void;
}

/** A streamed answer whose first frame has come. */
export interface LiveStream {
  readonly head: UpstreamHead;
  readonly lane: StreamLane;
  /** Gives what has come so far, then what comes. */
  readonly attach: (sink: StreamSink) => void;
  readonly pause: () => void;
  readonly resume: () => void;
  readonly abort: () => void;
}

/** How a stream begins: with an answer, or with an error that can still fail over. */
export type Opening =
  | { readonly kind: "live"; readonly stream: LiveStream }
  | { readonly kind: "failed"; readonly failure: UpstreamFailure };

/** Cuts an upstream's bytes into frames: `framing`. */
export interface FrameReader {
  readonly push: (chunk: Uint8Array) => readonly Frame[];
  readonly end: () => readonly Frame[];
}

/** So much of comments and pings is kept while no answer has begun. */
const heldBytesMax = 1024 * 1024;

/**
 * Follows one upstream stream. The head is committed at the first frame that is no error, comment or ping: until then
 * `open` is not called with a stream, so that a failure keeps its status or goes to the next target.
 */
export function followStream(parts: {
  readonly head: UpstreamHead;
  readonly reader: FrameReader;
  /** Whether the frames that pass are server-sent events, which end in a blank line. */
  readonly isSse: boolean;
  readonly lane: StreamLane;
  readonly exchange: () => UpstreamExchange | undefined;
  readonly open: (opening: Opening) => void;
}): {
  readonly data: (chunk: Uint8Array) => void;
  readonly end: () => void;
  readonly failed: (failure: TransportFailure) => void;
} {
  const { lane, reader } = parts;
  let isOpen = false;
  let isOver = false;
  let sink: StreamSink | undefined;
  let batch: (Uint8Array | string)[] = [];
  let heldBytes = 0;
  let events = 0;
  let closing: ((sink: StreamSink) => void) | undefined;

  const flush = (): void => {
    if (sink === undefined || !isOpen) return;
    if (batch.length > 0) {
      const chunks = batch;
      const count = events;
      batch = [];
      events = 0;
      sink.write(chunks, count);
    }
    if (closing !== undefined) {
      const close = closing;
      closing = undefined;
      close(sink);
    }
  };
  const close = (how: (sink: StreamSink) => void): void => {
    isOver = true;
    closing = how;
  };
  const openNow = (): void => {
    isOpen = true;
    const control = (act: "pause" | "resume" | "abort") => () => {
      if (act === "abort") isOver = true;
      parts.exchange()?.[act]();
    };
    parts.open({
      kind: "live",
      stream: {
        head: parts.head,
        lane,
        attach: (attached) => {
          sink = attached;
          flush();
        },
        pause: control("pause"),
        resume: control("resume"),
        abort: control("abort"),
      },
    });
  };
  const give = (output: Uint8Array | string | undefined): void => {
    if (output === undefined) return;
    events += 1;
    if (!isOpen) heldBytes += output.length;
    const last = batch.at(-1);
    const joined = last === undefined ? undefined : join(last, output);
    if (joined === undefined) batch.push(output);
    else batch[batch.length - 1] = joined;
  };
  const fail = (error: GatewayError, failure: UpstreamFailure): void => {
    if (isOpen) close((attached) => attached.failed(error));
    else {
      isOver = true;
      parts.open({ kind: "failed", failure });
    }
    parts.exchange()?.abort();
  };
  const take = (frames: readonly Frame[]): void => {
    for (const frame of frames) {
      if (isOver) return;
      const role = lane.push(frame);
      if (role === "error") {
        const failure = lane.failure() ?? {
          code: "upstream_failed",
          status: errorCatalog.upstream_failed.status,
          message: "an error without words",
        };
        fail(failureError(failure), failure);
        return;
      }
      if (!isOpen && role === "end") throw new GatewayError("upstream_malformed_response", emptyAnswer);
      give(lane.output());
      if (!isOpen && role === "content") openNow();
      if (lane.isCut()) {
        close((attached) => attached.end(true));
        parts.exchange()?.abort();
        return;
      }
    }
  };
  const finish = (): void => {
    const rest = reader.end();
    take(rest);
    if (isOver) return;
    const isWhole = lane.finish();
    if (!isOpen && !isWhole) throw new GatewayError("upstream_stream_broken", emptyAnswer);
    if (!isOpen) openNow();
    if (isWhole) give(lane.output());
    // A frame that lacked its blank line would swallow the error that has to follow it.
    else if (rest.length > 0 && parts.isSse) batch.push("\n\n");
    close((attached) => attached.end(isWhole));
  };
  /** Whatever is thrown while frames are read ends the stream: nobody above would hear of it. */
  const guarded = (read: () => void): void => {
    if (isOver) return;
    try {
      read();
    } catch (thrown) {
      const error = GatewayError.from(thrown);
      fail(error, { code: error.code, status: error.status, message: error.detail });
    }
    flush();
  };
  return {
    data: (chunk) =>
      guarded(() => {
        take(reader.push(chunk));
        if (!isOpen && heldBytes > heldBytesMax)
          throw new GatewayError("upstream_malformed_response", `${emptyAnswer} in ${heldBytes} bytes`);
      }),
    end: () => guarded(finish),
    failed: ({ code, detail }) =>
      guarded(() => {
        if (!isOpen || !lane.isComplete()) throw new GatewayError(code, detail);
        close((attached) => attached.end(true));
      }),
  };
}

const emptyAnswer = "the stream has no answer";

/** One chunk of two that lie side by side in one buffer, or of two texts: a socket write costs more than this look. */
function join(left: Uint8Array | string, right: Uint8Array | string): Uint8Array | string | undefined {
  if (typeof left === "string" || typeof right === "string") {
    return typeof left === "string" && typeof right === "string" ? left + right : undefined;
  }
  if (left.buffer !== right.buffer || left.byteOffset + left.byteLength !== right.byteOffset)
    return undefined;
  return new Uint8Array(left.buffer, left.byteOffset, left.byteLength + right.byteLength);
}
