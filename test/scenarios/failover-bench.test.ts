import { beforeAll, describe, expect, it } from "vitest";
import { variants } from "../support/failover/callers.ts";
import { type Row, runAll } from "../support/failover/rig.ts";
import { profiles, scenarios } from "../support/failover/scenarios.ts";

/** All at the same time; `npm run failover` runs the full profile and prints the scoreboard. */
let rescued: readonly Row[] = [];
let broken: readonly Row[] = [];
beforeAll(async () => {
  rescued = await runAll(profiles.fast);
  // Without a word of the operator a stream that breaks after its client has read of it ends in an error.
  broken = await runAll(profiles.fast, []);
}, 120_000);

const rowOf = (rows: readonly Row[], id: string, variant: string): Row | undefined =>
  rows.find((row) => row.scenario === id && row.variant === variant);

describe.for(variants)("$name", ({ name, isStream }) => {
  it.for(scenarios)("$id passes: $upstream", ({ id }) => {
    expect(rowOf(rescued, id, name)).toMatchObject({ verdict: "pass", why: [] });
  });

  it.for(scenarios)("$id without recovery: what cannot be hidden is safe", ({ id }) => {
    const isShown = isStream && ["S08", "S09", "S14"].includes(id);
    expect(rowOf(broken, id, name)).toMatchObject(
      isShown ? { verdict: "safe" } : { verdict: "pass", why: [] },
    );
  });
});

it("has sixteen scenarios in six variants", () => {
  expect(rescued).toHaveLength(96);
});
