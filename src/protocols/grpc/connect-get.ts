import { bytesOfBase64 } from "../../framing/base64.ts";
import { GatewayError } from "../../kernel/errors.ts";
import { encodingOf, readConnectHead, refused } from "./connect-head.ts";
import type { ClientHead, HeadReading } from "./flavour.ts";
import { field } from "./header-list.ts";
import type { Guard } from "./metadata.ts";

/** The parameters of Connect's query. */
const names = ["connect", "encoding", "compression", "base64", "message"] as const;
type Name = (typeof names)[number];

/**
 * Reads a unary call that stands in the target: `?connect=v1&encoding=proto&base64=1&message=…`.
 * Source: connectrpc.com/docs/protocol, "Unary-Get-Request".
 */
export function readGetHead({ query, rawHeaders }: ClientHead, isGuarded: Guard): HeadReading {
  const told = parametersOf(query);
  const encoding = told.get("encoding");
  const message = told.get("message");
  if (encoding === undefined || message === undefined)
    return refused("The query needs the parameters encoding and message.");
  if ((told.get("connect") ?? "v1") !== "v1") return refused("The parameter connect is not v1.");
  if (encoding !== "proto") return { kind: "refused", error: notProto(encoding) };
  const bytes = told.get("base64") === "1" ? bytesOfBase64(message) : bytesOf(message);
  if (bytes === undefined) return refused("The parameter message is not base64.");
  const compression = encodingOf(told.get("compression"));
  const reading = readConnectHead({ rawHeaders }, isGuarded, {
    encoding: "connect-content-encoding",
    accepted: "accept-encoding",
  });
  if (reading.kind === "refused") return reading;
  const { head } = reading;
  return {
    kind: "call",
    head: {
      ...head,
      metadata: [...field("grpc-encoding", compression), ...withoutEncoding(head.metadata)],
      isEncoded: compression !== undefined,
      message: bytes,
    },
  };
}

/** Whether a query is a call of Connect. */
export const isConnectQuery = (query: string): boolean => {
  const told = parametersOf(query);
  return told.has("encoding") && told.has("message");
};

/** A codec that the gateway would need the service's schema for. */
export function notProto(codec: string): GatewayError {
  const message = "Only protobuf messages are taken here: the gateway does not know the service's schema.";
  return new GatewayError("unsupported_media_type", `codec ${codec}`, { message });
}

const withoutEncoding = (metadata: readonly string[]): readonly string[] =>
  metadata[0] === "grpc-encoding" ? metadata.slice(2) : metadata;

/** The parameters as texts of one character a byte; of one name the first counts. */
function parametersOf(query: string): ReadonlyMap<Name, string> {
  const told = new Map<Name, string>();
  for (const pair of query.split("&")) {
    const equals = pair.indexOf("=");
    const name = names.find((known) => known === pair.slice(0, Math.max(0, equals)));
    if (name !== undefined && !told.has(name)) told.set(name, unescaped(pair.slice(equals + 1)));
  }
  return told;
}

function unescaped(text: string): string {
  return text
    .replaceAll("+", " ")
    .replace(/%([0-9A-Fa-f]{2})/g, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 16)));
}

const bytesOf = (text: string): Uint8Array => Uint8Array.from(text, (character) => character.charCodeAt(0));
