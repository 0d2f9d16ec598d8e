import { describe, expect, it } from "vitest";
import { errorCatalog, GatewayError } from "../../kernel/errors.ts";
import { encodeProblem } from "./problem.ts";

const id = "01997e9c-0000-7000-8000-000000000000";
const read = (error: GatewayError, base?: string): unknown => JSON.parse(encodeProblem(error, id, base));

describe("encodeProblem", () => {
  it("has the members of RFC 9457 and ours, and no more than there is", () => {
    expect(read(new GatewayError("route_not_found", "secret"))).toEqual({
      type: "urn:sallyport:error:route_not_found",
      title: "There is no such route.",
      status: 404,
      instance: `urn:uuid:${id}`,
      code: "route_not_found",
      requestId: id,
    });
  });

  it("tells what the error tells the public", () => {
    const violations = Array.from({ length: 30 }, (_, index) => ({
      pointer: `/a/${index}`,
      message: "is no text",
    }));
    const facts = { message: "Wait.", retryAfterMs: 1500, violations, reason: "secret", cause: "secret" };
    expect(read(new GatewayError("overloaded", "secret", facts), "https://errors.example/")).toEqual({
      type: "https://iana.org/assignments/http-problem-types#temporary-reduced-capacity",
      title: "The gateway is at its limit.",
      status: 503,
      detail: "Wait.",
      instance: `urn:uuid:${id}`,
      code: "overloaded",
      requestId: id,
      retryAfterMs: 1500,
      violations: violations.slice(0, 20),
    });
  });

  it.for(["rate_limited", "budget_exhausted"] as const)("calls %s by its registered type", (code) => {
    expect(read(new GatewayError(code, ""), "https://errors.example/")).toMatchObject({
      type: "https://iana.org/assignments/http-problem-types#quota-exceeded",
    });
  });

  it("never tells the private detail of any code", () => {
    for (const code of Object.keys(errorCatalog)) {
      const error = GatewayError.from(new GatewayError(codeOf(code), "http://10.0.0.1/secret"));
      expect(encodeProblem(error, id)).not.toContain("secret");
    }
  });
});

function codeOf(name: string): keyof typeof errorCatalog {
  if (name in errorCatalog) return name as keyof typeof errorCatalog;
  throw new Error(name);
}
