import type { LearnedQuirk } from "../capabilities/abilities/index.ts";
import type { Clock } from "../ports/clock.ts";
import type { ModelStates, UpstreamState } from "./control.ts";
import { modelStates } from "./model-states.ts";
import { providerStates } from "./provider-states.ts";
import type { Snapshot } from "./snapshot.ts";
import { createUpstreamTallies, type UpstreamTallies } from "./upstream-tallies.ts";

/** How providers and models have fared since the process began, and what the configuration says of them. */
export interface UpstreamStates extends Pick<UpstreamTallies, "onTried" | "settled"> {
  readonly states: (snapshot: Snapshot) => readonly UpstreamState[];
  readonly models: (snapshot: Snapshot, quirks: readonly LearnedQuirk[]) => ModelStates;
}

export function createUpstreamStates(clock: Clock): UpstreamStates {
  const tallies = createUpstreamTallies(clock);
  return {
    onTried: tallies.onTried,
    settled: tallies.settled,
    states: ({ table }) => providerStates(table, tallies),
    models: (snapshot, quirks) => modelStates(snapshot, tallies, { now: clock.now(), quirks }),
  };
}
