import type { TransportFailure } from "../../ports/transport.ts";
import { type Connection, openConnection, type Spans } from "./connection.ts";
import type { Place } from "./socket.ts";

/** One request that wants a stream. */
export interface Waiter {
  /** It may open one now, and must do so in this turn. */
  readonly given: (connection: Connection) => void;
  readonly failed: (failure: TransportFailure) => void;
}

/** The connections to one place. */
export interface Pool {
  /** @returns Gives up waiting. */
  readonly take: (waiter: Waiter) => () => void;
  /** Waits for streams and requests that are on their way. */
  readonly close: () => Promise<void>;
}

/** Connections that take streams; requests above their room wait. */
const connectionsMax = 16;
const waitingMax = 10_000;
/** What a connection that is not open yet is expected to hold. */
const expectedRoom = 100;

/** @param onEmpty There is neither a connection nor a request: the pool may be forgotten. */
export function createPool(place: Place, spans: Spans, onEmpty: () => void): Pool {
  const connections = new Set<Connection>();
  const opening = new Set<Connection>();
  const waiting = new Set<Waiter>();
  let pingEveryMs = spans.pingEveryMs;
  let closing: (() => void) | undefined;
  const live = (): readonly Connection[] => [...connections].filter((connection) => !connection.isLeaving());
  const check = (): void => {
    if (waiting.size > 0) return;
    if (closing !== undefined) for (const connection of live()) connection.close();
    if (connections.size > 0) return;
    onEmpty();
    closing?.();
  };
  const serve = (): void => {
    for (const connection of connections) {
      if (connection.room() > 0) opening.delete(connection);
      for (const waiter of waiting) {
        if (connection.room() <= 0) break;
        waiting.delete(waiter);
        waiter.given(connection);
      }
    }
    if (waiting.size > opening.size * expectedRoom && live().length < connectionsMax) open();
    check();
  };
  const open = (): void => {
    const connection = openConnection(
      place,
      { ...spans, pingEveryMs },
      {
        changed: serve,
        pingedTooOften: () => {
          // gRFC A8: one who is told so asks half as often.
          pingEveryMs *= 2;
        },
        gone: (failure) => {
          connections.delete(connection);
          opening.delete(connection);
          if (failure === undefined) return serve();
          // Others may still take those who wait; a new attempt at once would be a storm.
          if (live().length === 0) refuse(failure);
          check();
        },
      },
    );
    connections.add(connection);
    opening.add(connection);
  };
  const refuse = (failure: TransportFailure): void => {
    for (const waiter of [...waiting]) {
      waiting.delete(waiter);
      waiter.failed(failure);
    }
  };
  return {
    take: (waiter) => {
      if (waiting.size >= waitingMax) {
        const detail = "too many requests wait for a stream";
        waiter.failed({ code: "upstream_unreachable", detail, wasSent: false });
        return () => undefined;
      }
      waiting.add(waiter);
      serve();
      return () => void waiting.delete(waiter);
    },
    close: () =>
      new Promise((resolve) => {
        closing = resolve;
        check();
      }),
  };
}
