import type { Usage } from "../../exchange/usage.ts";
import { isJsonObject, type Json, type JsonObject, parseJson } from "../../kernel/json.ts";
import { readResponseUsage, readTranscriptionUsage } from "./usage.ts";

/** What an event of a session says that the gateway acts upon. `eventId` is the client's own, where it gave one. */
export type RealtimeFact =
  | { readonly kind: "session-update"; readonly session: JsonObject; readonly eventId?: string }
  | { readonly kind: "session"; readonly type: string; readonly model?: string; readonly session: JsonObject }
  | { readonly kind: "response-create"; readonly outputTokensMax?: number; readonly eventId?: string }
  /** One entry of the ledger. `status`: `completed`, `cancelled`, `failed`, `incomplete`. */
  | { readonly kind: "response-done"; readonly id?: string; readonly status?: string; readonly usage?: Usage }
  /** Billed apart, at the price of the model that transcribes. */
  | { readonly kind: "transcription-done"; readonly itemId?: string; readonly usage?: Usage }
  | { readonly kind: "error"; readonly type?: string; readonly code?: string; readonly message?: string }
  /** Of no concern; read no further than its type. */
  | { readonly kind: "other"; readonly type: string }
  /** No JSON object with a type. */
  | { readonly kind: "malformed" };

/** Where clients and servers write the type: first, or behind the event's id. */
const typeFirst = /^\s*\{\s*(?:"event_id"\s*:\s*"[^"\\]*"\s*,\s*)?"type"\s*:\s*"([a-z_.]{1,100})"/;
const readsOn = new Set([
  "session.update",
  "session.created",
  "session.updated",
  "response.create",
  "response.done",
  "conversation.item.input_audio_transcription.completed",
  "error",
]);

/**
 * Reads an event of either side. Audio and deltas are not parsed, unless something in them could be a second type: a
 * client must not get a `session.update` past the gateway in the clothes of another event.
 */
export function readEvent(text: string): RealtimeFact {
  const peeked = peekType(text);
  if (peeked !== undefined && !readsOn.has(peeked)) return { kind: "other", type: peeked };
  const event = parseJson(text);
  if (!isJsonObject(event) || typeof event["type"] !== "string") return { kind: "malformed" };
  return factOf(event["type"], event);
}

/** The type, if it stands at the front and nothing behind can be another. */
function peekType(text: string): string | undefined {
  const found = typeFirst.exec(text);
  if (found === null) return undefined;
  const isOnly = !text.includes('"type"', found[0].length) && !text.includes("\\", found[0].length);
  return isOnly ? found[1] : undefined;
}

function factOf(type: string, event: JsonObject): RealtimeFact {
  switch (type) {
    case "session.update":
      return { kind: "session-update", session: objectIn(event["session"]), ...eventIdOf(event) };
    case "session.created":
    case "session.updated": {
      const session = objectIn(event["session"]);
      return { kind: "session", type, session, ...textOf("model", session["model"]) };
    }
    case "response.create": {
      const limit = objectIn(event["response"])["max_output_tokens"];
      return {
        kind: "response-create",
        ...(typeof limit === "number" && { outputTokensMax: limit }),
        ...eventIdOf(event),
      };
    }
    case "response.done": {
      const response = objectIn(event["response"]);
      const usage = readResponseUsage(response["usage"]);
      return {
        kind: "response-done",
        ...textOf("id", response["id"]),
        ...textOf("status", response["status"]),
        ...(usage !== undefined && { usage }),
      };
    }
    case "conversation.item.input_audio_transcription.completed": {
      const usage = readTranscriptionUsage(event["usage"]);
      return {
        kind: "transcription-done",
        ...textOf("itemId", event["item_id"]),
        ...(usage !== undefined && { usage }),
      };
    }
    case "error": {
      const error = objectIn(event["error"]);
      return {
        kind: "error",
        ...textOf("type", error["type"]),
        ...textOf("code", error["code"]),
        ...textOf("message", error["message"]),
      };
    }
    default:
      return { kind: "other", type };
  }
}

const eventIdOf = (event: JsonObject): { readonly eventId?: string } => textOf("eventId", event["event_id"]);

function textOf<Name extends string>(name: Name, value: Json | undefined): { readonly [N in Name]?: string } {
  const found: { [N in Name]?: string } = {};
  if (typeof value === "string") found[name] = value;
  return found;
}

const objectIn = (value: Json | undefined): JsonObject => (isJsonObject(value) ? value : {});
