import { expect, it } from "vitest";
import { newSocket, type SocketEvent, socketSettings, stepSocket } from "./transport-ws.ts";

const say = (message: unknown): SocketEvent => ({ kind: "message", text: JSON.stringify(message) });
const init = say({ type: "connection_init" });
const ready: readonly SocketEvent[] = [init, { kind: "admit" }];
const subscribe = (id: string) => say({ id, type: "subscribe", payload: { query: "{a}" } });

function effectsOf(events: readonly SocketEvent[]) {
  let state = newSocket;
  return events.flatMap((event) => {
    const step = stepSocket(state, event, socketSettings);
    state = step.state;
    return step.effects;
  });
}
const closeOf = (events: readonly SocketEvent[]) =>
  effectsOf(events).flatMap((effect) => (effect.kind === "close" ? [effect.code] : []));

it.for<[name: string, events: readonly SocketEvent[], code: number]>([
  [
    "no init in time",
    [
      { kind: "open", isSpoken: true },
      { kind: "timer", timer: "init" },
    ],
    4408,
  ],
  ["a second init", [...ready, init], 4429],
  ["an operation before the acknowledgement", [init, subscribe("1")], 4401],
  ["an id that is in use", [...ready, subscribe("1"), subscribe("1")], 4409],
  ["no JSON", [{ kind: "message", text: "{" }], 4400],
  ["an unknown type", [say({ type: "start" })], 4400],
  ["binary", [{ kind: "binary" }], 4400],
  ["another subprotocol", [{ kind: "open", isSpoken: false }], 4406],
  ["a large message", [{ kind: "message", text: "x".repeat(65_537) }], 1009],
  [
    "silence after a ping",
    [...ready, { kind: "timer", timer: "ping" }, { kind: "timer", timer: "ping" }],
    4499,
  ],
  ["a refusal", [init, { kind: "refuse" }], 4403],
])("%s closes the socket", ([, events, code]) => {
  expect(closeOf(events)).toEqual([code]);
});

it("runs 20 operations, refuses the next without closing, and stops all when the client goes", () => {
  const ids = Array.from({ length: 21 }, (_, index) => subscribe(`${index}`));
  const effects = effectsOf([...ready, ...ids, { kind: "gone" }]);
  expect(effects.filter(({ kind }) => kind === "start")).toHaveLength(20);
  expect(effects.filter(({ kind }) => kind === "stop")).toHaveLength(20);
  expect(JSON.stringify(effects)).toContain("RATE_LIMITED");
});

it("drops what an ended operation tells when its id is used again", () => {
  const again = [...ready, subscribe("1"), say({ id: "1", type: "complete" }), subscribe("1")];
  const late = { kind: "next", number: 1, result: '{"data":1}' } as const;
  expect(JSON.stringify(effectsOf([...again, late]))).not.toContain("next");
  expect(effectsOf([...again, { ...late, number: 2 }]).at(-1)).toEqual({
    kind: "send",
    text: '{"id":"1","type":"next","payload":{"data":1}}',
  });
});
