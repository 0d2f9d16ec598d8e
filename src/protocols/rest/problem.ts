import type { ErrorCode, GatewayError } from "../../kernel/errors.ts";
import { printJson } from "../../kernel/json.ts";

export const problemType = "application/problem+json";
export const defaultTypeBase = "urn:sallyport:error:";

/** Source: draft-ietf-httpapi-ratelimit-headers, "Problem Types for Quotas". */
const registered: { readonly [Code in ErrorCode]?: string } = {
  rate_limited: "https://iana.org/assignments/http-problem-types#quota-exceeded",
  overloaded: "https://iana.org/assignments/http-problem-types#temporary-reduced-capacity",
  budget_exhausted: "https://iana.org/assignments/http-problem-types#quota-exceeded",
};
const abnormal = "https://iana.org/assignments/http-problem-types#abnormal-usage-detected";
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
  const { message, retryAfterMs, violations, quota } = error.facts;
  return printJson({
    type: quota?.isAbnormal === true ? abnormal : (registered[error.code] ?? `${typeBase}${error.code}`),
    title: error.kind.title,
    status: error.status,
    detail: message,
    instance: `urn:uuid:${requestId}`,
    code: error.code,
    requestId,
    retryAfterMs,
    "violated-policies": quota?.policies,
    violations: violations
      ?.slice(0, violationsMax)
      .map(({ pointer, message: text }) => ({ pointer, message: text })),
  });
}
