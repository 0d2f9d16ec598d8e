import { GatewayError } from "../kernel/errors.ts";

const absolute = /^https?:\/\/[^/?#]+/i;

/**
 * Path and query of a request target, both as they were sent; an absolute target loses its origin.
 * @throws GatewayError `malformed_request` for other forms and for fragments.
 * Source: RFC 9112, section 3.2.
 */
export function readTarget(target: string): { readonly path: string; readonly query: string } {
  const local = target.replace(absolute, "");
  if (!local.startsWith("/") || local.includes("#"))
    throw new GatewayError("malformed_request", "the request target is no path");
  const at = local.indexOf("?");
  return at < 0 ? { path: local, query: "" } : { path: local.slice(0, at), query: local.slice(at + 1) };
}
