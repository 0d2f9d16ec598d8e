import type { Operator } from "../exchange/operator.ts";
import type { InboundRequest } from "../ports/server.ts";

/** Someone the gateway has let in. */
export interface Caller {
  readonly kind: "session" | "bearer";
  readonly token: string;
  readonly operator: Operator;
}

/** What a request presents, and who that is. */
export type Credential =
  | { readonly kind: "none" }
  | { readonly kind: "wrong" }
  | { readonly kind: "good"; readonly caller: Caller };

/**
 * Of sessions by TLS: a browser takes such a cookie from this very host alone and by TLS alone, so that no sibling of its
 * domain can plant one. Source: RFC 6265bis, section 4.1.3.2.
 */
export const secureCookie = "__Host-sallyport";
/** Of sessions on loopback, which has no TLS. */
export const loopbackCookie = "sallyport_session";

const loopbackHost = /^(?:(?:[a-z0-9-]+\.)*localhost|127(?:\.\d{1,3}){3}|\[::1\])(?::\d{1,5})?$/i;

/** Whether a request for this host has come over no network. */
export const isLoopback = (host: string | undefined): boolean => loopbackHost.test(host ?? "");

const tokenMax = 512;
const bearerForm = /^bearer +([\x21-\x7e]+) *$/i;

/** Whose token it is. */
type WhoIs = (token: string) => Operator | undefined;

/** Looks at the bearer token, or else at the session cookie: a request that carries both is the bearer's. */
export function readCredential(request: Pick<InboundRequest, "header">, whoIs: WhoIs): Credential {
  const authorization = request.header("authorization");
  if (authorization !== undefined) return judge("bearer", bearerForm.exec(authorization)?.[1], whoIs);
  const cookies = request.header("cookie") ?? "";
  const token =
    cookieValue(cookies, secureCookie) ??
    (isLoopback(request.header("host")) ? cookieValue(cookies, loopbackCookie) : undefined);
  return token === undefined ? { kind: "none" } : judge("session", token, whoIs);
}

function judge(kind: Caller["kind"], token: string | undefined, whoIs: WhoIs): Credential {
  if (token === undefined || token === "" || token.length > tokenMax) return { kind: "wrong" };
  const operator = whoIs(token);
  return operator === undefined ? { kind: "wrong" } : { kind: "good", caller: { kind, token, operator } };
}

/** The first value of a cookie. Source: RFC 6265, section 4.2.1. */
function cookieValue(header: string, name: string): string | undefined {
  for (const pair of header.split(";")) {
    const at = pair.indexOf("=");
    if (at > 0 && pair.slice(0, at).trim() === name) return pair.slice(at + 1).trim();
  }
  return undefined;
}
