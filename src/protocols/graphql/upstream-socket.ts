import { jsonSlice } from "../../framing/json-slices.ts";
import { type Printable, RawJson } from "../../kernel/json.ts";
import { utf8Length } from "../../kernel/utf8.ts";
import { readMessage, type SocketMessage, writeMessage } from "./socket-message.ts";
import type { JsonBounds } from "./strict-json.ts";

/**
 * The client's side of GraphQL over WebSocket, for one subscription at a service: one socket each, so that a slow or
 * broken one holds up no other.
 *
 *   opening ── open ──▶ greeting ── connection_ack ──▶ running ── complete, error ──▶ ended
 */
export interface UpstreamSocketState {
  readonly phase: "opening" | "greeting" | "running" | "ended";
  /** A ping was sent, and nothing has come since. */
  readonly isPongDue: boolean;
}

export interface UpstreamSocketSettings {
  /** The request as `writeGraphqlRequest` makes it. */
  readonly request: string;
  /** Payload of `connection_init`: what the service wants to know of us. */
  readonly greeting: Printable | undefined;
  readonly acknowledgeMs: number;
  readonly pingMs: number;
  readonly messageBytesMax: number;
}

export type UpstreamSocketEvent =
  | { readonly kind: "open" }
  | { readonly kind: "message"; readonly text: string }
  | { readonly kind: "binary" }
  | { readonly kind: "timer"; readonly timer: UpstreamTimer }
  /** `code`: of the service's close frame; 1005: it had none, 1006: there was none. */
  | { readonly kind: "gone"; readonly code: number }
  /** Our client wants no more. */
  | { readonly kind: "cancel" };

type UpstreamTimer = "acknowledge" | "ping";

export type UpstreamSocketEffect =
  | { readonly kind: "send"; readonly text: string }
  | { readonly kind: "close"; readonly code: number; readonly reason: string }
  /** One shot; a timer that is set again replaces the one before. */
  | { readonly kind: "timer"; readonly timer: UpstreamTimer; readonly ms: number }
  /** It takes us in, and runs the subscription. */
  | { readonly kind: "acknowledged" }
  /** A GraphQL response as the JSON text it came in, not yet held against anything. */
  | { readonly kind: "next"; readonly result: string }
  | { readonly kind: "complete" }
  /** The service has refused the operation: GraphQL errors as a JSON array. */
  | { readonly kind: "refused"; readonly errors: string }
  /** It is gone, silent, lets us not in, or speaks otherwise. */
  | { readonly kind: "failed"; readonly code: UpstreamSocketFault; readonly detail: string };

export type UpstreamSocketFault =
  | "upstream_auth_failed"
  | "upstream_forbidden"
  | "upstream_overloaded"
  | "upstream_failed"
  | "upstream_unreachable"
  | "upstream_timeout"
  | "upstream_malformed_response"
  | "upstream_stream_broken";

export interface UpstreamSocketStep {
  readonly state: UpstreamSocketState;
  readonly effects: readonly UpstreamSocketEffect[];
}

export const newUpstreamSocket: UpstreamSocketState = { phase: "opening", isPongDue: false };

/** There is one operation on a socket. */
const id = "1";
/** Of answers: they are larger than what clients send, and their form is looked at by others. */
const bounds: JsonBounds = { depthMax: 1000, keysMax: 1_000_000 };
const ended: UpstreamSocketState = { phase: "ended", isPongDue: false };

/** What the socket becomes by an event; after `complete`, `refused` and `failed` there is nothing more. Never throws. */
export function stepUpstreamSocket(
  state: UpstreamSocketState,
  event: UpstreamSocketEvent,
  settings: UpstreamSocketSettings,
): UpstreamSocketStep {
  if (state.phase === "ended") return { state, effects: [] };
  switch (event.kind) {
    case "open":
      return {
        state: { phase: "greeting", isPongDue: false },
        effects: [
          { kind: "send", text: writeMessage("connection_init", undefined, settings.greeting) },
          { kind: "timer", timer: "acknowledge", ms: settings.acknowledgeMs },
        ],
      };
    case "message":
      return onText({ ...state, isPongDue: false }, event.text, settings);
    case "binary":
      return failed("upstream_malformed_response", "a message is binary");
    case "timer":
      return onTimer(state, event.timer, settings);
    case "gone":
      return { state: ended, effects: [goneWith(event.code, state)] };
    case "cancel":
      return { state: ended, effects: [...leave(state), close] };
  }
}

const close: UpstreamSocketEffect = { kind: "close", code: 1000, reason: "" };

const leave = ({ phase }: UpstreamSocketState): readonly UpstreamSocketEffect[] =>
  phase === "running" ? [{ kind: "send", text: writeMessage("complete", id) }] : [];

const failed = (code: UpstreamSocketFault, detail: string): UpstreamSocketStep => ({
  state: ended,
  effects: [close, { kind: "failed", code, detail }],
});

const ending = (effect: UpstreamSocketEffect): UpstreamSocketStep => ({
  state: ended,
  effects: [close, effect],
});

/**
 * What codes of close frames say whatever the socket was at. Others are a stream that broke, or nobody who was there.
 *
 * Source: RFC 6455 section 7.4.1 and its registry; the graphql-ws repository, PROTOCOL.md and `CloseCode`.
 */
const meanings: ReadonlyMap<number, UpstreamSocketFault> = new Map([
  [1002, "upstream_malformed_response"],
  [1003, "upstream_malformed_response"],
  [1007, "upstream_malformed_response"],
  [1008, "upstream_forbidden"],
  [1009, "upstream_malformed_response"],
  [1011, "upstream_failed"],
  [1013, "upstream_overloaded"],
  [4400, "upstream_malformed_response"],
  [4401, "upstream_auth_failed"],
  [4403, "upstream_forbidden"],
  [4406, "upstream_malformed_response"],
  [4408, "upstream_timeout"],
  [4409, "upstream_malformed_response"],
  [4429, "upstream_malformed_response"],
  [4500, "upstream_failed"],
]);

const goneWith = (code: number, { phase }: UpstreamSocketState): UpstreamSocketEffect => ({
  kind: "failed",
  code: meanings.get(code) ?? (phase === "running" ? "upstream_stream_broken" : "upstream_unreachable"),
  detail: `the service closed the socket with ${code}`,
});

function onTimer(
  state: UpstreamSocketState,
  timer: UpstreamTimer,
  { pingMs }: UpstreamSocketSettings,
): UpstreamSocketStep {
  if (timer === "acknowledge") {
    if (state.phase === "running") return { state, effects: [] };
    return failed("upstream_timeout", "the service does not acknowledge the connection");
  }
  if (state.phase !== "running") return { state, effects: [] };
  if (state.isPongDue) return failed("upstream_timeout", "the service answers no ping");
  return {
    state: { ...state, isPongDue: true },
    effects: [
      { kind: "send", text: writeMessage("ping") },
      { kind: "timer", timer: "ping", ms: pingMs },
    ],
  };
}

function onText(
  state: UpstreamSocketState,
  text: string,
  settings: UpstreamSocketSettings,
): UpstreamSocketStep {
  const { messageBytesMax } = settings;
  if (text.length > messageBytesMax || utf8Length(text) > messageBytesMax)
    return failed("upstream_malformed_response", `a message is larger than ${messageBytesMax} bytes`);
  const message = readMessage(text, bounds);
  if (typeof message === "string")
    return failed("upstream_malformed_response", `a message cannot be read: ${message}`);
  switch (message.type) {
    case "ping":
      return { state, effects: [{ kind: "send", text: writeMessage("pong", undefined, message.payload) }] };
    case "pong":
      return { state, effects: [] };
    case "connection_ack":
      return onAcknowledged(state, settings);
    case "next":
    case "error":
    case "complete":
      return onOperation(state, message, text);
    case "connection_init":
    case "subscribe":
      return failed("upstream_malformed_response", `the service sends \`${message.type}\``);
  }
}

function onAcknowledged(
  { phase }: UpstreamSocketState,
  { request, pingMs }: UpstreamSocketSettings,
): UpstreamSocketStep {
  if (phase !== "greeting") return failed("upstream_malformed_response", "an acknowledgement of nothing");
  return {
    state: { phase: "running", isPongDue: false },
    effects: [
      { kind: "acknowledged" },
      { kind: "send", text: writeMessage("subscribe", id, new RawJson(request)) },
      { kind: "timer", timer: "ping", ms: pingMs },
    ],
  };
}

function onOperation(state: UpstreamSocketState, message: SocketMessage, text: string): UpstreamSocketStep {
  if (state.phase !== "running" || message.id !== id)
    return failed("upstream_malformed_response", "a message for an operation that is not running");
  // As it was written: numbers of more than 53 bits would be others if they were read.
  const payload = jsonSlice(text).member("payload")?.text() ?? "null";
  if (message.type === "next") return { state, effects: [{ kind: "next", result: payload }] };
  return ending(message.type === "error" ? { kind: "refused", errors: payload } : { kind: "complete" });
}
