import { describe, expect, it } from "vitest";
import type { WantedPolicy } from "../../generated/client.ts";
import { draftOfPolicy, emptyPolicy, wantedPolicyOf, withPolicy } from "./policy-draft.ts";

const policy: WantedPolicy = {
  id: "no-blue",
  name: "No blue",
  priority: 5,
  mode: "shadow",
  phase: "target",
  when: "true",
  do: { route: { regions: ["eu"] } },
  reason: "Not for blue.",
  onError: "deny",
  scope: { tenants: ["acme"] },
};

describe("a policy as it is typed", () => {
  it.for([policy, { ...policy, do: { deny: { hide: true } } }, { ...policy, do: { allow: {} } }])(
    "says the same when nothing was changed, what is not shown included",
    (before) => {
      expect(wantedPolicyOf(draftOfPolicy(before), before)).toEqual(before);
    },
  );

  it("has no reason when none is typed, and is nothing when its action is no JSON", () => {
    expect(wantedPolicyOf({ ...draftOfPolicy(policy), reason: " " }, policy)).not.toHaveProperty("reason");
    expect(wantedPolicyOf({ ...emptyPolicy, action: "route", rest: "{" }, undefined)).toBeUndefined();
  });

  it("stands in the place of the one that it was made of, else behind all", () => {
    const others = [policy, { ...policy, id: "other" }];
    const wanted = { ...policy, id: "renamed" };
    expect(withPolicy(others, wanted, "no-blue").map(({ id }) => id)).toEqual(["renamed", "other"]);
    expect(withPolicy(others, wanted, undefined).map(({ id }) => id)).toEqual([
      "no-blue",
      "other",
      "renamed",
    ]);
  });
});
