import { GatewayError } from "./errors.ts";

/**
 * Says that `condition` holds. A broken invariant kills the request, never the process.
 * @throws GatewayError `internal` with `statement` as its private detail.
 */
export function invariant(condition: unknown, statement: string): asserts condition {
  if (!condition) throw new GatewayError("internal", `broken invariant: ${statement}`);
}

/**
 * Marks what cannot be reached.
 * @throws GatewayError `internal` with `statement` as its private detail.
 */
export function unreachable(statement: string): never {
  throw new GatewayError("internal", `broken invariant: ${statement}`);
}
