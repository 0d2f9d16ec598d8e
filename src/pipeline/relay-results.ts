import { GatewayError } from "../kernel/errors.ts";
import { utf8Length } from "../kernel/utf8.ts";
import type { Clock } from "../ports/clock.ts";
import type { Reply } from "../ports/server.ts";
import type { Relays } from "./relay.ts";
import { type Ending, openerOf, type Trail } from "./trail.ts";

/** How a protocol writes what it tells by events. */
export interface EventWords<Result> {
  readonly result: (result: Result) => string;
  readonly fault: (error: GatewayError) => string;
  readonly complete: string;
  readonly keepAlive: string;
}

/** Results on their way to a client, as events. */
export interface ResultRelay {
  /** Resolves when the last word has been said, or nobody is there to hear it. */
  readonly run: () => Promise<void>;
  /** Says the last word now, an error before it where there is one, and gives up what the results are made of. */
  readonly stop: (error?: GatewayError) => void;
}

/**
 * Writes each result whole when it comes, and no faster than the client reads; between them what keeps a silent stream
 * alive. The head has been written.
 */
export function relayResults<Result>(
  results: AsyncIterable<Result>,
  parts: {
    readonly words: EventWords<Result>;
    readonly reply: Reply;
    readonly trail: Trail<unknown>;
    readonly clock: Clock;
    readonly relays: Pick<Relays, "join">;
    /** Ends what the results are made of. */
    readonly giveUp: () => void;
    readonly onEnd: (ending: Ending) => void;
  },
): ResultRelay {
  const { words, reply, trail, clock } = parts;
  let ending: Ending = { outcome: "completed" };
  let lastWriteAt = clock.monotonic();
  let isOver = false;
  /** Goes on with the next result; absent: nothing is waited for. */
  let goOn: (() => void) | undefined;
  /** Whether the client has room for more. */
  const write = (text: string): boolean => {
    lastWriteAt = clock.monotonic();
    trail.bytesOut += utf8Length(text);
    return reply.write(text);
  };
  const finish = (error?: GatewayError): void => {
    if (isOver || trail.isSettled) return;
    isOver = true;
    if (error !== undefined) {
      ending = { outcome: "failed", error };
      write(words.fault(error));
    }
    write(words.complete);
    reply.end();
    // An answer that has ended tells nobody of room.
    goOn?.();
  };
  const stop = (error?: GatewayError): void => {
    finish(error);
    parts.giveUp();
  };
  reply.onSent(() => parts.onEnd(ending));
  return {
    stop,
    run: async () => {
      const leave = parts.relays.join({
        lastWriteAt: () => lastWriteAt,
        keepAlive: () => {
          lastWriteAt = clock.monotonic();
          if (goOn === undefined && !isOver) write(words.keepAlive);
        },
        cut: stop,
        opener: openerOf(trail),
      });
      try {
        for await (const result of results) {
          if (isOver) return;
          trail.events += 1;
          if (write(words.result(result))) continue;
          await room(reply, (resolve) => {
            goOn = resolve;
          });
          goOn = undefined;
        }
        finish();
      } catch (thrown) {
        finish(GatewayError.from(thrown));
      } finally {
        leave();
      }
    },
  };
}

/** Until the client has read on, or is gone, or somebody says so. */
const room = ({ onDrain, onGone }: Reply, orBy: (resolve: () => void) => void): Promise<void> =>
  new Promise((resolve) => {
    const forget = onGone(resolve);
    const done = (): void => {
      forget();
      resolve();
    };
    onDrain(done);
    orBy(done);
  });
