import type { GatewayError } from "../../kernel/errors.ts";
import { canonicalHost, type Host } from "./host.ts";
import { type RejectReason, rejection } from "./reject-reason.ts";

/** What a head must keep to, beyond what the parser checks. */
export interface HeadRules {
  /** Header fields. */
  readonly headersMax: number;
  /** Bytes of all names and values; absent: what the parser lets through. */
  readonly headerBytesMax?: number;
  /** Bytes 0x80-0xFF in values: refused (the default), or passed and told by `hasObsText`. */
  readonly obsText?: "reject" | "pass";
  /** See `hostAllowList`; absent: every host is served. */
  readonly isServed?: (host: Host) => boolean;
}

/** What a head says that is needed in canonical form. */
export interface CheckedHead extends Host {
  /** Bytes; absent: none is told. */
  readonly contentLength?: number;
  /** A value holds obs-text, which a route may refuse: `obsTextRefusal`. */
  readonly hasObsText?: true;
}

/** Fields that may come once, each with its bit in the set of those seen. */
const singletons: ReadonlyMap<string, number> = new Map(
  [
    "authorization",
    "content-type",
    "content-length",
    "host",
    "if-modified-since",
    "if-unmodified-since",
    "if-range",
    "range",
    "origin",
  ].map((name, index) => [name, 1 << index]),
);
/** Fields that speak of an HTTP/1.1 connection. Source: RFC 9113, section 8.2.2. */
const connectionFields: ReadonlySet<string> = new Set([
  "connection",
  "keep-alive",
  "proxy-connection",
  "transfer-encoding",
  "upgrade",
]);
const token = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
const badValue = /[^\t\x20-\x7e]/;
const badEvenIfObsText = /[^\t\x20-\x7e\x80-\xff]/;
const lengthForm = /^\d{1,19}$/;

/**
 * Refuses heads that two parsers could read differently, and returns the canonical host.
 *
 * @param rawHeaders Flat list as it came; HTTP/2: without pseudo-headers, `:authority` as `host`.
 * @throws GatewayError `malformed_request`, `headers_too_large`, `misdirected`, each with a `RejectReason`.
 * Source: RFC 9112 sections 3.2, 5 and 6.1; RFC 9113 section 8.2.2; protocols specification, part 1 (host, framing,
 * doubled singletons).
 */
export function checkHead(rawHeaders: readonly string[], httpVersion: string, rules: HeadRules): CheckedHead {
  if (rawHeaders.length > rules.headersMax * 2) throw tooMany(rules.headersMax);
  const isPaired = httpVersion === "2";
  let host: string | undefined;
  let length: string | undefined;
  let hasCoding = false;
  let hasObsText = false;
  let seen = 0;
  let bytes = 0;
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const written = rawHeaders[index] ?? "";
    const value = rawHeaders[index + 1] ?? "";
    bytes += written.length + value.length;
    const name = written.toLowerCase();
    if (badValue.test(value)) hasObsText = checkObsText(name, value, rules);
    const bit = singletons.get(name);
    if (bit !== undefined) {
      // In HTTP/2, `host` may stand beside the `:authority` that it equals.
      const isAuthority = isPaired && name === "host" && sameHost(host, value);
      if ((seen & bit) !== 0 && !isAuthority) throw malformed("header_doubled", `${name} comes twice`);
      seen |= bit;
      if (name === "host") host = value;
      else if (name === "content-length") length = value;
    } else if (!token.test(name)) throw malformed("header_name", "a field name holds what is no token");
    else if (isPaired) checkPaired(name, value);
    else if (name === "transfer-encoding") {
      if (hasCoding || value.toLowerCase() !== "chunked")
        throw malformed("transfer_coding", "transfer-encoding is not exactly `chunked`");
      hasCoding = true;
    }
  }
  if (rules.headerBytesMax !== undefined && bytes > rules.headerBytesMax)
    throw tooLarge(rules.headerBytesMax);
  checkFraming(length, hasCoding, httpVersion);
  return {
    ...servedHost(host, rules),
    ...(length === undefined ? {} : { contentLength: Number(length) }),
    ...(hasObsText ? { hasObsText } : {}),
  };
}

function checkFraming(length: string | undefined, hasCoding: boolean, httpVersion: string): void {
  if (hasCoding && (length !== undefined || httpVersion === "1.0"))
    throw malformed("length_twice", "the body's length is told in two ways");
  if (length !== undefined && !lengthForm.test(length))
    throw malformed("content_length", "content-length is no number of bytes");
}

/** What a route that does not pass obs-text says to a head that has some. */
export const obsTextRefusal = (): GatewayError =>
  malformed("header_obs_text", "a field value holds a byte that is not ASCII");

function servedHost(text: string | undefined, { isServed }: HeadRules): Host {
  if (text === undefined) throw malformed("host_missing", "the Host header is missing");
  const host = canonicalHost(text);
  if (host === undefined) throw malformed("host_form", "the Host header is no host name");
  if (isServed !== undefined && !isServed(host))
    throw rejection("host_unserved", "This host is not served here.", "misdirected");
  return host;
}

/** @returns `true`: the value holds obs-text, and nothing worse. */
function checkObsText(name: string, value: string, { obsText }: HeadRules): true {
  if (badEvenIfObsText.test(value)) throw malformed("header_value", `header ${name} holds a control byte`);
  if (obsText !== "pass") throw obsTextRefusal();
  return true;
}

function checkPaired(name: string, value: string): void {
  if (connectionFields.has(name)) throw malformed("connection_field", `HTTP/2 has no field ${name}`);
  if (name === "te" && value.toLowerCase() !== "trailers")
    throw malformed("connection_field", "te is not exactly `trailers`");
}

function sameHost(one: string | undefined, other: string): boolean {
  return one !== undefined && canonicalHost(one)?.host === canonicalHost(other)?.host;
}

const tooMany = (headersMax: number) =>
  rejection("header_count", `The request has more than ${headersMax} header fields.`, "headers_too_large");

const tooLarge = (bytesMax: number) =>
  rejection(
    "header_size",
    `The request's header fields hold more than ${bytesMax} bytes.`,
    "headers_too_large",
  );

const malformed = (reason: RejectReason, what: string) =>
  rejection(reason, `The request head cannot be read: ${what}.`);
