import { describe, expect, it } from "vitest";
import type { ShownKey } from "../../generated/client.ts";
import { draftOf, emptyDraft, wantedOf } from "./key-draft.ts";

const key: ShownKey = {
  id: "k1",
  name: "checkout",
  tenant: "acme",
  project: "shop",
  user: "ada@example.com",
  hint: "abcd",
  models: ["gpt-*", "claude-*"],
  residency: ["eu"],
  scope: { lanes: ["ai"], routes: ["orders"], methods: ["GET"], tools: ["get_*"] },
  networks: ["10.0.0.0/8"],
  expiresAt: 1_800_000_000_123,
  priority: "batch",
  labels: { team: "blue" },
  previous: null,
  createdAt: 1,
  revokedAt: null,
  lastUsedAt: null,
};

describe("a key as it is typed", () => {
  it("says the same when nothing was changed", () => {
    const { name, user, models, residency, scope, networks, expiresAt, priority, labels } = key;
    const same = { name, user, models, residency, scope, networks, expiresAt, priority, labels };
    expect(wantedOf(draftOf(key), key)).toEqual(same);
  });

  it("ends with the day that was chosen, and never when none was", () => {
    expect(wantedOf({ ...draftOf(key), expires: "2027-01-01" }, key).expiresAt).toBe(
      Date.UTC(2027, 0, 2) - 1,
    );
    expect(wantedOf({ ...draftOf(key), expires: "" }, key).expiresAt).toBeNull();
  });

  it("restricts nothing when only its name was typed", () => {
    expect(wantedOf({ ...emptyDraft, name: " plain " })).toEqual({
      name: "plain",
      user: null,
      models: [],
      residency: [],
      scope: { lanes: [], routes: [], methods: [], tools: [] },
      networks: [],
      expiresAt: null,
      priority: null,
      labels: {},
    });
  });
});
