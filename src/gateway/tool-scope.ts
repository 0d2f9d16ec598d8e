import { checkTools } from "../capabilities/identity/index.ts";
import type { Tool } from "../exchange/call.ts";
import type { Decoded } from "../exchange/exchange.ts";
import { problemsError } from "../pipeline/problems.ts";

/**
 * Door 2: whether the caller's scopes hold the tools that a call brings. The body is read for it only where a scope lists
 * any; one that cannot be read is refused, on whichever lane it would go.
 *
 * @throws GatewayError `policy_denied`, `malformed_request`.
 */
export function checkToolScope({ identity, route, body }: Decoded): void {
  if (identity.scopes.every(({ tools }) => tools.length === 0)) return;
  const decoding = route.codec.decode(body, { target: route.facts });
  if (decoding.kind === "invalid") throw problemsError(decoding.problems);
  checkTools(identity.scopes, decoding.call.tools.map(nameOf));
}

const nameOf = (tool: Tool): string => tool.name ?? (tool.kind === "opaque" ? tool.type : "");
