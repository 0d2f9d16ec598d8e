import { isKeyId, isLive, isOwnerLive, type KeyDirectory } from "../capabilities/identity/index.ts";
import type { SocketRules } from "../exchange/service-target.ts";
import { GatewayError } from "../kernel/errors.ts";
import { createRoster } from "../kernel/roster.ts";
import { type EpochMs, seconds } from "../kernel/units.ts";
import type { Opener } from "../pipeline/trail.ts";
import type { Clock } from "../ports/clock.ts";
import type { Meter } from "../ports/meter.ts";
import type { Timer } from "../ports/timer.ts";
import type { DeniedTokens } from "./denied-tokens.ts";

/** One open connection, as it is shown. */
export interface SocketState {
  /** The id of its request. */
  readonly id: string;
  readonly keyId: string | null;
  readonly keyName: string | null;
  readonly address: string;
  readonly route: string;
  /** `events`: a stream of server-sent events that lasts as long as its client stays. */
  readonly mode: SocketRules["mode"] | "events";
  readonly since: EpochMs;
  readonly bytesUp: number;
  readonly bytesDown: number;
  /** `null`: they are not read. */
  readonly messagesUp: number | null;
  readonly messagesDown: number | null;
  /** What its answers have cost up to now, 10^-9 US dollars; `null`: nothing of it has a price. */
  readonly costNanoUsd: number | null;
}

/** Who opens a socket, and where. `expiresAt`: from when on that is nobody any more. */
export type SocketAsker = Pick<
  SocketState,
  "id" | "keyId" | "keyName" | "address" | "route" | "mode" | "since"
> &
  Pick<Opener, "expiresAt" | "token" | "owner">;
type SocketCounts = Omit<SocketState, keyof SocketAsker>;

/** Why a socket is ended from outside: the gateway stops, or its key is not valid any more. */
export type SocketStop = "drain" | "revoked";

/** A place among the open sockets. */
export interface SocketSeat {
  /**
   * Who it is that has opened it, where that was not known before.
   * @throws GatewayError `rate_limited` above the bound of a key.
   */
  readonly claimed: (by: Pick<SocketAsker, "keyName" | keyof Opener>) => void;
  /** The socket stands: how it is counted, and how it is ended from outside. */
  readonly opened: (socket: {
    readonly counts: () => SocketCounts;
    readonly stop: (why: SocketStop) => void;
  }) => void;
  /** It never stood, or is over; `code`: how it was closed, where that is known. A second call does nothing. */
  readonly left: (code?: number) => void;
}

/** All open sockets of a gateway. */
export interface Sockets {
  /** @throws GatewayError `rate_limited` above a bound of `rules`. */
  readonly enter: (asker: SocketAsker, rules: Pick<SocketRules, "perKeyMax" | "perClientMax">) => SocketSeat;
  readonly messages: (direction: "up" | "down", count: number) => void;
  readonly list: () => readonly SocketState[];
  /** Ends those whose key or token is not valid any more. */
  readonly stopRevoked: (isValid: (opener: Opener) => boolean) => void;
  /** Ends all there are, and all that are opened later. */
  readonly stopAll: () => void;
}

export function createSockets(meter: Meter): Sockets {
  const perKey = tally();
  const perClient = tally();
  const open = createRoster<{
    readonly opener: () => Opener;
    readonly state: () => SocketState;
    readonly stop: (why: SocketStop) => void;
  }>();
  let isStopped = false;
  const gauge = meter.gauge({
    name: "sallyport_ws_open",
    help: "Open WebSockets.",
    labels: ["route", "mode"],
  });
  const streams = meter.gauge({
    name: "sallyport_streams_open",
    help: "Open streams of events that last as long as their clients stay.",
    labels: ["kind", "route"],
  });
  const openOf = (mode: SocketState["mode"], route: string) =>
    mode === "events" ? streams.series({ kind: "graphql", route }) : gauge.series({ route, mode });
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
      const { expiresAt: _end, token: _token, owner: _owner, ...shown } = asker;
      const { address, route, mode } = shown;
      let { keyId, keyName, expiresAt, token, owner } = asker;
      const take = (key: string | null): void => {
        if (key === null) return;
        if (perKey.of(key) >= perKeyMax) throw tooMany("this key", perKeyMax);
        perKey.add(key, 1);
      };
      if (perClient.of(address) >= perClientMax) throw tooMany("this address", perClientMax);
      take(keyId);
      perClient.add(address, 1);
      let leaveOpen: (() => void) | undefined;
      let isLeft = false;
      return {
        claimed: (by) => {
          if (isLeft || keyId !== null) return;
          take(by.keyId);
          ({ keyId, keyName, expiresAt, token, owner } = by);
        },
        opened: ({ counts, stop }) => {
          openOf(mode, route).add(1);
          leaveOpen = open.join({
            opener: () => ({ keyId, expiresAt, token, owner }),
            state: () => ({ ...shown, keyId, keyName, ...counts() }),
            stop,
          });
          if (isStopped) stop("drain");
        },
        left: (code = 0) => {
          if (isLeft) return;
          isLeft = true;
          if (keyId !== null) perKey.add(keyId, -1);
          perClient.add(address, -1);
          if (leaveOpen === undefined) return;
          leaveOpen();
          openOf(mode, route).add(-1);
          if (mode !== "events") closed.series({ code: String(code) }).add(1);
        },
      };
    },
    messages: (direction, count) => messages.series({ direction }).add(count),
    list: () => open.members().map(({ state }) => state()),
    stopRevoked: (isValid) => {
      for (const { opener, stop } of open.members()) if (!isValid(opener())) stop("revoked");
    },
    stopAll: () => {
      isStopped = true;
      for (const { stop } of open.members()) stop("drain");
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

export interface KeysNow {
  readonly directory: () => KeyDirectory;
  readonly onRevoked: (tell: () => void) => void;
}

/** Tokens that were denied before their end. */
export type DeniedNow = Pick<DeniedTokens, "isDenied" | "onDenied">;

/** How long a connection may outlive its key. Source: protocols specification, section 4: at most 60 s. */
const keysReadEvery = seconds(10);

/** Ends what a key or a token that is not valid any more has open. `open`: sockets, streams or calls. */
export function watchKeys(
  open: Pick<Sockets, "stopRevoked">,
  {
    clock,
    timer,
    keys,
    denied,
  }: {
    readonly clock: Pick<Clock, "now">;
    readonly timer: Timer;
    readonly keys: KeysNow;
    readonly denied: DeniedNow;
  },
): void {
  const isValid = ({ keyId, expiresAt, token, owner }: Opener): boolean => {
    const now = clock.now();
    if (token !== undefined && denied.isDenied(token.issuer, token.id)) return false;
    if (expiresAt !== undefined && now >= expiresAt) return false;
    if (keyId === null) return true;
    // What others than keys have proved has no place in the directory; whom it belongs to may have one.
    return isKeyId(keyId)
      ? isLive(keys.directory(), keyId, now)
      : owner === undefined || isOwnerLive(keys.directory(), owner, now);
  };
  const stopRevoked = (): void => open.stopRevoked(isValid);
  keys.onRevoked(stopRevoked);
  denied.onDenied(stopRevoked);
  // A key may also go while its socket is on the way to stand, or by another's hand.
  timer.every(keysReadEvery, stopRevoked);
}
