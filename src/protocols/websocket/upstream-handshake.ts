import { GatewayError } from "../../kernel/errors.ts";
import type { UpstreamHead } from "../../ports/transport.ts";
import type { Handshake } from "./check-handshake.ts";
import { hasToken } from "./header-list.ts";

/** SHA-1 of a text (ASCII), in base64. The protocol asks for it; nothing is kept secret by it. */
export type Sha1 = (text: string) => string;

/** What is asked of the upstream, to hold its answer against. */
export interface UpstreamHandshake {
  readonly key: string;
  readonly protocols: readonly string[];
  readonly extensions?: string;
}

/** What the upstream agreed to. */
export interface Agreed {
  readonly protocol?: string;
  readonly extensions?: string;
}

const magic = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

/**
 * What goes up when the gateway only copies: the client's own key and offers, since both ends talk to each other.
 *
 * @param nonce 16 random bytes in base64, for a client that has brought no key.
 */
export function tunnelHandshake(client: Handshake, nonce: string): UpstreamHandshake {
  const { key = nonce, protocols, extensions } = client;
  return { key, protocols, ...(extensions !== undefined && { extensions }) };
}

/**
 * What goes up when the gateway reads the messages: a key of its own and no extension, since it runs none.
 *
 * @param nonce 16 random bytes in base64.
 */
export function inspectHandshake(client: Handshake, nonce: string): UpstreamHandshake {
  return { key: nonce, protocols: client.protocols };
}

/** The headers of the handshake that goes up, a flat list in lower case; `connection` and `upgrade` are the transport's own. */
export function handshakeHeaders({ key, protocols, extensions }: UpstreamHandshake): readonly string[] {
  return [
    "sec-websocket-version",
    "13",
    "sec-websocket-key",
    key,
    ...(protocols.length > 0 ? ["sec-websocket-protocol", protocols.join(", ")] : []),
    ...(extensions === undefined ? [] : ["sec-websocket-extensions", extensions]),
  ];
}

/** Fields of the client's own that belong to its hop or are written anew by `handshakeHeaders`. */
export const handshakeFields: ReadonlySet<string> = new Set([
  "connection",
  "upgrade",
  "sec-websocket-key",
  "sec-websocket-version",
  "sec-websocket-protocol",
  "sec-websocket-extensions",
  "sec-websocket-accept",
]);

/**
 * Holds the upstream's 101 against what was asked of it.
 *
 * @throws GatewayError `upstream_malformed_response`.
 * Source: RFC 6455 section 4.1, the client's checks 2 to 6.
 */
export function checkSwitched(head: UpstreamHead, asked: UpstreamHandshake, sha1: Sha1): Agreed {
  const { headers } = head;
  if (!hasToken(split(headers.get("upgrade")), "websocket"))
    throw broken("its Upgrade header is not websocket");
  if (!hasToken(split(headers.get("connection")), "upgrade"))
    throw broken("its Connection header does not name upgrade");
  if (headers.get("sec-websocket-accept") !== acceptOf(asked.key, sha1))
    throw broken("its Sec-WebSocket-Accept does not belong to our key");
  const protocol = headers.get("sec-websocket-protocol");
  if (protocol !== undefined && !asked.protocols.includes(protocol))
    throw broken("it chose a subprotocol that was not offered");
  const extensions = headers.get("sec-websocket-extensions");
  const offered = new Set(split(asked.extensions).map(extensionName));
  if (!split(extensions).every((extension) => offered.has(extensionName(extension))))
    throw broken("it chose an extension that was not offered");
  return {
    ...(protocol !== undefined && { protocol }),
    ...(extensions !== undefined && extensions !== "" && { extensions }),
  };
}

/** `Sec-WebSocket-Accept` for a key. Source: RFC 6455 section 4.2.2, step 5.4. */
export const acceptOf = (key: string, sha1: Sha1): string => sha1(key + magic);

/**
 * The fields by which a client is told that it has its socket: flat list; in HTTP/2 there are none of the connection.
 *
 * @param agreed What both sides run: of a tunnel everything the upstream agreed to, else the subprotocol alone.
 * @param extra More headers, a flat list: the request's id.
 */
export const switchedHeaders = (
  { key }: Pick<Handshake, "key">,
  agreed: Agreed,
  sha1: Sha1,
  extra: readonly string[] = [],
): readonly string[] => [
  ...(key === undefined
    ? []
    : ["upgrade", "websocket", "connection", "Upgrade", "sec-websocket-accept", acceptOf(key, sha1)]),
  ...(agreed.protocol === undefined ? [] : ["sec-websocket-protocol", agreed.protocol]),
  ...(agreed.extensions === undefined ? [] : ["sec-websocket-extensions", agreed.extensions]),
  ...extra,
];

const split = (value: string | undefined): readonly string[] =>
  (value ?? "")
    .split(",")
    .map((element) => element.trim())
    .filter((element) => element !== "");

const extensionName = (extension: string): string => extension.split(";")[0]?.trim().toLowerCase() ?? "";

const broken = (what: string): GatewayError =>
  new GatewayError("upstream_malformed_response", `the 101 of the upstream: ${what}`);
