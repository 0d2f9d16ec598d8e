import type { Candidate } from "../exchange/target.ts";
import type { GatewayError } from "../kernel/errors.ts";
import type { TryResult } from "./try-result.ts";

/** The result of a try that was left alone by the target's breaker. */
export function heldBack({ target: { provider, model } }: Candidate, retryAfterMs: number): TryResult {
  const message = `\`${provider}\` has failed at \`${model}\` too often just now and is left alone for a moment`;
  return {
    kind: "failed",
    failure: { code: "circuit_open", status: 503, message, retryAfterMs },
    native: undefined,
  };
}

/** The result of a try that cannot be made of this request. */
export function refusal(error: GatewayError): TryResult {
  const { param } = error.facts;
  return {
    kind: "failed",
    failure: {
      code: error.code,
      status: error.status,
      message: error.publicMessage,
      ...(param === undefined ? {} : { param }),
    },
    native: undefined,
  };
}
