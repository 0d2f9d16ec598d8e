import type { ErrorCode, GatewayError } from "../../kernel/errors.ts";
import { printJson } from "../../kernel/json.ts";

export const problemType = "application/problem+json";
export const defaultTypeBase = "urn:sallyport:error:";

/** Source: draft-ietf-httpapi-ratelimit-headers, "Problem Types for Quotas". */
const registered: { readonly [Code in ErrorCode]?: string } = {
  rate_limited: "https://iana.org/assignments/http-problem-types#quota-exceeded",
  budget_exhausted: "https://iana.org/assignments/http-problem-types#quota-exceeded",
};
const violationsMax = 20;

/**
 * A refusal as a problem document: public text only, never the error's `detail`.
 *
 * @param typeBase `errors.typeBase`: what stands before the code in `type`.
 * Source: RFC 9457; protocols specification, part 0.
 */
export function encodeProblem(
  error: GatewayError,
  requestId: string,
  typeBase: string = defaultTypeBase,
): string {
  const { message, retryAfterMs, violations } = error.facts;
  return printJson({
    type: registered[error.code] ?? `${typeBase}${error.code}`,
    title: error.kind.title,
    status: error.status,
    detail: message,
    instance: `urn:uuid:${requestId}`,
    code: error.code,
    requestId,
    retryAfterMs,
    violations: violations
      ?.slice(0, violationsMax)
      .map(({ pointer, message: text }) => ({ pointer, message: text })),
  });
}
