import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  newUpstreamSocket,
  stepUpstreamSocket,
  type UpstreamSocketEffect,
  type UpstreamSocketEvent,
} from "./upstream-socket.ts";

const settings = {
  request: '{"query":"subscription{a}"}',
  greeting: { authorization: "Bearer x" },
  acknowledgeMs: 5000,
  pingMs: 15_000,
  messageBytesMax: 1000,
};
const say = (message: unknown): UpstreamSocketEvent => ({ kind: "message", text: JSON.stringify(message) });
const open = { kind: "open" } as const;
const ack = say({ type: "connection_ack" });
const running = [open, ack];
const ping = { kind: "timer", timer: "ping" } as const;
const gone = (code: number) => ({ kind: "gone", code }) as const;

function effectsOf(events: readonly UpstreamSocketEvent[]): readonly UpstreamSocketEffect[] {
  let state = newUpstreamSocket;
  return events.flatMap((event) => {
    const step = stepUpstreamSocket(state, event, settings);
    state = step.state;
    return step.effects;
  });
}
const faultOf = (events: readonly UpstreamSocketEvent[]) =>
  effectsOf(events).flatMap((effect) => (effect.kind === "failed" ? [effect.code] : []));

describe("a subscription at a service", () => {
  it("is greeted, asked, told, and ended by the service", () => {
    expect(
      effectsOf([
        ...running,
        say({ id: "1", type: "next", payload: { data: 1 } }),
        say({ id: "1", type: "complete" }),
      ]),
    ).toEqual([
      { kind: "send", text: '{"type":"connection_init","payload":{"authorization":"Bearer x"}}' },
      { kind: "timer", timer: "acknowledge", ms: 5000 },
      { kind: "acknowledged" },
      { kind: "send", text: '{"id":"1","type":"subscribe","payload":{"query":"subscription{a}"}}' },
      { kind: "timer", timer: "ping", ms: 15_000 },
      { kind: "next", result: '{"data":1}' },
      { kind: "close", code: 1000, reason: "" },
      { kind: "complete" },
    ]);
  });

  it("passes results on as they were written", () => {
    const result = '{ "data" : {"n":12345678901234567890, "f":1.0,"t":"\\u0041"} }';
    const text = `{"id":"1","type":"next",\n"payload": ${result} }`;
    expect(effectsOf([...running, { kind: "message", text }]).at(-1)).toEqual({ kind: "next", result });
  });

  it("tells of a refusal by its errors", () => {
    const errors = [{ message: "no" }];
    expect(effectsOf([...running, say({ id: "1", type: "error", payload: errors })]).slice(-2)).toEqual([
      { kind: "close", code: 1000, reason: "" },
      { kind: "refused", errors: JSON.stringify(errors) },
    ]);
  });

  it("says goodbye where it is not wanted any more", () => {
    expect(effectsOf([...running, { kind: "cancel" }]).slice(-2)).toEqual([
      { kind: "send", text: '{"id":"1","type":"complete"}' },
      { kind: "close", code: 1000, reason: "" },
    ]);
    expect(effectsOf([open, { kind: "cancel" }]).at(-1)).toEqual({ kind: "close", code: 1000, reason: "" });
    expect(effectsOf([open, { kind: "cancel" }])).toHaveLength(3);
  });

  it("pings, and is alive as long as anything comes", () => {
    expect(effectsOf([...running, ping]).slice(-2)).toEqual([
      { kind: "send", text: '{"type":"ping"}' },
      { kind: "timer", timer: "ping", ms: 15_000 },
    ]);
    expect(faultOf([...running, ping, say({ type: "pong" }), ping])).toEqual([]);
    expect(faultOf([...running, ping, say({ type: "ping" }), ping])).toEqual([]);
  });

  it("answers pings with what they brought", () => {
    expect(effectsOf([open, say({ type: "ping", payload: { a: 1 } })]).at(-1)).toEqual({
      kind: "send",
      text: '{"type":"pong","payload":{"a":1}}',
    });
  });

  it.for<[name: string, events: readonly UpstreamSocketEvent[], code: string]>([
    ["no acknowledgement in time", [open, { kind: "timer", timer: "acknowledge" }], "upstream_timeout"],
    ["silence after a ping", [...running, ping, ping], "upstream_timeout"],
    ["a second acknowledgement", [...running, ack], "upstream_malformed_response"],
    ["an acknowledgement of nothing", [ack], "upstream_malformed_response"],
    [
      "a result before it is acknowledged",
      [open, say({ id: "1", type: "next", payload: {} })],
      "upstream_malformed_response",
    ],
    [
      "a result of another operation",
      [...running, say({ id: "2", type: "next", payload: {} })],
      "upstream_malformed_response",
    ],
    [
      "a message of clients",
      [...running, say({ id: "1", type: "subscribe", payload: {} })],
      "upstream_malformed_response",
    ],
    ["no JSON", [...running, { kind: "message", text: "{" }], "upstream_malformed_response"],
    [
      "a member twice",
      [...running, { kind: "message", text: '{"type":"pong","type":"ping"}' }],
      "upstream_malformed_response",
    ],
    ["binary", [...running, { kind: "binary" }], "upstream_malformed_response"],
    [
      "a large message",
      [...running, { kind: "message", text: "x".repeat(1001) }],
      "upstream_malformed_response",
    ],
    ["an end before it begins", [open, gone(1000)], "upstream_unreachable"],
    ["an end without the last word", [...running, gone(1000)], "upstream_stream_broken"],
    ["a connection that breaks", [...running, gone(1006)], "upstream_stream_broken"],
    ["a service that goes away", [...running, gone(1001)], "upstream_stream_broken"],
    ["a service that restarts, before it begins", [open, gone(1012)], "upstream_unreachable"],
    ["a code of frames", [...running, gone(1002)], "upstream_malformed_response"],
    ["a policy", [open, gone(1008)], "upstream_forbidden"],
    ["a fault of the service", [...running, gone(1011)], "upstream_failed"],
    ["a service that has too much to do", [open, gone(1013)], "upstream_overloaded"],
    ["a message that it cannot read", [...running, gone(4400)], "upstream_malformed_response"],
    ["a credential that is missing", [open, gone(4401)], "upstream_auth_failed"],
    ["a credential that is not enough", [open, gone(4403)], "upstream_forbidden"],
    ["another subprotocol", [open, gone(4406)], "upstream_malformed_response"],
    ["a greeting that came too late", [open, gone(4408)], "upstream_timeout"],
    ["two greetings", [open, gone(4429)], "upstream_malformed_response"],
    ["a fault of its library", [open, gone(4500)], "upstream_failed"],
  ])("fails by %s", ([, events, code]) => {
    expect(faultOf(events)).toEqual([code]);
  });

  it("ends once whatever comes, says nothing afterwards, and never throws", () => {
    const event = fc.oneof(
      fc.constantFrom<UpstreamSocketEvent>(
        open,
        ack,
        ping,
        { kind: "timer", timer: "acknowledge" },
        { kind: "binary" },
        { kind: "cancel" },
        say({ type: "ping" }),
        say({ id: "1", type: "next", payload: { data: null } }),
        say({ id: "1", type: "error", payload: [] }),
        say({ id: "1", type: "complete" }),
      ),
      fc.integer({ min: 1000, max: 4999 }).map((code): UpstreamSocketEvent => gone(code)),
      fc.json().map((text): UpstreamSocketEvent => ({ kind: "message", text })),
    );
    fc.assert(
      fc.property(fc.array(event, { maxLength: 30 }), (events) => {
        const effects = effectsOf(events);
        const last = effects.findIndex(({ kind }) => ["complete", "refused", "failed"].includes(kind));
        if (last >= 0) expect(last).toBe(effects.length - 1);
        expect(effects.filter(({ kind }) => kind === "close").length).toBeLessThanOrEqual(1);
        expect(effects.filter(({ kind }) => kind === "acknowledged").length).toBeLessThanOrEqual(1);
      }),
    );
  });
});
