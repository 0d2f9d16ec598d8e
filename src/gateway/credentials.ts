import { presentedKeys } from "../capabilities/identity/index.ts";
import { isTokenLike, readToken } from "../capabilities/vouched-identity/index.ts";
import type { InboundRequest } from "../ports/server.ts";
import type { IdentityRules } from "./identity-rules.ts";

type Header = InboundRequest["header"];

/**
 * The credentials of ours that a head presents: gateway keys, and the token of an issuer that is believed. Another's token is
 * the service's business.
 */
export function presentedBy({ issuers }: IdentityRules, header: Header, query: string): readonly string[] {
  const keys = presentedKeys(header, query);
  if (issuers.size === 0) return keys;
  const token = bearerOf(header);
  return token !== undefined && isOurs(token, issuers) ? [...keys, token] : keys;
}

/** Whether a credential is a token; else it is a gateway key. */
export const isToken = (credential: string): boolean => !credential.startsWith("sp-");

function bearerOf(header: Header): string | undefined {
  const authorization = header("authorization");
  if (authorization === undefined || !/^bearer /i.test(authorization)) return undefined;
  const text = authorization.slice("bearer ".length).trim();
  return isTokenLike(text) ? text : undefined;
}

/** By what it says itself: enough to know whose door it knocks at. One that is too long to be read knocks at ours. */
function isOurs(token: string, issuers: IdentityRules["issuers"]): boolean {
  const read = readToken(token);
  if (read === undefined) return true;
  const { iss } = read.claims;
  return typeof iss === "string" && issuers.has(iss);
}
