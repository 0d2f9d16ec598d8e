import type { SocketRules } from "../exchange/service-target.ts";
import { GatewayError } from "../kernel/errors.ts";
import { milliseconds } from "../kernel/units.ts";
import type { SwitchedConnection } from "../ports/byte-socket.ts";
import {
  newSocket,
  type SocketEffect,
  type SocketEvent,
  type SocketState,
  socketSettings,
  stepSocket,
  takesProtocol,
  transportProtocol,
} from "../protocols/graphql/index.ts";
import { closeReasonOf, drainReason } from "../protocols/websocket/index.ts";
import { runOnSocket } from "./graphql-on-socket.ts";
import type { GraphqlDoorPorts, GraphqlServing } from "./graphql-serving.ts";
import { addressOf, askerOf, readHandshake } from "./socket-door.ts";
import { keysOfInit } from "./socket-keys.ts";
import { holdByMessages, type SessionEnding } from "./socket-session.ts";
import { endedAs, takeClient } from "./socket-switch.ts";
import type { SocketSeat } from "./sockets.ts";

/** What a client is told whose key is not valid, or is not any more. */
const forbidden = { code: 4403, reason: "Forbidden" } as const;

/**
 * GraphQL over WebSocket: each operation passes the doors as a request of its own would.
 * @throws GatewayError when the handshake is not taken.
 * Source: GraphQL over WebSocket Protocol (`graphql-transport-ws`).
 */
export function serveSocket(serving: GraphqlServing, ports: GraphqlDoorPorts): void {
  const { inbound, trail, identified } = serving;
  const { rule, id } = identified.route;
  const { sockets: rules } = rule;
  if (rules === undefined) throw new GatewayError("internal", `the route ${id} has no rules for sockets`);
  const handshake = readHandshake(inbound, rules.origins);
  const isSpoken = takesProtocol(handshake.protocols);
  const seat = ports.sockets.open.enter(
    {
      id: trail.id,
      ...askerOf(identified),
      address: addressOf(inbound, trail.snapshot),
      route: id,
      mode: rules.mode,
      since: trail.at,
    },
    rules,
  );
  try {
    const agreed = isSpoken ? { protocol: transportProtocol } : {};
    const extra = ports.commonHeaders(trail);
    const client = takeClient(inbound, { handshake, agreed, extra }, ports.sockets);
    trail.status = 101;
    trail.stages.record("encode", "switch", "to a WebSocket");
    ports.stands(trail);
    talk({ serving, ports, rules, seat, client, isSpoken });
  } catch (thrown) {
    seat.left();
    throw thrown;
  }
}

interface Talk {
  readonly serving: GraphqlServing;
  readonly ports: GraphqlDoorPorts;
  readonly rules: SocketRules;
  readonly seat: SocketSeat;
  readonly client: SwitchedConnection;
  readonly isSpoken: boolean;
}

function talk({ serving, ports, rules, seat, client, isSpoken }: Talk): void {
  const { trail, identified } = serving;
  const { timer } = ports.sockets;
  const settings = { ...socketSettings, variablesBytesMax: serving.route.variablesBytesMax };
  const timers = new Map<string, () => void>();
  const running = new Map<number, AbortController>();
  let { presented } = identified;
  let state: SocketState = newSocket;
  let refusal: GatewayError | undefined;

  const take = (event: SocketEvent): void => {
    const step = stepSocket(state, event, settings);
    state = step.state;
    for (const effect of step.effects) act(effect);
  };
  const act = (effect: SocketEffect): void => {
    switch (effect.kind) {
      case "send":
        return held.send(effect.text);
      case "close":
        return held.end(effect);
      case "ask":
        return void greet(effect.payload);
      case "stop":
        running.get(effect.number)?.abort();
        running.delete(effect.number);
        return;
      case "timer":
        return setTimer(effect);
      case "start":
        void run(effect);
    }
  };
  const setTimer = (effect: SocketEffect & { readonly kind: "timer" }): void => {
    timers.get(effect.timer)?.();
    const due = (): void => {
      // Whose pongs are not read for now does not owe one: whether it reads is another's to judge.
      if (effect.timer === "ping" && held.room() !== undefined) setTimer(effect);
      else take({ kind: "timer", timer: effect.timer });
    };
    timers.set(effect.timer, timer.after(milliseconds(effect.ms), due));
  };
  /** Who asks, where the keys on the socket have more to say of it than those of the handshake. */
  const greet = async (payload: unknown): Promise<void> => {
    const keys = [
      ...new Set([...presented, ...(rules.keyInInit ? keysOfInit(payload, trail.snapshot.identity) : [])]),
    ];
    const { auth } = identified.route.rule;
    if (auth === "none" || (auth === "required" && keys.length === presented.length))
      return take({ kind: "admit" });
    try {
      const { identity } = await ports.operations.identify({ serving, presented: keys });
      seat.claimed(askerOf({ identity }));
      presented = keys;
      take({ kind: "admit" });
    } catch (thrown) {
      forbid(GatewayError.from(thrown));
    }
  };
  const forbid = (error: GatewayError): void => {
    refusal = error;
    take({ kind: "end", ...(error.code === "unauthenticated" ? forbidden : closeReasonOf(error)) });
  };
  const run = async ({ number, params }: SocketEffect & { readonly kind: "start" }): Promise<void> => {
    const gone = new AbortController();
    running.set(number, gone);
    held.touch();
    const tell = async (event: SocketEvent): Promise<void> => {
      await held.room();
      take(event);
    };
    const asked = { serving, presented };
    await runOnSocket(asked, ports, { number, params, signal: gone.signal, tell, forbid });
    running.delete(number);
    held.touch();
  };
  const onEnd = (ending: SessionEnding): void => {
    take({ kind: "gone" });
    for (const cancel of timers.values()) cancel();
    for (const one of running.values()) one.abort();
    seat.left(ending.code);
    const whole = endedAs(trail, ending);
    ports.settle(trail, refusal === undefined ? whole : { outcome: "refused", error: refusal });
  };
  const held = holdByMessages(client, rules, {
    parts: ports.sockets,
    isBusy: () => running.size > 0,
    hear: (message) =>
      take(typeof message === "string" ? { kind: "message", text: message } : { kind: "binary" }),
    onEnd,
  });
  seat.opened({
    stop: (why) => take({ kind: "end", ...(why === "drain" ? drainReason : forbidden) }),
    counts: () => ({ ...held.counts(), costNanoUsd: null }),
  });
  take({ kind: "open", isSpoken });
  held.listen();
}
