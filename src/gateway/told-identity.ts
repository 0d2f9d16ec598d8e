import type { Identity } from "../exchange/identity.ts";
import type { ServiceTarget } from "../exchange/service-target.ts";
import type { IdentityTokens } from "./identity-tokens.ts";

/**
 * What a service is told of who asks, as a flat list of fields; nothing where nobody had to say who it is. No client can
 * send fields of these names.
 */
export function toldOf(
  { subject, tenant, method }: Pick<Identity, "subject" | "tenant" | "method">,
  { provider, tells }: Pick<ServiceTarget, "provider" | "tells">,
  tokens: Pick<IdentityTokens, "tokenFor">,
): readonly string[] | Promise<readonly string[]> {
  if (tells === undefined || method === "anonymous") return [];
  const names = tells.names
    ? ["x-sallyport-subject", visible(subject), "x-sallyport-tenant", visible(tenant)]
    : [];
  if (!tells.token) return names;
  const token = tokens.tokenFor({ subject, tenant }, provider);
  const withToken = (text: string): readonly string[] => [...names, "x-sallyport-identity", text];
  return typeof token === "string" ? withToken(token) : token.then(withToken);
}

/** As it may stand in a field: what is not visible ASCII is written as in a URL, `%` too. */
const visible = (text: string): string =>
  text.toWellFormed().replaceAll(/[^\x21-\x24\x26-\x7e]+/g, (part) => encodeURIComponent(part));
