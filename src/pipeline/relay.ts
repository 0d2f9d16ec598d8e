import { GatewayError } from "../kernel/errors.ts";
import { createRoster } from "../kernel/roster.ts";
import type { Milliseconds, MonotonicMs } from "../kernel/units.ts";
import { utf8Length } from "../kernel/utf8.ts";
import type { Clock } from "../ports/clock.ts";
import type { Reply } from "../ports/server.ts";
import type { LiveStream } from "./live-stream.ts";
import type { StreamSink } from "./outlet.ts";
import { type Ending, type Opener, openerOf, revoked, sinceArrival, type Trail } from "./trail.ts";

/** A stream on its way to its client, as the sweep and the drain see it. */
export interface Relay {
  readonly lastWriteAt: () => MonotonicMs;
  /** Sends the dialect's keep-alive frame; frames are written whole, so it never lands inside one. */
  readonly keepAlive: () => void;
  /** Ends the stream with an error its client understands. */
  readonly cut: (error: GatewayError) => void;
  readonly opener: Opener;
}

/** All streams that are open now. */
export interface Relays {
  /** @returns How the relay leaves, when its stream is over. */
  readonly join: (relay: Relay) => () => void;
  readonly count: () => number;
  /** Keeps silent streams alive; called every few seconds. */
  readonly sweep: (now: MonotonicMs) => void;
  readonly cutAll: (error: GatewayError) => void;
  /** Ends those whose key or token is not valid any more. */
  readonly stopRevoked: (isValid: (opener: Opener) => boolean) => void;
}

export function createRelays(keepAliveAfter: Milliseconds): Relays {
  const open = createRoster<Relay>();
  return {
    join: open.join,
    count: open.size,
    sweep: (now) => {
      for (const relay of open.members()) if (now - relay.lastWriteAt() >= keepAliveAfter) relay.keepAlive();
    },
    cutAll: (error) => {
      for (const relay of open.members()) relay.cut(error);
    },
    stopRevoked: (isValid) => {
      for (const relay of open.members()) if (!isValid(relay.opener)) relay.cut(revoked());
    },
  };
}

/** Relays a live stream to its client with backpressure, and says once how it ended. The head has been written. */
export function relayStream(parts: {
  readonly stream: LiveStream;
  readonly reply: Reply;
  /** The dialect's frame that keeps a silent stream alive; `""`: it has none. */
  readonly keepAlive: string;
  readonly trail: Trail<unknown>;
  readonly clock: Clock;
  readonly relays: Relays;
  /** The answer has come whole; its end is written next. */
  readonly onWhole: () => void;
  /** Told exactly once: when the last byte was handed over, or when the client was gone before. */
  readonly onEnd: (ending: Ending) => void;
}): void {
  const { stream, reply, trail, clock } = parts;
  let lastWriteAt = clock.monotonic();
  let isOver = false;
  let isPaused = false;
  let ending: Ending = { outcome: "aborted" };
  const finish = (how: Ending): void => {
    isOver = true;
    ending = how;
    leave();
  };
  const write = (chunk: Uint8Array | string): void => {
    trail.bytesOut += typeof chunk === "string" ? utf8Length(chunk) : chunk.byteLength;
    if (reply.write(chunk) || isPaused) return;
    isPaused = true;
    stream.pause();
    reply.onDrain(() => {
      isPaused = false;
      if (!isOver) stream.resume();
    });
  };
  const breakOff = (error: GatewayError): void => {
    if (isOver) return;
    stream.abort();
    finish({ outcome: "failed", error });
    write(stream.lane.broken(error));
    reply.end();
  };
  const sink: StreamSink = {
    write: (chunks, events) => {
      if (isOver) return;
      lastWriteAt = clock.monotonic();
      trail.firstByteMs ??= sinceArrival(trail, lastWriteAt);
      trail.events += events;
      for (const chunk of chunks) write(chunk);
    },
    end: (isWhole) => {
      if (isOver) return;
      if (!isWhole) {
        breakOff(
          new GatewayError("upstream_stream_broken", "the upstream closed before its answer was whole"),
        );
        return;
      }
      finish({ outcome: "completed" });
      parts.onWhole();
      reply.end();
    },
    failed: breakOff,
  };
  const relay: Relay = {
    lastWriteAt: () => lastWriteAt,
    keepAlive: () => {
      lastWriteAt = clock.monotonic();
      if (!isPaused && parts.keepAlive !== "") write(parts.keepAlive);
    },
    cut: breakOff,
    opener: openerOf(trail),
  };
  const leave = parts.relays.join(relay);
  reply.onSent(() => parts.onEnd(ending));
  reply.onGone(() => {
    if (!isOver) {
      stream.abort();
      finish({ outcome: "aborted" });
    }
    // A broken upstream stays the cause, even if the client did not wait to hear of it.
    parts.onEnd(ending.outcome === "failed" ? ending : { outcome: "aborted" });
  });
  stream.attach(sink);
}
