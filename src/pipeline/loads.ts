import type { Target } from "../exchange/target.ts";
import type { Usage } from "../exchange/usage.ts";

/** What targets are at work on. */
export interface Loads {
  readonly begin: (target: Target) => OpenLoad;
}

/** One request at one target. Its end is told once; more calls do nothing. */
export interface OpenLoad {
  /** Its answer is whole; `usage`: as far as it was told. */
  readonly answered: (usage: Usage | undefined) => void;
  readonly failed: () => void;
  /** It was cut off, or was none of the target's: it tells nothing of its speed. */
  readonly left: () => void;
}
