import type { Milliseconds } from "../../kernel/units.ts";
import { fieldsOf, type HeaderList, valueIn } from "./header-list.ts";
import { statusNames } from "./status.ts";
import { printGrpcTimeout } from "./timeout.ts";

/** Names that belong to one connection, or that HTTP/2 and gRPC set anew on each. Source: RFC 9113, section 8.2.2. */
const ofConnection: ReadonlySet<string> = new Set([
  "connection",
  "keep-alive",
  "proxy-connection",
  "proxy-authorization",
  "proxy-authenticate",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
  "http2-settings",
  "expect",
  "host",
  "content-length",
  "content-type",
]);

/** What the gateway writes itself on the way up. */
const written: ReadonlySet<string> = new Set(["grpc-timeout", "grpc-previous-rpc-attempts"]);

/** Whether a field is kept back; by names in lower case. */
export type Guard = (name: string) => boolean;

/** How many attempts a client says it has made before; beyond that nobody counts. */
const attemptsMax = 1000;

/**
 * The metadata of a client's head in its order, for a call upstream: nothing of the connection, nothing that the gateway
 * writes itself or only an answer may have, nothing that `isGuarded` keeps back (credentials, names of the gateway).
 * Binary values (`-bin`) are not looked at.
 */
export function requestMetadata(rawHeaders: HeaderList, isGuarded: Guard): string[] {
  const nominated = nominatedBy(rawHeaders);
  return fieldsOf(
    rawHeaders,
    (name) =>
      !name.startsWith(":") &&
      !ofConnection.has(name) &&
      !written.has(name) &&
      !statusNames.has(name) &&
      !nominated.has(name) &&
      !isGuarded(name),
  );
}

/**
 * The metadata of an answer's head or trailers in its order, for the client: the status goes its own way, and what the
 * gateway says of itself (`isGuarded`) no service does.
 */
export function answerMetadata(list: HeaderList, isGuarded: Guard): string[] {
  return fieldsOf(
    list,
    (name) =>
      !name.startsWith(":") &&
      !ofConnection.has(name) &&
      name !== "alt-svc" &&
      !statusNames.has(name) &&
      !isGuarded(name),
  );
}

/** What `Connection` names; in HTTP/2 it may not be there, in front of a translation it may. */
function nominatedBy(rawHeaders: HeaderList): ReadonlySet<string> {
  const names = valueIn(rawHeaders, "connection")?.toLowerCase().split(",") ?? [];
  return new Set(names.map((name) => name.trim()).filter((name) => name !== "user-agent"));
}

/** The attempts that the client says it has made before. */
export function previousAttempts(rawHeaders: HeaderList): number {
  const text = valueIn(rawHeaders, "grpc-previous-rpc-attempts") ?? "";
  return /^\d{1,4}$/.test(text) ? Math.min(attemptsMax, Number(text)) : 0;
}

/** What is known of a call when it is sent. */
export interface Sending {
  readonly contentType: string;
  readonly metadata: HeaderList;
  /** What is left of its time. */
  readonly timeLeft: Milliseconds;
  /** Attempts before this one: the client's and the gateway's. */
  readonly attempts: number;
}

/** The fields of a call upstream, but for the pseudo-fields. Source: gRPC over HTTP2, "Requests". */
export function upstreamFields({ contentType, metadata, timeLeft, attempts }: Sending): string[] {
  return [
    "te",
    "trailers",
    "content-type",
    contentType,
    "grpc-timeout",
    printGrpcTimeout(timeLeft),
    ...(attempts > 0 ? ["grpc-previous-rpc-attempts", String(attempts)] : []),
    ...metadata,
  ];
}
