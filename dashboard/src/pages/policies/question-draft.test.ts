import { describe, expect, it } from "vitest";
import { firstQuestion, questionOf } from "./question-draft.ts";

describe("questionOf", () => {
  it("asks what stands there at first", () => {
    expect(questionOf(firstQuestion)).toMatchObject({
      phase: "request",
      tenant: "default",
      facts: { authenticated: true, "request.headers": { "x-team": ["blue"] } },
    });
  });

  it("takes the usual tenant, if none is typed, and no facts for nothing", () => {
    expect(questionOf({ ...firstQuestion, tenant: " ", facts: "  " })).toMatchObject({
      tenant: "default",
      facts: {},
    });
  });

  it.for(["{", "[]", "null", '"a"', "7"])("asks nothing while the facts are %s", (facts) => {
    expect(questionOf({ ...firstQuestion, facts })).toBeUndefined();
  });
});
