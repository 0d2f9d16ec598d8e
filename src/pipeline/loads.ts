import type { Target } from "../exchange/target.ts";
import type { Usage } from "../exchange/usage.ts";

/** What targets are at work on. */
export interface Loads {
  readonly begin: (target: Target) => OpenLoad;
}

/** One request at one target. Its end is told once; more calls do nothing. */
export interface OpenLoad {
  /**
   * `usage`: of a whole answer; `undefined`: it was cut off or not counted, and tells nothing of the target's speed.
   * `isWhole`: the answer was whole, counted or not.
   */
  readonly ended: (usage: Usage | undefined, isWhole?: boolean) => void;
  readonly failed: () => void;
}
