import type { SocketRules } from "../exchange/service-target.ts";
import { GatewayError } from "../kernel/errors.ts";
import { createRoster } from "../kernel/roster.ts";
import type { EpochMs } from "../kernel/units.ts";
import type { Meter } from "../ports/meter.ts";

/** One open socket, as it is shown. */
export interface SocketState {
  /** The id of its request. */
  readonly id: string;
  readonly keyId: string | null;
  readonly keyName: string | null;
  readonly address: string;
  readonly route: string;
  readonly mode: SocketRules["mode"];
  readonly since: EpochMs;
  readonly bytesUp: number;
  readonly bytesDown: number;
  /** `null`: they are not read. */
  readonly messagesUp: number | null;
  readonly messagesDown: number | null;
  /** What its answers have cost up to now, 10^-9 US dollars; `null`: nothing of it has a price. */
  readonly costNanoUsd: number | null;
}

/** Who opens a socket, and where. */
export type SocketAsker = Pick<
  SocketState,
  "id" | "keyId" | "keyName" | "address" | "route" | "mode" | "since"
>;
type SocketCounts = Omit<SocketState, keyof SocketAsker>;

/** A place among the open sockets. */
export interface SocketSeat {
  /** The socket stands: how it is counted, and how it is ended from outside. */
  readonly opened: (socket: { readonly counts: () => SocketCounts; readonly stop: () => void }) => void;
  /** It never stood, or is over; `code`: how it was closed, where that is known. A second call does nothing. */
  readonly left: (code?: number) => void;
}

/** All open sockets of a gateway. */
export interface Sockets {
  /** @throws GatewayError `rate_limited` above a bound of `rules`. */
  readonly enter: (asker: SocketAsker, rules: Pick<SocketRules, "perKeyMax" | "perClientMax">) => SocketSeat;
  readonly messages: (direction: "up" | "down", count: number) => void;
  readonly list: () => readonly SocketState[];
  /** Ends all there are, and all that are opened later. */
  readonly stopAll: () => void;
}

export function createSockets(meter: Meter): Sockets {
  const perKey = tally();
  const perClient = tally();
  const open = createRoster<{ readonly state: () => SocketState; readonly stop: () => void }>();
  let isStopped = false;
  const gauge = meter.gauge({
    name: "sallyport_ws_open",
    help: "Open WebSockets.",
    labels: ["route", "mode"],
  });
  const messages = meter.counter({
    name: "sallyport_ws_messages_total",
    help: "Messages of inspected WebSockets.",
    labels: ["direction"],
  });
  const closed = meter.counter({
    name: "sallyport_ws_closed_total",
    help: "WebSockets that were closed, by the code that the client was told or told; 0: it is not known.",
    labels: ["code"],
    seriesMax: 100,
  });
  return {
    enter: (asker, { perKeyMax, perClientMax }) => {
      const { keyId, address, route, mode } = asker;
      if (keyId !== null && perKey.of(keyId) >= perKeyMax) throw tooMany(`this key`, perKeyMax);
      if (perClient.of(address) >= perClientMax) throw tooMany("this address", perClientMax);
      if (keyId !== null) perKey.add(keyId, 1);
      perClient.add(address, 1);
      let leaveOpen: (() => void) | undefined;
      let isLeft = false;
      return {
        opened: ({ counts, stop }) => {
          gauge.series({ route, mode }).add(1);
          leaveOpen = open.join({ state: () => ({ ...asker, ...counts() }), stop });
          if (isStopped) stop();
        },
        left: (code = 0) => {
          if (isLeft) return;
          isLeft = true;
          if (keyId !== null) perKey.add(keyId, -1);
          perClient.add(address, -1);
          if (leaveOpen === undefined) return;
          leaveOpen();
          gauge.series({ route, mode }).add(-1);
          closed.series({ code: String(code) }).add(1);
        },
      };
    },
    messages: (direction, count) => messages.series({ direction }).add(count),
    list: () => open.members().map(({ state }) => state()),
    stopAll: () => {
      isStopped = true;
      for (const { stop } of open.members()) stop();
    },
  };
}

function tally(): {
  readonly of: (name: string) => number;
  readonly add: (name: string, by: 1 | -1) => void;
} {
  const counts = new Map<string, number>();
  const of = (name: string): number => counts.get(name) ?? 0;
  return {
    of,
    add: (name, by) => {
      const next = of(name) + by;
      if (next > 0) counts.set(name, next);
      else counts.delete(name);
    },
  };
}

const tooMany = (whose: string, max: number): GatewayError =>
  new GatewayError("rate_limited", `more than ${max} sockets of ${whose}`, {
    message: `${max} sockets of ${whose} are open already.`,
  });
