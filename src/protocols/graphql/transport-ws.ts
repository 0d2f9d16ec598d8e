import { GatewayError } from "../../kernel/errors.ts";
import { type Printable, RawJson } from "../../kernel/json.ts";
import { utf8Length } from "../../kernel/utf8.ts";
import { type GraphqlParams, readParams } from "./params.ts";
import { readMessage, type SocketMessage, writeMessage } from "./socket-message.ts";

/**
 * The server's side of one socket of GraphQL over WebSocket as a state machine over values.
 *
 *   waiting ── connection_init ──▶ asking ── admit ──▶ ready ──▶ closed
 *      └────────── too late (4408), wrong message, refuse ──────────▲
 *
 * Each operation gets a number of its own. What an operation tells after its client has ended it, or used its id for
 * another, is dropped by that number.
 */
export interface SocketState {
  readonly phase: "waiting" | "asking" | "ready" | "closed";
  /** Numbers of the running operations by the ids of the client. */
  readonly operations: ReadonlyMap<string, number>;
  readonly nextNumber: number;
  /** A ping was sent, and nothing has come since. */
  readonly isPongDue: boolean;
}

export interface SocketSettings {
  readonly initMs: number;
  readonly pingMs: number;
  readonly operationsMax: number;
  readonly messageBytesMax: number;
  readonly variablesBytesMax: number;
}

export const socketSettings: SocketSettings = {
  initMs: 3000,
  pingMs: 15_000,
  operationsMax: 20,
  messageBytesMax: 64 * 1024,
  variablesBytesMax: 64 * 1024,
};

export type SocketEvent =
  /** The socket is open; `isSpoken`: in our subprotocol. */
  | { readonly kind: "open"; readonly isSpoken: boolean }
  | { readonly kind: "message"; readonly text: string }
  | { readonly kind: "binary" }
  | { readonly kind: "timer"; readonly timer: "init" | "ping" }
  /** The answers to the effect `ask`. */
  | { readonly kind: "admit"; readonly payload?: Printable }
  | { readonly kind: "refuse" }
  /** `result`: a GraphQL response as JSON text. */
  | { readonly kind: "next"; readonly number: number; readonly result: string }
  | { readonly kind: "complete"; readonly number: number }
  /** The operation was not begun, or has failed: GraphQL errors as a JSON array. */
  | { readonly kind: "error"; readonly number: number; readonly errors: string }
  /** The gateway ends the socket: its drain (1012), a credential that is revoked (4403), … */
  | { readonly kind: "end"; readonly code: number; readonly reason: string }
  | { readonly kind: "gone" };

export type SocketEffect =
  | { readonly kind: "send"; readonly text: string }
  | { readonly kind: "close"; readonly code: number; readonly reason: string }
  /** May the client go on? `payload`: of its `connection_init`. Answer with `admit` or `refuse`. */
  | { readonly kind: "ask"; readonly payload: SocketMessage["payload"] }
  | { readonly kind: "start"; readonly number: number; readonly params: GraphqlParams }
  | { readonly kind: "stop"; readonly number: number }
  /** One shot; a timer that is set again replaces the one before. */
  | { readonly kind: "timer"; readonly timer: "init" | "ping"; readonly ms: number };

export interface SocketStep {
  readonly state: SocketState;
  readonly effects: readonly SocketEffect[];
}

export const newSocket: SocketState = {
  phase: "waiting",
  operations: new Map(),
  nextNumber: 1,
  isPongDue: false,
};

/** What a socket becomes by an event, and what is to be done for that, in order. Never throws. */
export function stepSocket(state: SocketState, event: SocketEvent, settings: SocketSettings): SocketStep {
  if (state.phase === "closed") return { state, effects: [] };
  switch (event.kind) {
    case "open":
      if (!event.isSpoken) return closed(state, 4406, "Subprotocol not acceptable");
      return { state, effects: [{ kind: "timer", timer: "init", ms: settings.initMs }] };
    case "message":
      return onText({ ...state, isPongDue: false }, event.text, settings);
    case "binary":
      return closed(state, 4400, "Invalid message");
    case "timer":
      return onTimer(state, event.timer, settings);
    case "admit":
      return onAdmit(state, event.payload, settings);
    case "refuse":
      return closed(state, 4403, "Forbidden");
    case "next":
    case "complete":
    case "error":
      return onOperation(state, event);
    case "end":
      return closed(state, event.code, event.reason);
    case "gone":
      return { state: { ...state, phase: "closed", operations: new Map() }, effects: stops(state) };
  }
}

const stops = (state: SocketState): readonly SocketEffect[] =>
  [...state.operations.values()].map((number) => ({ kind: "stop", number }));

/** A close frame holds 123 bytes of reason. */
const closed = (state: SocketState, code: number, reason: string): SocketStep => ({
  state: { ...state, phase: "closed", operations: new Map() },
  effects: [...stops(state), { kind: "close", code, reason }],
});

const sent = (state: SocketState, text: string): SocketStep => ({ state, effects: [{ kind: "send", text }] });

function onTimer(state: SocketState, timer: "init" | "ping", settings: SocketSettings): SocketStep {
  if (timer === "init") {
    return state.phase === "waiting"
      ? closed(state, 4408, "Connection initialisation timeout")
      : { state, effects: [] };
  }
  if (state.isPongDue) return closed(state, 4499, "Terminated");
  return {
    state: { ...state, isPongDue: true },
    effects: [
      { kind: "send", text: writeMessage("ping") },
      { kind: "timer", timer: "ping", ms: settings.pingMs },
    ],
  };
}

function onAdmit(state: SocketState, payload: Printable | undefined, settings: SocketSettings): SocketStep {
  if (state.phase !== "asking") return { state, effects: [] };
  return {
    state: { ...state, phase: "ready" },
    effects: [
      { kind: "send", text: writeMessage("connection_ack", undefined, payload) },
      { kind: "timer", timer: "ping", ms: settings.pingMs },
    ],
  };
}

type OperationEvent = SocketEvent & { readonly kind: "next" | "complete" | "error" };

function onOperation(state: SocketState, event: OperationEvent): SocketStep {
  const id = [...state.operations].find(([, number]) => number === event.number)?.[0];
  if (id === undefined) return { state, effects: [] };
  if (event.kind === "next") return sent(state, writeMessage("next", id, new RawJson(event.result)));
  const text =
    event.kind === "complete"
      ? writeMessage("complete", id)
      : writeMessage("error", id, new RawJson(event.errors));
  return sent(without(state, id), text);
}

function without(state: SocketState, id: string): SocketState {
  const operations = new Map(state.operations);
  operations.delete(id);
  return { ...state, operations };
}

function onText(state: SocketState, text: string, settings: SocketSettings): SocketStep {
  if (text.length > settings.messageBytesMax || utf8Length(text) > settings.messageBytesMax) {
    return closed(state, 1009, "Message too big");
  }
  const message = readMessage(text);
  if (typeof message === "string") return closed(state, 4400, `Invalid message: ${message}`.slice(0, 100));
  switch (message.type) {
    case "connection_init":
      if (state.phase !== "waiting") return closed(state, 4429, "Too many initialisation requests");
      return { state: { ...state, phase: "asking" }, effects: [{ kind: "ask", payload: message.payload }] };
    case "ping":
      return sent(state, writeMessage("pong", undefined, message.payload));
    case "pong":
      return { state, effects: [] };
    case "subscribe":
      return onSubscribe(state, message, settings);
    case "complete":
      return onComplete(state, message.id);
    case "connection_ack":
    case "next":
    case "error":
      return closed(state, 4400, "Invalid message: only servers send this type");
  }
}

function onComplete(state: SocketState, id: string): SocketStep {
  const number = state.operations.get(id);
  if (number === undefined) return { state, effects: [] };
  return { state: without(state, id), effects: [{ kind: "stop", number }] };
}

function onSubscribe(
  state: SocketState,
  { id, payload }: SocketMessage,
  settings: SocketSettings,
): SocketStep {
  if (state.phase !== "ready") return closed(state, 4401, "Unauthorized");
  if (state.operations.has(id))
    return closed(state, 4409, `Subscriber for ${id.slice(0, 20)} already exists`);
  if (state.operations.size >= settings.operationsMax) {
    const message = `A socket runs at most ${settings.operationsMax} operations at a time.`;
    return sent(state, writeMessage("error", id, [{ message, extensions: { code: "RATE_LIMITED" } }]));
  }
  const params = paramsOf(payload, settings);
  if (params === undefined) return closed(state, 4400, "Invalid message: its payload is no GraphQL request");
  const number = state.nextNumber;
  return {
    state: { ...state, nextNumber: number + 1, operations: new Map(state.operations).set(id, number) },
    effects: [{ kind: "start", number, params }],
  };
}

function paramsOf(payload: SocketMessage["payload"], settings: SocketSettings): GraphqlParams | undefined {
  try {
    return readParams(payload, { variablesBytesMax: settings.variablesBytesMax });
  } catch (thrown) {
    if (thrown instanceof GatewayError) return undefined;
    throw thrown;
  }
}
