import { GatewayError } from "../../kernel/errors.ts";

/** A request target in the one form that routing, policy, log and upstream all see. */
export interface CanonicalTarget {
  /** Absolute, dot-free, percent triples in upper case and only where needed; case-sensitive. */
  readonly path: string;
  /** Without the `?`, as sent; `""` when there is none. */
  readonly query: string;
}

const pathBytesMax = 8192;
const queryBytesMax = 16_384;
const segmentsMax = 256;
const plainPath = /^(?:\/[A-Za-z0-9_~:@!$&'()*+,=-][A-Za-z0-9._~:@!$&'()*+,=-]*)+$/;
const forbiddenBytes = /[^\x21-\x7e]|\\|#/;
const badTriple = /%(?![0-9A-Fa-f]{2})/;
const unreserved = /[A-Za-z0-9._~-]/;

/**
 * Brings a request target into canonical form, once per request: `canonical(canonical(x)) = canonical(x)`.
 * Origin-form only; absolute-form is accepted when its authority equals `host` and reduced.
 *
 * @throws GatewayError `malformed_request`, `uri_too_long`.
 * Source: RFC 9112 section 3.2, RFC 3986 sections 5.2.4 and 6.2.2; rules of the protocols specification, part 1.
 */
export function canonicalTarget(target: string, host: string): CanonicalTarget {
  const origin = originForm(target, host);
  const mark = origin.indexOf("?");
  const rawPath = mark < 0 ? origin : origin.slice(0, mark);
  const query = mark < 0 ? "" : origin.slice(mark + 1);
  if (rawPath.length > pathBytesMax)
    throw new GatewayError("uri_too_long", `path of ${rawPath.length} bytes`);
  if (query.length > queryBytesMax) throw new GatewayError("uri_too_long", `query of ${query.length} bytes`);
  if (forbiddenBytes.test(origin)) throw malformed("holds a byte that must be percent-encoded");
  if (badTriple.test(query)) throw malformed("has a broken percent triple in its query");
  if (plainPath.test(rawPath)) return { path: rawPath, query };
  return { path: canonicalPath(rawPath), query };
}

function originForm(target: string, host: string): string {
  if (target.startsWith("/")) return target;
  const absolute = /^https?:\/\/([^/?#]*)(.*)$/i.exec(target);
  if (absolute === null) throw malformed("is not in origin form (`/path?query`)");
  if (absolute[1]?.toLowerCase() !== host.toLowerCase())
    throw malformed("names another host than the Host header");
  const rest = absolute[2] ?? "";
  return rest.startsWith("/") ? rest : `/${rest}`;
}

function canonicalPath(rawPath: string): string {
  if (badTriple.test(rawPath)) throw malformed("has a broken percent triple");
  const decoded = rawPath.replace(/%[0-9A-Fa-f]{2}/g, (triple) => {
    const value = Number.parseInt(triple.slice(1), 16);
    if (value === 0x00 || value === 0x2f || value === 0x5c)
      throw malformed(`holds ${triple.toUpperCase()}, which parsers read differently`);
    const character = String.fromCharCode(value);
    return unreserved.test(character) ? character : triple.toUpperCase();
  });
  const kept: string[] = [];
  const segments = decoded.split("/").slice(1);
  if (segments.length > segmentsMax) throw malformed(`has more than ${segmentsMax} segments`);
  for (const [index, segment] of segments.entries()) {
    const isLast = index === segments.length - 1;
    if (/^\.{1,2};/.test(segment)) throw malformed("has a dot segment with parameters");
    if (segment === "..") {
      if (kept.pop() === undefined) throw malformed("climbs above the root");
      if (isLast) kept.push("");
    } else if (segment === "." || segment === "") {
      if (isLast) kept.push("");
    } else {
      kept.push(segment);
    }
  }
  return `/${kept.join("/")}`;
}

function malformed(what: string): GatewayError {
  return new GatewayError("malformed_request", `target ${what}`, { message: `The request target ${what}.` });
}
