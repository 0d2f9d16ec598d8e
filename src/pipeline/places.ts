import type { UpstreamFailure } from "../exchange/failure.ts";
import type { Candidate, Target } from "../exchange/target.ts";
import { errorCatalog } from "../kernel/errors.ts";
import type { OpenLoad } from "./loads.ts";

/** Who asks a target for a place. */
export interface Asks {
  readonly keyId: string;
  readonly priority: "interactive" | "batch";
  /** Of its prompt and its expected answer. */
  readonly tokens: number;
}

/** A place at a target. It is left once; more calls do nothing. */
export interface Place {
  /** `unknown`: what happened tells nothing of how much the target takes. */
  readonly leave: (outcome: "answered" | "overloaded" | "unknown") => void;
}

/** How much targets are given at once: `capabilities/overload`. */
export interface Places {
  /** A place, if there is one now. */
  readonly enter: (target: Target, asks: Asks) => Place | undefined;
  /** Waits for a place, never past `withinMs`; `onStop` is called with what ends the wait at once. */
  readonly wait: (
    target: Target,
    asks: Asks,
    until: { readonly withinMs: number; readonly onStop: (stop: () => void) => void },
  ) => Promise<Place | { readonly shed: string; readonly retryAfterMs: number }>;
}

/** A target that is at its limit; `shed`: why nobody could wait for it. */
export function noRoom(
  { target: { provider, model } }: Candidate,
  shed: string,
  retryAfterMs: number,
): UpstreamFailure {
  return {
    code: "overloaded",
    status: errorCatalog.overloaded.status,
    message: `\`${provider}\` is at work on as many requests for \`${model}\` as it takes at once`,
    retryAfterMs: Math.min(30_000, Math.max(1000, retryAfterMs)),
    shed,
  };
}

/** The place is given back when the target's work ends, with what that says of the target. */
export const withPlace = (load: OpenLoad, place: Place): OpenLoad => ({
  ended: (usage, isWhole) => {
    load.ended(usage, isWhole);
    place.leave(isWhole === true ? "answered" : "unknown");
  },
  failed: () => {
    load.failed();
    place.leave("unknown");
  },
});
