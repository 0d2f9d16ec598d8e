import type { UpstreamFailure } from "../exchange/failure.ts";
import type { ServiceTarget } from "../exchange/service-target.ts";
import type { Site } from "../exchange/target.ts";
import { errorCatalog, GatewayError } from "../kernel/errors.ts";
import { milliseconds, seconds } from "../kernel/units.ts";
import { utf8Length } from "../kernel/utf8.ts";
import { failureError } from "../pipeline/failure-error.ts";
import { failureOf } from "../pipeline/read-answer.ts";
import type { MessageLimits, MessageSocket } from "../ports/message-socket.ts";
import type { UpstreamHead } from "../ports/transport.ts";
import {
  greetingOf,
  newUpstreamSocket,
  stepUpstreamSocket,
  transportProtocol,
  type UpstreamSocketEffect,
  type UpstreamSocketEvent,
  type UpstreamSocketSettings,
} from "../protocols/graphql/index.ts";
import { checkSwitched, handshakeHeaders, type UpstreamHandshake } from "../protocols/websocket/index.ts";
import { type AskPorts, askGuarded, type DialTools, type GuardedAsk, gone } from "./graphql-leave.ts";
import { createQueue, type PieceQueue } from "./piece-queue.ts";
import { statusFailure } from "./rest-call.ts";
import { nonceOf } from "./socket-door.ts";
import type { SocketParts } from "./socket-session.ts";
import { switchingTransport } from "./socket-switch.ts";

/** A subscription at a service that is asked for it on a WebSocket. */
export interface GraphqlDial {
  readonly target: ServiceTarget;
  readonly pathAt: (site: Site) => string;
  /** Without those of the handshake. */
  readonly headersAt: (site: Site) => readonly string[];
  /** The request as JSON text. */
  readonly request: string;
}

const limits: MessageLimits = {
  messageBytesMax: 8 * 1024 * 1024,
  fragmentsMax: 1024,
  waitingBytesMax: 1024 * 1024,
  closeTimeout: milliseconds(5000),
  pingInterval: seconds(30),
  missedPingsMax: 2,
};
/** The protocol's own pings: servers count frames of pings for nothing. */
const pingMs = 15_000;

/**
 * The results of a subscription that a service tells on a WebSocket of its own, with leave of its breaker, slots and
 * bounds, and no faster than they are taken. Who takes no more must end the iteration.
 * @throws GatewayError
 */
export async function* subscribeBySocket(dial: GraphqlDial, ports: AskPorts): AsyncGenerator<string, void> {
  const { target } = dial;
  const { signal, dialTools: tools } = ports;
  const ask = await askGuarded({ target, isStream: true }, ports);
  const { site, permit } = ask;
  const queue = createQueue<string>();
  const handshake = { key: nonceOf(tools.random), protocols: [transportProtocol] };
  const { transport, connection } = switchingTransport(tools.tunnels);
  let talk: Talk | undefined;
  const fail = (failure: UpstreamFailure): void => {
    ask.failed(failure);
    queue.fail(failureError(failure));
  };
  const exchange = transport.send(
    {
      permit,
      origin: site.origin,
      path: dial.pathAt(site),
      method: "GET",
      headers: [...dial.headersAt(site), ...handshakeHeaders(handshake)],
      body: undefined,
      connectTimeout: target.connectTimeout,
      headTimeout: target.headTimeout,
      idleTimeout: target.idleTimeout,
      ...(site.tls === undefined ? {} : { tls: site.tls }),
    },
    {
      head: (head) => {
        const upstream = connection();
        const failure = handshakeFailure(head, handshake, tools.sockets);
        if (upstream === undefined || failure !== undefined) {
          upstream?.socket.destroy();
          exchange.abort();
          return fail(failure ?? unswitched(head));
        }
        const socket = tools.sockets.messageSockets.connect(upstream, limits);
        const settings = {
          request: dial.request,
          greeting: greetingOf(site.headers),
          acknowledgeMs: target.headTimeout,
          pingMs,
          messageBytesMax: limits.messageBytesMax,
        };
        talk = openTalk(socket, settings, { ask, queue, fail, head, timer: tools.sockets.timer });
      },
      data: () => undefined,
      end: () => undefined,
      failed: (failure) => fail(failureOf(failure)),
    },
  );
  const leave = (): void => {
    signal.removeEventListener("abort", forget);
    exchange.abort();
    talk?.cancel();
    ask.left();
  };
  const forget = (): void => {
    leave();
    queue.fail(gone());
  };
  signal.addEventListener("abort", forget);
  yield* queue.read(leave);
}

interface Talk {
  readonly cancel: () => void;
}

function openTalk(
  socket: MessageSocket,
  settings: UpstreamSocketSettings,
  {
    ask,
    queue,
    fail,
    head,
    timer,
  }: {
    readonly ask: GuardedAsk;
    readonly queue: PieceQueue<string>;
    readonly fail: (failure: UpstreamFailure) => void;
    readonly head: UpstreamHead;
    readonly timer: SocketParts["timer"];
  },
): Talk {
  const timers = new Map<string, () => void>();
  let state = newUpstreamSocket;
  /** Our client takes no more of it for now. */
  let isUntaken = false;
  /** The service does not read what it is told, be it only our answers to its pings. */
  let isUnread = false;
  const read = (): void => {
    if (!isUntaken && !isUnread) socket.resume();
  };
  const take = (event: UpstreamSocketEvent): void => {
    const step = stepUpstreamSocket(state, event, settings);
    state = step.state;
    if (state.phase === "ended") for (const cancel of timers.values()) cancel();
    for (const effect of step.effects) act(effect);
  };
  const act = (effect: UpstreamSocketEffect): void => {
    switch (effect.kind) {
      case "send":
        ask.flow.sent += utf8Length(effect.text);
        if (socket.send(effect.text)) return;
        isUnread = true;
        return socket.pause();
      case "close":
        return socket.close(effect.code, effect.reason);
      case "timer":
        return setTimer(effect);
      case "acknowledged":
        return ask.answered(head);
      case "next":
        return tell(effect.result);
      case "refused":
        queue.push(`{"errors":${effect.errors}}`, () => undefined);
        return queue.end();
      case "complete":
        return queue.end();
      case "failed":
        return fail({
          code: effect.code,
          status: errorCatalog[effect.code].status,
          message: effect.detail,
        });
    }
  };
  const setTimer = (effect: UpstreamSocketEffect & { readonly kind: "timer" }): void => {
    timers.get(effect.timer)?.();
    const due = (): void => {
      // What is not read for now may hold its pong.
      if (effect.timer === "ping" && isUntaken) setTimer(effect);
      else take({ kind: "timer", timer: effect.timer });
    };
    timers.set(effect.timer, timer.after(milliseconds(effect.ms), due));
  };
  const tell = (result: string): void => {
    const resume = (): void => {
      isUntaken = false;
      read();
    };
    if (!queue.push(result, resume) || isUntaken) return;
    isUntaken = true;
    socket.pause();
  };
  socket.listen({
    message: (message) => {
      ask.flow.received += typeof message === "string" ? utf8Length(message) : message.length;
      take(typeof message === "string" ? { kind: "message", text: message } : { kind: "binary" });
    },
    drain: () => {
      isUnread = false;
      read();
    },
    closed: ({ code }) => take({ kind: "gone", code }),
  });
  take({ kind: "open" });
  return { cancel: () => take({ kind: "cancel" }) };
}

const unswitched = ({ status }: UpstreamHead): UpstreamFailure => ({
  code: refusals.get(status) ?? "upstream_malformed_response",
  status: 502,
  message: `status ${status} to a handshake`,
});

const refusals: ReadonlyMap<number, UpstreamFailure["code"]> = new Map([
  [401, "upstream_auth_failed"],
  [403, "upstream_forbidden"],
  [429, "upstream_rate_limited"],
]);

/** What is wrong with the answer to a handshake; absent: nothing. */
function handshakeFailure(
  head: UpstreamHead,
  asked: UpstreamHandshake,
  { sha1 }: DialTools["sockets"],
): UpstreamFailure | undefined {
  if (head.status !== 101) return statusFailure(head) ?? unswitched(head);
  try {
    const { protocol } = checkSwitched(head, asked, sha1);
    if (protocol === transportProtocol) return undefined;
    throw new GatewayError("upstream_malformed_response", `it does not speak ${transportProtocol}`);
  } catch (thrown) {
    const { code, status, detail } = GatewayError.from(thrown);
    return { code, status, message: detail };
  }
}
