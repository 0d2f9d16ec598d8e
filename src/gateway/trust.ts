import type { RequestRecord } from "../exchange/settlement.ts";
import { type Guard, type Guards, guardsOf } from "./guards.ts";
import type { Snapshot } from "./snapshot.ts";

/** Who may do what, at what price, and the proof of it: the rooms that guard every lane. */
export interface Trust {
  readonly guards: Guards;
  /** Told of every record. */
  readonly settled: (record: RequestRecord) => void;
  /** A new configuration counts from now on. */
  readonly configure: (next: Snapshot) => void;
}

/** What the world gives it: stores. */
export interface TrustParts {
  readonly [store: string]: never;
}

export function createTrust(_parts: TrustParts): Trust {
  const guards: readonly Guard[] = [];
  return { guards: guardsOf(guards), settled: () => {}, configure: () => {} };
}
