import type { Balance } from "../../exchange/target.ts";
import { isEjected } from "./ejection.ts";
import { imbalanceOf } from "./imbalance.ts";
import type { EjectedFor, Member } from "./member.ts";
import type { Pool } from "./pool.ts";
import { isStarting } from "./slow-start.ts";

/** The addresses of a provider as they may be shown. */
export interface PoolState {
  readonly provider: string;
  readonly balance: Balance;
  readonly isPanicking: boolean;
  /** Whether somebody looks after them beside the calls. */
  readonly isChecked: boolean;
  /** How many times its fair share the busiest of those that take calls has in flight, over the last minute; 1: all alike. */
  readonly imbalance: number;
  /** Of the prompts, what its servers had kept from earlier ones, 0 to 1; `null`: nobody has told. */
  readonly prefixHitRatio: number | null;
  readonly endpoints: readonly AddressState[];
}

export interface AddressState {
  readonly name: string;
  readonly origin: string;
  readonly region: string | null;
  readonly weight: number;
  /** The worst of what holds: `in` gets calls as its balancer likes, `starting` only few at once. */
  readonly state: "in" | "starting" | "ejected" | "sick" | "drained";
  readonly inFlight: number;
  /** In a row, up to now. */
  readonly errors: number;
  /** ms since 1970. */
  readonly ejectedUntil: number | null;
  readonly ejectedFor: EjectedFor | null;
  /** How often, as far as it counts for the length of the next. */
  readonly ejections: number;
  /** Most calls in flight while it starts, and until when (ms since 1970). */
  readonly slowStart: { readonly inFlightMax: number; readonly until: number } | null;
  /** How fast it is at each model, as its calls have shown: seconds a token takes alone, and more for each call beside it. */
  readonly lines: readonly {
    readonly model: string;
    readonly secondsPerToken: number;
    readonly secondsPerTokenAndRequest: number;
    readonly learnedFrom: number;
  }[];
}

/** @param wallOf A moment of the pool's clock as ms since 1970. */
export function stateOf(pool: Pool, now: number, wallOf: (at: number) => number): PoolState {
  const { settings, members } = pool;
  return {
    provider: settings.provider,
    balance: settings.balance,
    isPanicking: pool.isPanicking(),
    isChecked: settings.checks !== undefined,
    imbalance: imbalanceOf(members.filter(takesCalls(now)), settings.balance, now),
    prefixHitRatio: pool.prefixHitRatio() ?? null,
    endpoints: settings.addresses.flatMap((address, index) => {
      const member = members[index];
      const origin = address.endpoints[0]?.origin ?? "";
      return member === undefined ? [] : [shown(member, { origin, now, wallOf })];
    }),
  };
}

const takesCalls =
  (now: number) =>
  (member: Member): boolean =>
    ["in", "starting"].includes(phaseOf(member, now));

function shown(
  member: Member,
  {
    origin,
    now,
    wallOf,
  }: { readonly origin: string; readonly now: number; readonly wallOf: (at: number) => number },
): AddressState {
  const isOut = isEjected(member, now);
  return {
    name: member.name,
    origin,
    region: member.region ?? null,
    weight: member.weight,
    state: phaseOf(member, now),
    inFlight: member.traffic.inFlight,
    errors: member.outcomes.inRow,
    ejectedUntil: isOut ? wallOf(member.ejectedUntil) : null,
    ejectedFor: isOut ? (member.ejectedFor ?? null) : null,
    ejections: member.ejections,
    slowStart: isStarting(member, now) ? { inFlightMax: member.cap, until: wallOf(member.slowUntil) } : null,
    lines: [...member.learned].map(([model, { line, learnedFrom }]) => {
      const { intercept, slope } = line.state();
      return { model, secondsPerToken: intercept, secondsPerTokenAndRequest: slope, learnedFrom };
    }),
  };
}

function phaseOf(member: Member, now: number): AddressState["state"] {
  if (member.isDrained || member.weight === 0) return "drained";
  if (!member.isWell) return "sick";
  if (isEjected(member, now)) return "ejected";
  return isStarting(member, now) ? "starting" : "in";
}
