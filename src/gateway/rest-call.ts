import type { Identified } from "../exchange/exchange.ts";
import type { UpstreamFailure } from "../exchange/failure.ts";
import { rawAnswerHeaders, rawRequestHeaders } from "../pipeline/raw-headers.ts";
import type { PassedAnswer, ServiceCall } from "../pipeline/service-call.ts";
import type { InboundRequest } from "../ports/server.ts";
import type { Transport, UpstreamHead } from "../ports/transport.ts";
import type { ServiceRoute } from "./service-routes.ts";

/** What goes to a REST service, and what comes back. */
export function restCall(
  { method, path, query, route: { rule } }: Identified<ServiceRoute>,
  inbound: InboundRequest,
  { transport }: { readonly transport: Transport },
): ServiceCall {
  return {
    target: rule.target,
    transport,
    method,
    pathAt: ({ basePath }) => `${basePath}${path}${query === "" ? "" : `?${query}`}`,
    headersAt: ({ headers }) => rawRequestHeaders(inbound.rawHeaders, headers),
    trailers: inbound.trailers,
    bodyBytesMax: rule.bodyBytesMax,
    isRepeatable: repeatable.has(method) || inbound.header("idempotency-key") !== undefined,
    answer: (head) => passed(head),
  };
}

/** Safe or idempotent. Source: RFC 9110, section 9.2; QUERY by draft-ietf-httpbis-safe-method-w-body. */
const repeatable: ReadonlySet<string> = new Set(["GET", "HEAD", "OPTIONS", "PUT", "DELETE", "QUERY"]);

function passed(head: UpstreamHead): PassedAnswer {
  const failure = failureOf(head);
  return {
    status: head.status,
    headers: rawAnswerHeaders(head, false),
    ...(failure === undefined ? {} : { failure }),
    end: (trailers) => ({ trailers }),
  };
}

/** What a status says of its service: only what no client can be to blame for. */
function failureOf({ status, headers }: UpstreamHead): UpstreamFailure | undefined {
  if (status < 500 || status === 501) return undefined;
  const seconds = Number(headers.get("retry-after"));
  return {
    code: status === 503 ? "upstream_overloaded" : "upstream_failed",
    status,
    message: `status ${status}`,
    ...(status === 503 && seconds > 0 ? { retryAfterMs: 1000 * seconds } : {}),
  };
}
