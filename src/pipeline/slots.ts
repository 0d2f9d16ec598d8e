import type { UpstreamFailure } from "../exchange/failure.ts";
import type { Upstream } from "../exchange/target.ts";
import { errorCatalog } from "../kernel/errors.ts";
import type { OpenLoad } from "./loads.ts";

/** Who asks a target for a slot. */
export interface Asks {
  readonly keyId: string;
  readonly priority: "interactive" | "batch";
  /** Of its prompt and its expected answer. */
  readonly tokens: number;
}

/** A slot at a target. It is left once; more calls do nothing. */
export interface Slot {
  /** The first word of its answer came, ms after the target was asked. */
  readonly began: (ms: number) => void;
  /** `unknown`: what happened tells nothing of how much the target takes. */
  readonly leave: (outcome: "answered" | "overloaded" | "unknown") => void;
}

/** How much targets are given at once: `capabilities/overload`. */
export interface Slots {
  /** Whether there is a slot now; takes none. */
  readonly hasRoom: (target: Upstream, asks: Asks) => boolean;
  /** A slot, if there is one now. */
  readonly enter: (target: Upstream, asks: Asks) => Slot | undefined;
  /** Waits for a slot, never past `withinMs`; `onStop` is called with what ends the wait at once. */
  readonly wait: (
    target: Upstream,
    asks: Asks,
    until: { readonly withinMs: number; readonly onStop: (stop: () => void) => void },
  ) => Promise<Slot | { readonly shed: string; readonly retryAfterMs: number }>;
}

/** A target that is at its limit; `shed`: why nobody could wait for it. */
export function noRoom(
  { target: { provider, model } }: { readonly target: Upstream },
  shed: string,
  retryAfterMs: number,
): UpstreamFailure {
  return {
    code: "overloaded",
    status: errorCatalog.overloaded.status,
    message: `\`${provider}\` is at work on as many requests for \`${model}\` as it takes at once`,
    retryAfterMs,
    shed,
  };
}

/** The slot is given back when the target's work ends, with what that says of the target. */
export const withSlot = (load: OpenLoad, slot: Slot): OpenLoad => ({
  answered: (usage) => {
    load.answered(usage);
    slot.leave("answered");
  },
  failed: () => {
    load.failed();
    slot.leave("unknown");
  },
  left: () => {
    load.left();
    slot.leave("unknown");
  },
});
