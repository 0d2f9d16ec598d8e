import type { Frame } from "../exchange/codec.ts";
import type { UpstreamFailure } from "../exchange/failure.ts";
import { GatewayError } from "../kernel/errors.ts";
import type { TransportFailure, UpstreamExchange, UpstreamHead } from "../ports/transport.ts";
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

/** Cuts an upstream's bytes into frames: `framing/sse`. */
export interface FrameReader {
  readonly push: (chunk: Uint8Array) => readonly Frame[];
  readonly end: () => readonly Frame[];
}

/**
 * Follows one upstream stream. The head is committed at the first frame that is no error, comment or ping: until then
 * `open` is not called with a stream, so that a failure keeps its status or goes to the next target.
 */
export function followStream(parts: {
  readonly head: UpstreamHead;
  readonly reader: FrameReader;
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
          status: 502,
          message: "an error without words",
        };
        fail(failureError(failure), failure);
        return;
      }
      give(lane.output());
      if (!isOpen && role !== "idle") openNow();
    }
  };
  return {
    data: (chunk) => {
      if (isOver) return;
      try {
        take(reader.push(chunk));
      } catch (thrown) {
        const error = GatewayError.from(thrown);
        fail(error, { code: error.code, status: error.status, message: error.detail });
      }
      flush();
    },
    end: () => {
      if (isOver) return;
      take(reader.end());
      if (!isOver) {
        const isWhole = lane.finish();
        if (isWhole) give(lane.output());
        if (isOpen || isWhole) {
          if (!isOpen) openNow();
          close((attached) => attached.end(isWhole));
        } else {
          isOver = true;
          parts.open({
            kind: "failed",
            failure: {
              code: "upstream_stream_broken",
              status: 502,
              message: "the stream ended without an answer",
            },
          });
        }
      }
      flush();
    },
    failed: (failure) => {
      if (isOver) return;
      const error = new GatewayError(failure.code, failure.detail);
      if (!isOpen) fail(error, { code: failure.code, status: error.status, message: failure.detail });
      else if (lane.isComplete()) close((attached) => attached.end(true));
      else close((attached) => attached.failed(error));
      flush();
    },
  };
}

/** What a client is told of an upstream's failure: the upstream's words only where they concern the client's own request. */
export function failureError(failure: UpstreamFailure): GatewayError {
  const known = new GatewayError(failure.code, failure.message);
  return new GatewayError(failure.code, failure.message, {
    ...(known.kind.owner === "client" ? { message: failure.message } : {}),
    ...(failure.param === undefined ? {} : { param: failure.param }),
    ...(failure.upstreamCode === undefined ? {} : { upstreamCode: failure.upstreamCode }),
    ...(failure.retryAfterMs === undefined ? {} : { retryAfterMs: failure.retryAfterMs }),
    status: failure.status,
  });
}

/** One chunk of two that lie side by side in one buffer, or of two texts: a socket write costs more than this look. */
function join(left: Uint8Array | string, right: Uint8Array | string): Uint8Array | string | undefined {
  if (typeof left === "string" || typeof right === "string") {
    return typeof left === "string" && typeof right === "string" ? left + right : undefined;
  }
  if (left.buffer !== right.buffer || left.byteOffset + left.byteLength !== right.byteOffset)
    return undefined;
  return new Uint8Array(left.buffer, left.byteOffset, left.byteLength + right.byteLength);
}
