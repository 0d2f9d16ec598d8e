import type { OneOfEach, Scope, ScopeLane } from "../../exchange/identity.ts";
import { GatewayError } from "../../kernel/errors.ts";
import { fitsGlob } from "../../kernel/glob.ts";

/** What a request touches, as far as its head tells it. */
export interface Touched {
  readonly lane: ScopeLane;
  readonly route: string;
  readonly method: string;
}

const fitsAny = (globs: readonly string[], name: string): boolean =>
  globs.length === 0 || globs.some((glob) => fitsGlob(glob, name));

/** Whether who has these lists of globs may use `model`. */
export const mayUse = (models: OneOfEach, model: string): boolean =>
  models.every((globs) => fitsAny(globs, model));

/** @throws GatewayError `policy_denied`, naming what is missing. */
export function checkScopes(scopes: readonly Scope[], { lane, route, method }: Touched): void {
  for (const { lanes, routes, methods } of scopes) {
    if (lanes.length > 0 && !lanes.includes(lane)) throw denied(`the lane \`${lane}\``, lanes);
    if (!fitsAny(routes, route)) throw denied(`the route \`${route}\``, routes);
    if (methods.length > 0 && !methods.includes(method)) throw denied(`the method \`${method}\``, methods);
  }
}

/** @throws GatewayError `policy_denied`, naming the first tool that is missing. */
export function checkTools(scopes: readonly Scope[], tools: readonly string[]): void {
  for (const { tools: globs } of scopes) {
    const missing = tools.find((tool) => !fitsAny(globs, tool));
    if (missing !== undefined) throw denied(`the tool \`${missing}\``, globs);
  }
}

function denied(what: string, allowed: readonly string[]): GatewayError {
  const known = allowed.map((one) => `\`${one}\``).join(", ");
  return new GatewayError("policy_denied", `out of scope: ${what}`, {
    message: `The scope of this key does not hold ${what}; it holds ${known}.`,
    reason: "out_of_scope",
  });
}
