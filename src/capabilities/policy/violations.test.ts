import { describe, expect, it } from "vitest";
import { createViolations, type Violation, type ViolationFilter } from "./violations.ts";

const violation = (id: string, part: Partial<Violation>): Violation => ({
  id,
  at: 1000,
  policy: "night",
  revision: 1,
  mode: "enforce",
  phase: "request",
  subject: "key_a",
  tenant: "acme",
  route: "",
  requestId: id,
  reason: "",
  facts: {},
  ...part,
});

describe("list of violations", () => {
  const kept = [
    violation("old", { at: 1000 }),
    violation("would", { at: 2000, mode: "shadow" }),
    violation("other-policy", { at: 3000, policy: "day" }),
    violation("other-key", { at: 4000, subject: "key_b", tenant: "umbrella" }),
  ];

  it.for<{ name: string; filter: Omit<ViolationFilter, "limit">; expected: readonly string[] }>([
    {
      name: "all of them, newest first",
      filter: {},
      expected: ["other-key", "other-policy", "would", "old"],
    },
    { name: "those of a policy", filter: { policy: "day" }, expected: ["other-policy"] },
    { name: "those of a tenant", filter: { tenant: "umbrella" }, expected: ["other-key"] },
    { name: "those that a key was denied", filter: { key: "key_b" }, expected: ["other-key"] },
    { name: "what only would have been denied", filter: { mode: "shadow" }, expected: ["would"] },
    { name: "what was denied", filter: { mode: "enforce" }, expected: ["other-key", "other-policy", "old"] },
    { name: "from a moment on", filter: { since: 3000 }, expected: ["other-key", "other-policy"] },
    { name: "before a moment", filter: { until: 2000 }, expected: ["old"] },
    {
      name: "what fits all that is asked",
      filter: { policy: "night", mode: "enforce", key: "key_a", since: 1000 },
      expected: ["old"],
    },
  ])("holds $name", ({ filter, expected }) => {
    const violations = createViolations(kept);
    expect(violations.list({ ...filter, limit: 10 }).map(({ id }) => id)).toEqual(expected);
  });

  it("gives the newest of those that fit, where there are more than are asked for", () => {
    const violations = createViolations(kept);
    expect(violations.list({ key: "key_a", limit: 2 }).map(({ id }) => id)).toEqual([
      "other-policy",
      "would",
    ]);
  });
});
