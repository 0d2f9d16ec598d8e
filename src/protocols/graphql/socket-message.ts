import { isJsonObject, type Json, type JsonObject, type Printable, printJson } from "../../kernel/json.ts";
import { type JsonBounds, parseStrictJson } from "./strict-json.ts";

/** The subprotocol of GraphQL over WebSocket that is spoken here; the older `graphql-ws` is not. */
export const transportProtocol = "graphql-transport-ws";

/** The protocol that a client offered and we take. Without one: open the socket and close it with 4406. */
export const takesProtocol = (offered: readonly string[]): boolean => offered.includes(transportProtocol);

/** A message of either side, its type known, its other members not yet. */
export interface SocketMessage {
  readonly type:
    | "connection_init"
    | "connection_ack"
    | "ping"
    | "pong"
    | "subscribe"
    | "next"
    | "error"
    | "complete";
  readonly id: string;
  readonly payload: Json | undefined;
}

const withoutId = ["connection_init", "connection_ack", "ping", "pong"] as const;
const withId = ["subscribe", "next", "error", "complete"] as const;

/**
 * @returns A clause that says what is wrong, where it is no message of the protocol.
 *
 * Source: the graphql-ws repository, PROTOCOL.md, "GraphQL over WebSocket Protocol".
 */
export function readMessage(text: string, bounds?: JsonBounds): SocketMessage | string {
  const read = parseStrictJson(text, bounds);
  if (read.kind === "fault") return read.fault;
  const { value } = read;
  if (!isJsonObject(value)) return "it is no object";
  const { payload } = value;
  const plain = withoutId.find((type) => type === value["type"]);
  if (plain !== undefined) {
    const isPayload = payload === undefined || payload === null || isJsonObject(payload);
    return isPayload ? { type: plain, id: "", payload } : "its payload is no object";
  }
  const type = withId.find((known) => known === value["type"]);
  if (type === undefined) return "its type is unknown";
  return readOperationMessage(type, value);
}

function readOperationMessage(
  type: (typeof withId)[number],
  { id, payload }: JsonObject,
): SocketMessage | string {
  if (typeof id !== "string" || id === "") return "its id is missing";
  if ((type === "subscribe" || type === "next") && !isJsonObject(payload)) return "its payload is no object";
  if (type === "error" && !Array.isArray(payload)) return "its payload is no list";
  return { type, id, payload };
}

export function writeMessage(type: SocketMessage["type"], id?: string, payload?: Printable): string {
  return printJson({ id, type, payload });
}
