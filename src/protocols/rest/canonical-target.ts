import { canonicalHost } from "./host.ts";
import { rejection } from "./reject-reason.ts";

/** A request target in the one form that routing, policy, log and upstream all see. */
export interface CanonicalTarget {
  /**
   * Absolute, dot-free, percent triples in upper case and only where needed; case-sensitive. `*`: an `OPTIONS` that asks
   * the gateway itself.
   */
  readonly path: string;
  /** Without the `?`, as sent; `""` when there is none. */
  readonly query: string;
}

/** What a request line says, and whom the `Host` header names. */
export interface RequestTarget {
  readonly method: string;
  readonly target: string;
  /** Canonical: what `checkHead` returned. */
  readonly host: string;
}

/** What is accepted of targets. */
export interface TargetRules {
  /** `%2F` within a segment: refused, or kept as it is. */
  readonly encodedSlash: "reject" | "keep";
  /** `//`: one slash, refused, or kept as it is. */
  readonly emptySegments: "collapse" | "reject" | "keep";
  readonly pathBytesMax: number;
  readonly queryBytesMax: number;
  readonly segmentsMax: number;
  readonly queryParametersMax: number;
}

export const defaultTargetRules: TargetRules = {
  encodedSlash: "reject",
  emptySegments: "collapse",
  pathBytesMax: 8192,
  queryBytesMax: 16_384,
  segmentsMax: 256,
  queryParametersMax: 256,
};

const plainPath = /^(?:\/[A-Za-z0-9_~:@!$&'()*+,=-][A-Za-z0-9._~:@!$&'()*+,=-]*)*\/?$/;
const forbiddenBytes = /[^\x21-\x7e]|\\|#/;
const badTriple = /%(?![0-9A-Fa-f]{2})/;
const unreserved = /[A-Za-z0-9._~-]/;
/** What some reader takes for `.` or `..`: with path parameters, or cut at an encoded slash. */
const disguisedDots = /(?:^|%2F)\.{1,2}(?:;|%3B|%2F)|%2F\.{1,2}$/;

/**
 * Brings a request target into canonical form, once per request: `canonical(canonical(x)) = canonical(x)`, and nothing
 * is decoded twice. Origin-form; absolute-form when its authority is that of the `Host` header; `*` with `OPTIONS`.
 *
 * @throws GatewayError `malformed_request`, `method_not_allowed`, `uri_too_long`, each with a `RejectReason`.
 * Source: RFC 9112 section 3.2, RFC 3986 sections 5.2.4 and 6.2.2; rules of the protocols specification, part 1.
 */
export function canonicalTarget(
  request: RequestTarget,
  rules: TargetRules = defaultTargetRules,
): CanonicalTarget {
  const { method, target } = request;
  if (method === "CONNECT" || method === "TRACE")
    throw rejection("target_method", "`CONNECT` and `TRACE` are not answered here.", "method_not_allowed");
  if (target === "*" && method === "OPTIONS") return { path: "*", query: "" };
  const origin = target.startsWith("/") ? target : originForm(request);
  const mark = origin.indexOf("?");
  const rawPath = mark < 0 ? origin : origin.slice(0, mark);
  const query = mark < 0 ? "" : origin.slice(mark + 1);
  if (rawPath.length > rules.pathBytesMax) throw tooLong("path", rules.pathBytesMax);
  if (forbiddenBytes.test(origin)) throw byteFault(origin);
  if (query !== "") checkQuery(query, rules);
  if (!plainPath.test(rawPath)) return { path: canonicalPath(rawPath, rules), query };
  // Each segment of a plain path takes two bytes at least.
  if (rawPath.length >= rules.segmentsMax * 2) checkCount(rawPath.split("/").length - 1, rules);
  return { path: rawPath, query };
}

/** Whether a path is in canonical form already. */
export function isCanonicalPath(path: string, rules: TargetRules): boolean {
  if (!path.startsWith("/") || path.includes("?")) return false;
  try {
    return canonicalTarget({ method: "GET", target: path, host: "" }, rules).path === path;
  } catch {
    return false;
  }
}

function originForm({ target, host }: RequestTarget): string {
  const [, authority, rest = ""] = /^https?:\/\/([^/?#]*)(.*)$/is.exec(target) ?? [];
  if (authority === undefined) throw malformed("target_form", "is not in origin form (`/path?query`)");
  if (canonicalHost(authority)?.host !== host)
    throw malformed("target_host", "names another host than the Host header");
  return rest.startsWith("/") ? rest : `/${rest}`;
}

function checkQuery(query: string, { queryBytesMax, queryParametersMax }: TargetRules): void {
  if (query.length > queryBytesMax) throw tooLong("query", queryBytesMax);
  if (query.includes("%") && badTriple.test(query))
    throw malformed("target_escape", "has a broken percent triple in its query");
  let parameters = 1;
  for (let at = query.indexOf("&"); at >= 0; at = query.indexOf("&", at + 1)) parameters += 1;
  if (parameters > queryParametersMax)
    throw malformed("target_parameters", `has more than ${queryParametersMax} query parameters`);
}

function canonicalPath(rawPath: string, rules: TargetRules): string {
  const segments = decodedOnce(rawPath, rules).split("/").slice(1);
  checkCount(segments.length, rules);
  const kept: string[] = [];
  for (const [index, segment] of segments.entries()) {
    const isLast = index === segments.length - 1;
    if (disguisedDots.test(segment))
      throw malformed("target_dot_parameter", "has a dot segment with parameters");
    if (segment === "..") {
      if (kept.pop() === undefined) throw malformed("target_above_root", "climbs above the root");
    } else if (segment !== "." && (segment !== "" || keepsEmpty(rules, isLast))) kept.push(segment);
    if (isLast && (segment === "" || segment === "." || segment === "..")) kept.push("");
  }
  return `/${kept.join("/")}`;
}

/** Triples of unreserved characters become these, all others upper case. */
function decodedOnce(rawPath: string, { encodedSlash }: TargetRules): string {
  if (!rawPath.includes("%")) return rawPath;
  if (badTriple.test(rawPath)) throw malformed("target_escape", "has a broken percent triple");
  return rawPath.replace(/%[0-9A-Fa-f]{2}/g, (triple) => {
    const value = Number.parseInt(triple.slice(1), 16);
    if (value === 0x00 || value === 0x5c || (value === 0x2f && encodedSlash === "reject"))
      throw malformed(
        value === 0x2f ? "target_encoded_slash" : "target_encoded",
        `holds ${triple.toUpperCase()}, which parsers read differently`,
      );
    const character = String.fromCharCode(value);
    return unreserved.test(character) ? character : triple.toUpperCase();
  });
}

/** Whether an empty segment stays one. The last one is the final slash, which always counts. */
function keepsEmpty({ emptySegments }: TargetRules, isLast: boolean): boolean {
  if (isLast) return false;
  if (emptySegments === "reject") throw malformed("target_empty_segment", "has an empty segment");
  return emptySegments === "keep";
}

function checkCount(segments: number, { segmentsMax }: TargetRules): void {
  if (segments > segmentsMax) throw malformed("target_segments", `has more than ${segmentsMax} segments`);
}

const byteFault = (origin: string) =>
  origin.includes("#")
    ? malformed("target_form", "has a fragment")
    : malformed("target_byte", "holds a byte that must be percent-encoded");

const tooLong = (part: string, bytesMax: number) =>
  rejection("target_too_long", `The request's ${part} is longer than ${bytesMax} bytes.`, "uri_too_long");

const malformed = (reason: Parameters<typeof rejection>[0], what: string) =>
  rejection(reason, `The request target ${what}.`);
