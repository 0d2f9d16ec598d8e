import { type HeaderList, valueIn } from "./header-list.ts";

/** From where browsers may call a route: origins as they are sent (`https://app.example`), or everybody. */
export type AllowedOrigins = "any" | readonly string[];

/** Fields that a page must be able to read. Source: grpc/doc/PROTOCOL-WEB.md; connectrpc.com/docs/cors. */
const exposed =
  "grpc-status, grpc-message, grpc-status-details-bin, grpc-encoding, connect-content-encoding, content-encoding, x-sallyport-request-id, x-sallyport-error";

const maxAgeSeconds = 7200;

export type CorsDecision =
  /** No request of a page of another origin, or one that is not allowed: nothing is said. */
  | { readonly kind: "none" }
  /** Goes on its way; the answer carries these fields. */
  | { readonly kind: "allowed"; readonly headers: HeaderList }
  /** The browser only asks: the answer is 204 with these fields, and nothing goes upstream. */
  | { readonly kind: "preflight"; readonly headers: HeaderList };

/**
 * What a browser is told of a request across origins. Credentials in the manner of cookies are not allowed.
 * Source: Fetch standard, "CORS protocol".
 */
export function decideCors(method: string, rawHeaders: HeaderList, allowed: AllowedOrigins): CorsDecision {
  const origin = valueIn(rawHeaders, "origin");
  const wanted = valueIn(rawHeaders, "access-control-request-method");
  const isAsked = method === "OPTIONS" && wanted !== undefined;
  if (origin === undefined || !(allowed === "any" || allowed.includes(origin))) return { kind: "none" };
  const who = ["access-control-allow-origin", allowed === "any" ? "*" : origin, ...vary(allowed)];
  if (!isAsked) return { kind: "allowed", headers: [...who, "access-control-expose-headers", exposed] };
  if (wanted !== "POST" && wanted !== "GET") return { kind: "preflight", headers: vary(allowed) };
  const names = valueIn(rawHeaders, "access-control-request-headers");
  return {
    kind: "preflight",
    headers: [
      ...who,
      "access-control-allow-methods",
      "GET, POST",
      ...(names === undefined ? [] : ["access-control-allow-headers", names]),
      "access-control-max-age",
      String(maxAgeSeconds),
    ],
  };
}

const vary = (allowed: AllowedOrigins): readonly string[] => (allowed === "any" ? [] : ["vary", "origin"]);
