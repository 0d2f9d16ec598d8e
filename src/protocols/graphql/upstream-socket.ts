import { isJsonObject, type Json, type Printable, printJson, RawJson } from "../../kernel/json.ts";
import { utf8Length } from "../../kernel/utf8.ts";
import { readMessage, type SocketMessage, writeMessage } from "./socket-message.ts";

/**
 * The client's side of GraphQL over WebSocket, for one operation at an upstream: one socket each, so that a slow or
 * broken operation holds up no other.
 *
 *   opening ── open ──▶ greeting ── connection_ack ──▶ running ── complete, error ──▶ ended
 */
export interface UpstreamSocketState {
  readonly phase: "opening" | "greeting" | "running" | "ended";
}

export interface UpstreamSocketSettings {
  /** The request as `writeGraphqlRequest` makes it. */
  readonly request: string;
  /** Payload of `connection_init`: what the upstream wants to know of us. */
  readonly greeting?: Printable;
  readonly acknowledgeMs: number;
  readonly messageBytesMax: number;
}

export type UpstreamSocketEvent =
  | { readonly kind: "open" }
  | { readonly kind: "message"; readonly text: string }
  | { readonly kind: "timer" }
  | { readonly kind: "gone"; readonly code: number }
  /** Our client wants no more. */
  | { readonly kind: "cancel" };

export type UpstreamSocketEffect =
  | { readonly kind: "send"; readonly text: string }
  | { readonly kind: "close"; readonly code: number; readonly reason: string }
  | { readonly kind: "timer"; readonly ms: number }
  /** A GraphQL response as JSON text, not yet held against anything. */
  | { readonly kind: "next"; readonly result: string }
  | { readonly kind: "complete" }
  /** The upstream has refused the operation: GraphQL errors as a JSON array. */
  | { readonly kind: "refused"; readonly errors: string }
  /** It is gone, silent, or speaks otherwise. */
  | {
      readonly kind: "failed";
      readonly code:
        | "upstream_unreachable"
        | "upstream_timeout"
        | "upstream_malformed_response"
        | "upstream_stream_broken";
      readonly detail: string;
    };

export interface UpstreamSocketStep {
  readonly state: UpstreamSocketState;
  readonly effects: readonly UpstreamSocketEffect[];
}

export const newUpstreamSocket: UpstreamSocketState = { phase: "opening" };
const id = "1";
const ended: UpstreamSocketState = { phase: "ended" };

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
        state: { phase: "greeting" },
        effects: [
          { kind: "send", text: writeMessage("connection_init", undefined, settings.greeting) },
          { kind: "timer", ms: settings.acknowledgeMs },
        ],
      };
    case "message":
      return onText(state, event.text, settings);
    case "timer":
      if (state.phase === "running") return { state, effects: [] };
      return failed("upstream_timeout", "the upstream does not acknowledge the connection");
    case "gone":
      return {
        state: ended,
        effects: [
          {
            kind: "failed",
            code: state.phase === "running" ? "upstream_stream_broken" : "upstream_unreachable",
            detail: `the upstream closed the socket with ${event.code}`,
          },
        ],
      };
    case "cancel":
      return { state: ended, effects: [...leave(state), { kind: "close", code: 1000, reason: "" }] };
  }
}

const leave = ({ phase }: UpstreamSocketState): readonly UpstreamSocketEffect[] =>
  phase === "running" ? [{ kind: "send", text: writeMessage("complete", id) }] : [];

const failed = (
  code: (UpstreamSocketEffect & { kind: "failed" })["code"],
  detail: string,
): UpstreamSocketStep => ({
  state: ended,
  effects: [
    { kind: "close", code: 1000, reason: "" },
    { kind: "failed", code, detail },
  ],
});

const ending = (effect: UpstreamSocketEffect): UpstreamSocketStep => ({
  state: ended,
  effects: [{ kind: "close", code: 1000, reason: "" }, effect],
});

function onText(
  state: UpstreamSocketState,
  text: string,
  settings: UpstreamSocketSettings,
): UpstreamSocketStep {
  if (text.length > settings.messageBytesMax || utf8Length(text) > settings.messageBytesMax) {
    return failed(
      "upstream_malformed_response",
      `a message is larger than ${settings.messageBytesMax} bytes`,
    );
  }
  const message = readMessage(text);
  if (typeof message === "string")
    return failed("upstream_malformed_response", `a message cannot be read: ${message}`);
  switch (message.type) {
    case "ping":
      return { state, effects: [{ kind: "send", text: writeMessage("pong", undefined, message.payload) }] };
    case "pong":
      return { state, effects: [] };
    case "connection_ack":
      if (state.phase !== "greeting")
        return failed("upstream_malformed_response", "a second acknowledgement");
      return {
        state: { phase: "running" },
        effects: [{ kind: "send", text: writeMessage("subscribe", id, new RawJson(settings.request)) }],
      };
    case "next":
    case "error":
    case "complete":
      return onOperation(state, message);
    case "connection_init":
    case "subscribe":
      return failed("upstream_malformed_response", `the upstream sends \`${message.type}\``);
  }
}

function onOperation(state: UpstreamSocketState, message: SocketMessage): UpstreamSocketStep {
  if (state.phase !== "running" || message.id !== id) {
    return failed("upstream_malformed_response", "a message for an operation that is not running");
  }
  const payload = printed(message.payload);
  if (message.type === "next") return { state, effects: [{ kind: "next", result: payload }] };
  return ending(message.type === "error" ? { kind: "refused", errors: payload } : { kind: "complete" });
}

const printed = (value: Json | undefined): string =>
  value === undefined
    ? "null"
    : isJsonObject(value) || Array.isArray(value)
      ? JSON.stringify(value)
      : printJson(value);
