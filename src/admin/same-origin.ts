import { GatewayError } from "../kernel/errors.ts";
import type { InboundRequest } from "../ports/server.ts";

/**
 * Refuses a browser's request that another site has made. Both headers are the browser's own; a page cannot set them.
 * Programs send neither, so `isProofNeeded` is for callers whom a browser's cookie let in.
 *
 * @param host The host the request was sent to, with port.
 * @throws GatewayError `policy_denied`.
 * Source: OWASP, "Cross-Site Request Forgery Prevention", "Fetch Metadata headers" and "Verifying origin".
 */
export function requireSameOrigin(
  request: Pick<InboundRequest, "header">,
  { host, isProofNeeded }: { readonly host: string; readonly isProofNeeded: boolean },
): void {
  const origin = request.header("origin");
  const site = request.header("sec-fetch-site");
  const isForeign =
    (origin !== undefined && hostOf(origin) !== host) || !(site ?? "none").match(/^(?:same-origin|none)$/);
  const isUnproved = isProofNeeded && origin === undefined && site === undefined;
  if (!isForeign && !isUnproved) return;
  throw new GatewayError(
    "policy_denied",
    `cross-site request: origin ${origin ?? "absent"}, sec-fetch-site ${site ?? "absent"}`,
    {
      message: "Requests that change something must come from the dashboard itself, or carry a bearer token.",
    },
  );
}

/** `host[:port]` of an origin as a browser writes it into `Host`. */
function hostOf(origin: string): string | undefined {
  return /^https?:\/\/([^/]+)$/.exec(origin.toLowerCase())?.[1];
}
