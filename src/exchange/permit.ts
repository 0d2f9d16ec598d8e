import type { Upstream } from "./target.ts";

/** One rule about where content may be: the place must lie in one of `zones`. `by`: whose rule it is. */
export interface ZoneRule {
  readonly by: "installation" | "key" | "pool" | "request";
  readonly zones: readonly string[];
}

/** What policies say of each target that a request might be sent to, however often it is asked. */
export interface TargetRule {
  readonly by: "policy";
  /** Why this target may not be sent it; `undefined`: it may. */
  readonly refuses: (target: Upstream) => string | undefined;
}

/** Where the content of one request may be: what all of its rules allow; without a rule, anywhere. */
export type Residency = readonly (ZoneRule | TargetRule)[];

/** Rules of places alone: those of policies are about one request, and end with it. */
export const zonesOnly = (residency: Residency): readonly ZoneRule[] =>
  residency.filter((rule) => rule.by !== "policy");

/** Where content can land. */
export type Sink =
  /** A provider, at every try of every request. */
  | "attempt"
  /** A provider, by the lane that reads nothing. */
  | "raw"
  /** What this process remembers of answers, for the turns after. */
  | "memory"
  /** Words of prompts, as numbers, from which pools learn. */
  | "learning";

/**
 * Leave to bring content of one request to one place. Whatever moves content asks for one, so that a path without a check
 * does not compile; only `capabilities/residency` makes them, which `test/architecture` watches over.
 */
export class Permit {
  readonly #origin: string | undefined;

  /** `origin`: where it may be sent; `undefined`: it stays in this process. */
  constructor(origin: string | undefined) {
    this.#origin = origin;
  }

  /** Whether it is leave to send to `origin`. */
  covers(origin: string): boolean {
    return this.#origin === origin;
  }
}
