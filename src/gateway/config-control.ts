/** One difference between the running configuration and another: `path` as in the file, `providers.openai.key`. */
export interface ConfigChange {
  readonly path: string;
  readonly kind: "added" | "removed" | "changed";
  /** Printed values; secrets are shown as `***`. */
  readonly before: string | null;
  readonly after: string | null;
  readonly needsRestart: boolean;
}

export interface ConfigProblem {
  readonly message: string;
  readonly line: number | null;
  readonly column: number | null;
  readonly path: string | null;
}

export type ConfigPlan =
  | {
      readonly kind: "valid";
      readonly changes: readonly ConfigChange[];
      /** What the file as it is now has asked for already, and waits for a restart. */
      readonly waiting: readonly ConfigChange[];
    }
  | { readonly kind: "invalid"; readonly problems: readonly ConfigProblem[] };

export interface ConfigState {
  readonly generation: number;
  readonly file: string | null;
  /** The running configuration with defaults filled in; secrets are shown as `***`. */
  readonly running: unknown;
  /** Why the newest file was not taken; the last good generation goes on. */
  readonly problems: readonly ConfigProblem[];
  /** What the file asks for and the process cannot take before it is started again. */
  readonly waiting: readonly ConfigChange[];
}
