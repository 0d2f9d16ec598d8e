import type { Frame } from "../exchange/codec.ts";
import type { UpstreamFailure } from "../exchange/failure.ts";
import type { Usage } from "../exchange/usage.ts";
import { errorCatalog, GatewayError } from "../kernel/errors.ts";
import type { TransportFailure, UpstreamExchange, UpstreamHead } from "../ports/transport.ts";
import { type AnswerCheck, brokenContract } from "./answer-check.ts";
import { failureError } from "./failure-error.ts";
import { looksWhole } from "./looks-whole.ts";
import { createOutlet, type StreamSink } from "./outlet.ts";
import type { StreamLane } from "./stream-lane.ts";
import type { Watch } from "./watch.ts";

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

/** What an answer that nobody gets has consumed. */
export interface Spent {
  readonly usage: Usage | undefined;
  /** Of text that came. */
  readonly textBytes: number;
}

/** How a stream begins: with an answer, or with an error that can still fail over. */
export type Opening =
  | { readonly kind: "live"; readonly stream: LiveStream }
  | { readonly kind: "failed"; readonly failure: UpstreamFailure; readonly spent?: Spent };

/** Cuts an upstream's bytes into frames: `framing`. */
export interface FrameReader {
  readonly push: (chunk: Uint8Array) => readonly Frame[];
  readonly end: () => readonly Frame[];
}

/** So much of comments and pings is kept while no answer has begun. */
const heldBytesMax = 1024 * 1024;
/** So many events that are no JSON are left out of one stream; one more breaks it. */
const droppedMax = 3;

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
  /** Held against it is what has been kept back to its end. */
  readonly check: AnswerCheck | undefined;
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
    const unkept = outlet.isOpen() ? undefined : unkeptOf(parts);
    if (unkept !== undefined) {
      isOver = true;
      watch.end();
      parts.open(unkept);
      return;
    }
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

/** A stream that was kept back to its end, and breaks its contract; `undefined`: it may go on. */
function unkeptOf({ check, lane }: FollowParts): Opening | undefined {
  const failure = brokenContract(check);
  if (failure === undefined) return undefined;
  const { usage } = lane.tapped();
  // It was told to its end: what was counted there is all.
  return { kind: "failed", failure, spent: { usage, textBytes: usage === undefined ? lane.textBytes() : 0 } };
}

const wordless: UpstreamFailure = {
  code: "upstream_failed",
  status: errorCatalog.upstream_failed.status,
  message: "an error without words",
};
const emptyAnswer = "the stream has no answer";
