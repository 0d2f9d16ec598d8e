import { GatewayError } from "../kernel/errors.ts";
import { milliseconds, seconds } from "../kernel/units.ts";
import type { MessageLimits } from "../ports/message-socket.ts";
import {
  encodeRefusal,
  newSocket,
  type SocketEffect,
  type SocketEvent,
  type SocketState,
  socketSettings,
  stepSocket,
  takesProtocol,
  transportProtocol,
} from "../protocols/graphql/index.ts";
import { checkHandshake } from "../protocols/websocket/index.ts";
import { prepareOperation } from "./graphql-prepare.ts";
import { createRunner } from "./graphql-run.ts";
import type { GraphqlDoorPorts, GraphqlServing } from "./graphql-serving.ts";
import { takeClient } from "./socket-switch.ts";

const limits: MessageLimits = {
  messageBytesMax: socketSettings.messageBytesMax,
  fragmentsMax: 1024,
  waitingBytesMax: 1024 * 1024,
  closeTimeout: milliseconds(5000),
  pingInterval: seconds(30),
  missedPingsMax: 2,
};

type Start = SocketEffect & { readonly kind: "start" };

/**
 * GraphQL over WebSocket: each operation is checked and run as a request of its own, under the key of the handshake.
 * @throws GatewayError when the handshake is not taken.
 * Source: GraphQL over WebSocket Protocol (`graphql-transport-ws`).
 */
export function serveSocket(serving: GraphqlServing, ports: GraphqlDoorPorts): void {
  const { inbound, trail, identified } = serving;
  const { messages, sha1, timer } = ports.sockets;
  const { rawHeaders, httpVersion, upgrade } = inbound;
  const handshake = checkHandshake(
    { method: identified.method, httpVersion, rawHeaders, isConnect: upgrade !== undefined },
    { origins: [], takesKeyAsSubprotocol: false },
  );
  const isSpoken = takesProtocol(handshake.protocols);
  const agreed = isSpoken ? { protocol: transportProtocol } : {};
  const client = takeClient(inbound, { handshake, agreed, extra: [] }, { sha1 });
  trail.status = 101;
  trail.stages.record("encode", "switch", "to a WebSocket");
  const socket = messages.accept(client, limits);
  const timers = new Map<string, () => void>();
  const running = new Map<number, AbortController>();
  let state: SocketState = newSocket;
  const take = (event: SocketEvent): void => {
    const step = stepSocket(state, event, socketSettings);
    state = step.state;
    for (const effect of step.effects) act(effect);
  };
  const act = (effect: SocketEffect): void => {
    switch (effect.kind) {
      case "send":
        trail.bytesOut += effect.text.length;
        socket.send(effect.text);
        return;
      case "close":
        return socket.close(effect.code, effect.reason);
      case "ask":
        return take({ kind: "admit" });
      case "stop":
        running.get(effect.number)?.abort();
        running.delete(effect.number);
        return;
      case "timer":
        timers.get(effect.timer)?.();
        timers.set(
          effect.timer,
          timer.after(milliseconds(effect.ms), () => take({ kind: "timer", timer: effect.timer })),
        );
        return;
      case "start":
        void run(effect);
    }
  };
  const run = async ({ number, params }: Start): Promise<void> => {
    const gone = new AbortController();
    running.set(number, gone);
    // A socket may run operations without end: what each leaves behind goes with it.
    const runner = createRunner(serving, {
      ...ports,
      trail: { ...trail, attempts: [], flows: [] },
      signal: gone.signal,
    });
    try {
      const prepared = prepareOperation(serving, params, "application/json");
      if (prepared.kind === "answer")
        return take({ kind: "error", number, errors: errorsOf(prepared.answer.body) });
      const { runnable } = prepared;
      if (runnable.operation.type === "subscription") {
        for await (const result of runner.stream(runnable)) {
          if (gone.signal.aborted) return;
          take({ kind: "next", number, result });
        }
      } else take({ kind: "next", number, result: await runner.once(runnable) });
      take({ kind: "complete", number });
    } catch (thrown) {
      const refusal = encodeRefusal(GatewayError.from(thrown), trail.id);
      take({ kind: "error", number, errors: errorsOf(refusal.body) });
    } finally {
      running.delete(number);
    }
  };
  socket.listen({
    message: (message) => {
      trail.bytesIn += message.length;
      trail.events += 1;
      take(typeof message === "string" ? { kind: "message", text: message } : { kind: "binary" });
    },
    drain: () => undefined,
    closed: () => {
      take({ kind: "gone" });
      for (const cancel of timers.values()) cancel();
      for (const one of running.values()) one.abort();
      ports.settle(trail, { outcome: "completed" });
    },
  });
  take({ kind: "open", isSpoken });
}

function errorsOf(body: string): string {
  const whole: unknown = JSON.parse(body);
  const errors = typeof whole === "object" && whole !== null && "errors" in whole ? whole.errors : [];
  return JSON.stringify(errors);
}
