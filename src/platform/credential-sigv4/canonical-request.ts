import { createHash } from "node:crypto";
import type { Signable } from "../../exchange/target.ts";

/** A request in the one form that both sides hash. */
export interface CanonicalRequest {
  readonly text: string;
  /** The names of the headers it covers, sorted, joined with `;`. */
  readonly signedHeaders: string;
}

/**
 * Headers that are not signed, because a client library or a proxy on the way may set or change them.
 * Source: `ALWAYS_UNSIGNABLE_HEADERS` of @smithy/signature-v4 5.7.5, the signer of the AWS SDK.
 */
const unsigned: ReadonlySet<string> = new Set([
  "authorization",
  "cache-control",
  "connection",
  "expect",
  "from",
  "keep-alive",
  "max-forwards",
  "pragma",
  "referer",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
  "user-agent",
  "x-amzn-trace-id",
]);

/**
 * Writes `request`, as it is sent, in its canonical form; `added` are headers that go out besides its own.
 *
 *     method \n path \n query \n name:value\n … \n signed names \n SHA-256 of the body
 *
 * The path is percent-encoded once more than it is sent, as for every service but S3.
 *
 * Source: AWS, "Create a signed AWS API request", step 1.
 */
export function canonicalRequest(
  request: Signable,
  added: readonly (readonly [name: string, value: string])[],
): CanonicalRequest {
  const [path = "", ...query] = request.path.split("?");
  const headers = canonicalHeaders([...pairsOf(request.headers), ...added]);
  const signedHeaders = headers.map(([name]) => name).join(";");
  const text = [
    request.method,
    canonicalPath(path),
    canonicalQuery(query.join("?")),
    ...headers.map(([name, value]) => `${name}:${value}`),
    "",
    signedHeaders,
    createHash("sha256").update(request.body).digest("hex"),
  ].join("\n");
  return { text, signedHeaders };
}

function canonicalPath(path: string): string {
  const segments: string[] = [];
  for (const segment of path.split("/")) {
    if (segment === "..") segments.pop();
    else if (segment !== "" && segment !== ".") segments.push(encode(segment));
  }
  const isFolder = segments.length > 0 && path.endsWith("/");
  return `/${segments.join("/")}${isFolder ? "/" : ""}`;
}

function canonicalQuery(query: string): string {
  return query
    .split("&")
    .filter((piece) => piece !== "")
    .map((piece) => {
      const [name = "", ...value] = piece.split("=");
      return [encode(decode(name)), encode(decode(value.join("=")))] as const;
    })
    .toSorted(([name, value], [otherName, otherValue]) => order(name, otherName) || order(value, otherValue))
    .map(([name, value]) => `${name}=${value}`)
    .join("&");
}

/** Sorted by name; several of one name are one, their values joined in the order they came. */
function canonicalHeaders(
  pairs: readonly (readonly [name: string, value: string])[],
): readonly (readonly [name: string, value: string])[] {
  const merged = new Map<string, string>();
  for (const [name, value] of pairs) {
    if (unsigned.has(name) || name.startsWith("proxy-") || name.startsWith("sec-")) continue;
    const trimmed = value.trim().replaceAll(/\s+/g, " ");
    const before = merged.get(name);
    merged.set(name, before === undefined ? trimmed : `${before},${trimmed}`);
  }
  return [...merged].toSorted(([name], [other]) => order(name, other));
}

function pairsOf(flat: readonly string[]): readonly (readonly [name: string, value: string])[] {
  return flat.flatMap((name, index) =>
    index % 2 === 0 ? [[name.toLowerCase(), flat[index + 1] ?? ""] as const] : [],
  );
}

/** By code unit: what is compared is ASCII. */
function order(left: string, right: string): number {
  if (left === right) return 0;
  return left < right ? -1 : 1;
}

/** Percent-encodes all but the unreserved characters of RFC 3986. */
function encode(text: string): string {
  return encodeURIComponent(text).replaceAll(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

/** The inverse of `encode`; text that is not encoded properly is what it says. */
function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
