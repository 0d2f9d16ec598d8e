import { GatewayError } from "../../kernel/errors.ts";
import { takeCredential } from "./credential.ts";
import { hasToken, listOf, valuesOf } from "./header-list.ts";

/** The head of a request that asks for a WebSocket. */
export interface HandshakeHead {
  readonly method: string;
  readonly httpVersion: "1.0" | "1.1" | "2";
  /** HTTP/2: it came as an extended CONNECT, which has neither a key nor fields of the connection (RFC 8441, section 5). */
  readonly isConnect?: boolean;
  /** Flat list as it came: name, value, name, value. */
  readonly rawHeaders: readonly string[];
}

/** What a route asks of a handshake. */
export interface HandshakeRules {
  /** Origins whose pages may connect with cookies, as browsers write them: `https://app.example`. `*`: all. */
  readonly origins: readonly string[];
  /** A key may come as the subprotocol `openai-insecure-api-key.<key>`. */
  readonly takesKeyAsSubprotocol: boolean;
}

/** A client's opening handshake that was found good. */
export interface Handshake {
  /** `Sec-WebSocket-Key` as it came; absent in HTTP/2. */
  readonly key?: string;
  /** The subprotocols the client offers, without one that was a credential. */
  readonly protocols: readonly string[];
  /** The extensions the client offers, as one value; absent: none. */
  readonly extensions?: string;
  /** The key that came as a subprotocol. */
  readonly credential?: string;
}

const keyForm = /^[+/0-9A-Za-z]{22}==$/;
const tokenForm = /^[!#$%&'*+\-.0-9A-Z^_`|a-z~]+$/;
const subprotocolsMax = 32;

/**
 * Reads a client's opening handshake.
 *
 * @throws GatewayError `upgrade_required` (426, to be sent with `sec-websocket-version: 13` and `upgrade: websocket`)
 *   for another version or none and for a request that does not ask to switch; `method_not_allowed`;
 *   `malformed_request`; `policy_denied` for a page of a foreign origin that brings cookies.
 * Source: RFC 6455 sections 4.1, 4.2.1 and 4.4; section 10.2 for origins; RFC 8441 section 5 for HTTP/2.
 */
export function checkHandshake(head: HandshakeHead, rules: HandshakeRules): Handshake {
  checkRequestLine(head);
  const { rawHeaders } = head;
  checkVersion(rawHeaders);
  const key = head.httpVersion === "2" ? undefined : readKey(rawHeaders);
  checkOrigin(rawHeaders, rules.origins);
  const offered = readProtocols(rawHeaders);
  const { credential, protocols } = rules.takesKeyAsSubprotocol
    ? takeCredential(offered)
    : { credential: undefined, protocols: offered };
  const extensions = listOf(rawHeaders, "sec-websocket-extensions").join(", ");
  return {
    ...(key !== undefined && { key }),
    protocols,
    ...(extensions !== "" && { extensions }),
    ...(credential !== undefined && { credential }),
  };
}

/** Whether a request asks for a WebSocket at all: only then a route of sockets looks closer. */
export function asksForSocket(rawHeaders: readonly string[]): boolean {
  return hasToken(listOf(rawHeaders, "upgrade"), "websocket");
}

/** The headers of the answer 426. Source: RFC 6455 section 4.4, RFC 9110 section 15.5.22. */
export const upgradeRequiredHeaders: readonly string[] = [
  "sec-websocket-version",
  "13",
  "upgrade",
  "websocket",
  "connection",
  "upgrade",
];

function readKey(rawHeaders: readonly string[]): string {
  const [key = "", ...more] = valuesOf(rawHeaders, "sec-websocket-key");
  if (more.length > 0 || !keyForm.test(key)) throw malformed("Sec-WebSocket-Key is not 16 bytes in base64");
  return key;
}

function checkRequestLine({ method, httpVersion, rawHeaders, isConnect = false }: HandshakeHead): void {
  if (httpVersion === "2" && isConnect) return;
  if (!asksForSocket(rawHeaders)) throw upgradeRequired("the request does not ask for a WebSocket");
  if (method !== "GET") throw new GatewayError("method_not_allowed", `a handshake by ${method}`);
  if (httpVersion !== "1.1") throw malformed("a WebSocket needs HTTP/1.1");
  if (!hasToken(listOf(rawHeaders, "connection"), "upgrade"))
    throw malformed("the Connection header does not name `upgrade`");
  if (valuesOf(rawHeaders, "transfer-encoding").length > 0 || hasLength(rawHeaders))
    throw malformed("a handshake has no body");
}

const hasLength = (rawHeaders: readonly string[]): boolean =>
  valuesOf(rawHeaders, "content-length").some((value) => value.trim() !== "0");

function checkVersion(rawHeaders: readonly string[]): void {
  const versions = valuesOf(rawHeaders, "sec-websocket-version");
  if (versions.length !== 1 || versions[0]?.trim() !== "13")
    throw upgradeRequired(`version ${versions.join(", ") || "unknown"}`);
}

/** Without cookies a page of any origin can do no more than any other client; with them it acts as the user. */
function checkOrigin(rawHeaders: readonly string[], origins: readonly string[]): void {
  const [origin, ...more] = valuesOf(rawHeaders, "origin");
  if (origin === undefined || valuesOf(rawHeaders, "cookie").length === 0) return;
  if (more.length > 0) throw malformed("the Origin header comes twice");
  const asked = origin.toLowerCase();
  if (origins.some((known) => known === "*" || known.toLowerCase() === asked)) return;
  throw new GatewayError("policy_denied", `a handshake with cookies from ${origin}`, {
    message: "Pages of this origin may not open sockets here.",
  });
}

function readProtocols(rawHeaders: readonly string[]): readonly string[] {
  const protocols = listOf(rawHeaders, "sec-websocket-protocol");
  if (protocols.length > subprotocolsMax) throw malformed("too many subprotocols are offered");
  if (new Set(protocols).size !== protocols.length) throw malformed("a subprotocol is offered twice");
  if (!protocols.every((protocol) => tokenForm.test(protocol)))
    throw malformed("Sec-WebSocket-Protocol holds what is no token");
  return protocols;
}

function malformed(what: string): GatewayError {
  return new GatewayError("malformed_request", what, { message: `The handshake cannot be read: ${what}.` });
}

function upgradeRequired(what: string): GatewayError {
  return new GatewayError("upgrade_required", what, {
    message: "This route speaks WebSocket, version 13.",
  });
}
