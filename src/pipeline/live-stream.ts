import type { Frame } from "../exchange/codec.ts";
import type { UpstreamFailure } from "../exchange/failure.ts";
import { errorCatalog, GatewayError } from "../kernel/errors.ts";
import type { TransportFailure, UpstreamExchange, UpstreamHead } from "../ports/transport.ts";
import { failureError } from "./failure-error.ts";
import { looksWhole } from "./looks-whole.ts";
import type { StreamLane } from "./stream-lane.ts";
import type { Watch } from "./watch.ts";

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
  /** Events that were no JSON and were left out. */
  readonly dropped: () => number;
}

/** How much of a stream is kept back at its start, so that a failure in it can be hidden. */
export interface Hold {
  readonly bytes: number;
  /** Releases it when its time is over. */
  readonly start: (release: () => void) => void;
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
/** So many events that are no JSON are left out of one stream; one more breaks it. */
const droppedMax = 3;

/** What has come for the client, until it can be written. */
interface Outlet {
  readonly give: (output: Uint8Array | string | undefined) => void;
  /** Says what is no event of its own. */
  readonly add: (text: string) => void;
  readonly heldBytes: () => number;
  readonly isOpen: () => boolean;
  readonly open: () => void;
  readonly attach: (sink: StreamSink) => void;
  readonly close: (how: (sink: StreamSink) => void) => void;
  readonly flush: () => void;
}

function createOutlet(): Outlet {
  let isOpen = false;
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
  return {
    give: (output) => {
      if (output === undefined) return;
      events += 1;
      if (!isOpen) heldBytes += output.length;
      const last = batch.at(-1);
      const joined = last === undefined ? undefined : join(last, output);
      if (joined === undefined) batch.push(output);
      else batch[batch.length - 1] = joined;
    },
    add: (text) => void batch.push(text),
    heldBytes: () => heldBytes,
    isOpen: () => isOpen,
    open: () => {
      isOpen = true;
    },
    attach: (attached) => {
      sink = attached;
      flush();
    },
    close: (how) => {
      closing = how;
    },
    flush,
  };
}

/** What a stream is followed with. */
export interface FollowParts {
  readonly head: UpstreamHead;
  readonly reader: FrameReader;
  /** Whether the frames that pass are server-sent events, which end in a blank line. */
  readonly isSse: boolean;
  readonly lane: StreamLane;
  readonly exchange: () => UpstreamExchange | undefined;
  readonly watch: Watch;
  /** Absent: nothing is kept back. */
  readonly hold: Hold | undefined;
  readonly open: (opening: Opening) => void;
}

/** How the transport tells a stream, and the watch its end. */
export interface Followed {
  readonly data: (chunk: Uint8Array) => void;
  readonly end: () => void;
  readonly failed: (failure: TransportFailure) => void;
  /** Its time is over. */
  readonly expire: (failure: UpstreamFailure) => void;
}

/**
 * Follows one upstream stream. The head is committed at the first frame that says something: until then `open` is not
 * called with a stream, so that a failure keeps its status or goes to the next target.
 */
export function followStream(parts: FollowParts): Followed {
  const { lane, reader, watch, hold } = parts;
  const outlet = createOutlet();
  let isOver = false;
  let isHolding = false;
  let isAlive = false;
  let dropped = 0;

  const close = (how: (sink: StreamSink) => void): void => {
    isOver = true;
    watch.end();
    outlet.close(how);
  };
  const control = (act: "pause" | "resume" | "abort", watched: "rest" | "touch" | "end") => (): void => {
    isOver ||= act === "abort";
    watch[watched]();
    parts.exchange()?.[act]();
  };
  const openNow = (): void => {
    if (outlet.isOpen()) return;
    outlet.open();
    const stream: LiveStream = {
      head: parts.head,
      lane,
      attach: outlet.attach,
      pause: control("pause", "rest"),
      resume: control("resume", "touch"),
      abort: control("abort", "end"),
      dropped: () => dropped,
    };
    parts.open({ kind: "live", stream });
  };
  /** It says something: it may be shown now, or when what is kept back is released. */
  const speak = (): void => {
    if (hold === undefined || outlet.heldBytes() > hold.bytes) {
      openNow();
      return;
    }
    if (isHolding) return;
    isHolding = true;
    hold.start(() => {
      if (isOver) return;
      openNow();
      outlet.flush();
    });
  };
  const fail = (error: GatewayError, failure: UpstreamFailure): void => {
    if (outlet.isOpen()) close((attached) => attached.failed(error));
    else {
      isOver = true;
      watch.end();
      parts.open({ kind: "failed", failure });
    }
    parts.exchange()?.abort();
  };
  /** Says that the stream cannot be read on. */
  const unreadable = (): GatewayError =>
    new GatewayError("upstream_malformed_response", `${dropped} events of the stream are no JSON`);
  const takeFrame = (frame: Frame): void => {
    if (parts.isSse && !looksWhole(frame)) {
      dropped += 1;
      if (dropped > droppedMax) throw unreadable();
      return;
    }
    const role = lane.push(frame);
    if (role === "error") {
      const failure = lane.failure() ?? wordless;
      fail(failureError(failure), failure);
      return;
    }
    if (role === "end" && !outlet.isOpen() && !isHolding)
      throw new GatewayError("upstream_malformed_response", emptyAnswer);
    outlet.give(lane.output());
    isAlive ||= role === "content" || role === "held";
    if (role === "content") speak();
  };
  const take = (frames: readonly Frame[]): void => {
    for (const frame of frames) {
      if (isOver) return;
      takeFrame(frame);
      if (!isOver && lane.isCut()) {
        openNow();
        close((attached) => attached.end(true));
        parts.exchange()?.abort();
      }
    }
  };
  const finish = (): void => {
    const rest = reader.end();
    take(rest);
    if (isOver) return;
    const isWhole = lane.finish();
    if (!outlet.isOpen() && !isWhole)
      throw dropped > 0 ? unreadable() : new GatewayError("upstream_stream_broken", emptyAnswer);
    openNow();
    if (isWhole) outlet.give(lane.output());
    // A frame that lacked its blank line would swallow the error that has to follow it.
    else if (rest.length > 0 && parts.isSse) outlet.add("\n\n");
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
    outlet.flush();
  };
  const read = (chunk: Uint8Array): void => {
    isAlive = false;
    take(reader.push(chunk));
    if (isAlive && !isOver) {
      watch.begin();
      watch.touch();
    }
    const heldBytes = outlet.heldBytes();
    if (!isOver && !outlet.isOpen() && !isHolding && heldBytes > heldBytesMax)
      throw new GatewayError("upstream_malformed_response", `${emptyAnswer} in ${heldBytes} bytes`);
  };
  return {
    data: (chunk) => guarded(() => read(chunk)),
    end: () => guarded(finish),
    failed: ({ code, detail }) =>
      guarded(() => {
        if (!outlet.isOpen() || !lane.isComplete()) throw new GatewayError(code, detail);
        lane.finish();
        outlet.give(lane.output());
        close((attached) => attached.end(true));
      }),
    expire: (failure) =>
      guarded(() => {
        throw failureError(failure);
      }),
  };
}

const wordless: UpstreamFailure = {
  code: "upstream_failed",
  status: errorCatalog.upstream_failed.status,
  message: "an error without words",
};
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
