import type { Candidate } from "../exchange/target.ts";
import type { Clock } from "../ports/clock.ts";
import type { UpstreamState } from "./control.ts";
import type { Snapshot } from "./snapshot.ts";

interface Tally {
  requests: number;
  failures: number;
  lastError: UpstreamState["lastError"];
}

/** How each provider has fared since the process began. One entry a configured provider, so it cannot grow with traffic. */
export interface UpstreamStates {
  readonly onTried: (
    candidate: Candidate,
    failure: { readonly code: string; readonly status: number | null } | undefined,
  ) => void;
  readonly states: (snapshot: Snapshot) => readonly UpstreamState[];
}

export function createUpstreamStates(clock: Clock): UpstreamStates {
  const tallies = new Map<string, Tally>();
  return {
    onTried: ({ target }, failure) => {
      const tally = tallies.get(target.provider) ?? { requests: 0, failures: 0, lastError: null };
      tallies.set(target.provider, tally);
      tally.requests += 1;
      if (failure === undefined) return;
      tally.failures += 1;
      tally.lastError = { at: clock.now(), ...failure };
    },
    states: (snapshot) =>
      [...snapshot.table.providers.values()].map((provider) => {
        const { endpoints } = provider.targetOf("");
        const tally = tallies.get(provider.id);
        return {
          provider: provider.id,
          dialect: endpoints.map((endpoint) => endpoint.codec.dialect).join(", "),
          origin: endpoints[0]?.origin ?? "",
          requests: tally?.requests ?? 0,
          failures: tally?.failures ?? 0,
          lastError: tally?.lastError ?? null,
        };
      }),
  };
}
