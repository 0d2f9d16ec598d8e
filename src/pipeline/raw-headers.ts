import type { UpstreamHead } from "../ports/transport.ts";

/** Headers that belong to one connection, and those by which a client proves itself to the gateway. */
const keptBack: ReadonlySet<string> = new Set([
  "connection",
  "keep-alive",
  "proxy-authenticate",
  "proxy-authorization",
  "proxy-connection",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
  "expect",
  "host",
  "authorization",
  "x-api-key",
  "api-key",
  "x-goog-api-key",
  "cookie",
  "set-cookie",
  "forwarded",
  "accept-encoding",
]);
const isOurs = (name: string): boolean => name.startsWith("x-sallyport-") || name.startsWith("x-forwarded-");

/** The client's headers without its credentials, and the provider's own; of one name the provider's counts. */
export function rawRequestHeaders(raw: readonly string[], own: readonly string[]): readonly string[] {
  const ownNames = new Set(own.filter((_, index) => index % 2 === 0));
  const headers: string[] = [];
  for (let index = 0; index + 1 < raw.length; index += 2) {
    const name = (raw[index] ?? "").toLowerCase();
    if (keptBack.has(name) || isOurs(name) || ownNames.has(name)) continue;
    headers.push(name, raw[index + 1] ?? "");
  }
  return [...headers, "accept-encoding", "identity", ...own];
}

/** The provider's headers; an error is sent whole, with a length of its own. */
export function rawAnswerHeaders({ headers }: UpstreamHead, isError: boolean): readonly string[] {
  return [...headers].flatMap(([name, value]) =>
    keptBack.has(name) || isOurs(name) || (isError && name === "content-length") ? [] : [name, value],
  );
}
