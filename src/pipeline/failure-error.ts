import type { UpstreamFailure } from "../exchange/failure.ts";
import { errorCatalog, GatewayError } from "../kernel/errors.ts";

/**
 * What a client is told of a failed try: the upstream's words only where they concern the client's own request, the
 * gateway's where they are its own; else the catalogue's title, since an upstream may quote keys or organisations.
 */
export function failureError(failure: UpstreamFailure): GatewayError {
  const { owner } = errorCatalog[failure.code];
  const isPublic = owner === "client" || owner === "gateway";
  return new GatewayError(failure.code, failure.message, {
    ...(isPublic ? { message: failure.message } : {}),
    ...(failure.param === undefined ? {} : { param: failure.param }),
    ...(failure.upstreamCode === undefined ? {} : { upstreamCode: failure.upstreamCode }),
    ...(failure.retryAfterMs === undefined ? {} : { retryAfterMs: failure.retryAfterMs }),
    ...(failure.shed === undefined ? {} : { shed: failure.shed }),
    status: failure.status,
  });
}
