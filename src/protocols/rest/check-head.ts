import { GatewayError } from "../../kernel/errors.ts";

/** What a head must keep to, beyond what the parser checks. */
export interface HeadLimits {
  readonly headersMax: number;
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
const badValue = /[^\t\x20-\x7e]/;
const hostForm = /^(?:[A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\])(?::\d{1,5})?$/;

/**
 * Refuses heads that two parsers could read differently, and returns the canonical host.
 *
 * @param rawHeaders Flat list as it came.
 * @throws GatewayError `malformed_request`, `headers_too_large`.
 * Source: RFC 9112 sections 3.2, 5 and 6.1; protocols specification, part 1 (framing, doubled singletons).
 */
export function checkHead(
  rawHeaders: readonly string[],
  httpVersion: string,
  limits: HeadLimits,
): { readonly host: string } {
  if (rawHeaders.length > limits.headersMax * 2) {
    throw new GatewayError("headers_too_large", `${rawHeaders.length / 2} header fields`, {
      message: `The request has more than ${limits.headersMax} header fields.`,
    });
  }
  let host: string | undefined;
  let seen = 0;
  let transfer: string | undefined;
  let hasLength = false;
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = (rawHeaders[index] ?? "").toLowerCase();
    const value = rawHeaders[index + 1] ?? "";
    if (badValue.test(value)) throw malformed(`header ${name} holds a control or non-ASCII byte`);
    const bit = singletons.get(name);
    if (bit !== undefined) {
      if ((seen & bit) !== 0) throw malformed(`header ${name} comes twice`);
      seen |= bit;
    }
    if (name === "host") host = value;
    else if (name === "content-length") hasLength = true;
    else if (name === "transfer-encoding") {
      if (transfer !== undefined || value.toLowerCase() !== "chunked")
        throw malformed("transfer-encoding is not exactly `chunked`");
      transfer = value;
    }
  }
  if (transfer !== undefined && (hasLength || httpVersion === "1.0"))
    throw malformed("the body's length is told in two ways");
  if (host === undefined || !hostForm.test(host))
    throw malformed("the Host header is missing or is no host name");
  return { host: host.toLowerCase() };
}

function malformed(what: string): GatewayError {
  return new GatewayError("malformed_request", what, {
    message: `The request head cannot be read: ${what}.`,
  });
}
