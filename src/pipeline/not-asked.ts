import type { UpstreamFailure } from "../exchange/failure.ts";
import type { Upstream } from "../exchange/target.ts";
import { errorCatalog, type GatewayError } from "../kernel/errors.ts";
import type { TryResult } from "./try-result.ts";

/** Who would be asked. */
interface Asked {
  readonly target: Upstream;
}

/** The result of a try that was left alone by the target's breaker. */
export function heldBack(
  { target: { provider, model } }: Asked,
  retryAfterMs: number,
): Extract<TryResult, { kind: "failed" }> {
  const message = `\`${provider}\` has failed at \`${model}\` too often just now and is left alone for a moment`;
  return {
    kind: "failed",
    failure: { code: "circuit_open", status: 503, message, retryAfterMs },
    native: undefined,
  };
}

/** A target that has asked to be left alone for so long. */
export function coolingDown({ target: { provider, model } }: Asked, waitMs: number): UpstreamFailure {
  const code = "upstream_rate_limited";
  const message = `\`${provider}\` (${model}) has asked to be left alone for ${Math.ceil(waitMs)} ms more`;
  return { code, status: errorCatalog[code].status, message };
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
