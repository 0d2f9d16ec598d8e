import { GatewayError } from "../kernel/errors.ts";
import type { ConfigSource } from "../ports/config-source.ts";
import { type ConfigChange, diffConfigs, keepUntilRestart, showConfig } from "./diff.ts";
import type { ParsedConfig, WrittenTree } from "./parse.ts";
import type { ConfigProblem } from "./problem.ts";
import type { Config } from "./schema.ts";

/** What came of one reload. `waiting`: changes of the file that need a restart. */
export type ReloadOutcome =
  | {
      readonly kind: "applied";
      readonly generation: number;
      readonly changes: readonly ConfigChange[];
      readonly waiting: readonly ConfigChange[];
    }
  | { readonly kind: "unchanged"; readonly generation: number; readonly waiting: readonly ConfigChange[] }
  | { readonly kind: "rejected"; readonly generation: number; readonly problems: readonly ConfigProblem[] };

export interface ReloaderParts {
  /** `undefined`: the configuration is from the environment and does not change. */
  readonly source: ConfigSource | undefined;
  /** May let other work go first. A file that changes after it was read counts as changed: see `follow`. */
  readonly parse: (text: string) => ParsedConfig | Promise<ParsedConfig>;
  /** Swaps the snapshot. When it throws, nothing may have changed: the reload is rejected with the public message. */
  readonly apply: (config: Config, generation: number) => void | Promise<void>;
  /**
   * What runs already, as generation 1, and the files it was read from beside its text. `problems`: why the source's own
   * text was not taken, when an earlier one runs instead.
   */
  readonly initial: {
    readonly config: Config;
    readonly files: readonly string[];
    readonly problems?: readonly ConfigProblem[];
    readonly written?: WrittenTree;
  };
  /** Told of each reload once it is over: for logs and counters. */
  readonly onOutcome: (outcome: ReloadOutcome) => void;
}

export type ReloadPlan =
  | {
      readonly kind: "valid";
      readonly changes: readonly ConfigChange[];
      readonly waiting: readonly ConfigChange[];
    }
  | { readonly kind: "invalid"; readonly problems: readonly ConfigProblem[] };

/** The state of configuration in a running process. */
export interface Reloader {
  readonly config: () => Config;
  readonly state: () => {
    readonly generation: number;
    readonly file: string | null;
    readonly running: unknown;
    readonly problems: readonly ConfigProblem[];
    /** What the file asks for and the process cannot take before it is started again. */
    readonly waiting: readonly ConfigChange[];
  };
  /** The running configuration as it was written; `undefined` when it is not from a text. */
  readonly written: () => WrittenTree | undefined;
  /** What would change if `text` were the file; `waiting`: what the file as it is now waits to change. */
  readonly plan: (text: string) => Promise<ReloadPlan>;
  /** Reads the source now. Calls made while one is at work share the next one, which sees the text as it is then. */
  readonly reload: () => Promise<ReloadOutcome>;
  /** Reloads at each change of the source until `close`. */
  readonly watch: () => void;
  readonly close: () => void;
}

/**
 * Keeps the last good configuration running: a reload is applied whole or not at all, one at a time, and only an applied
 * one counts as a new generation.
 */
export function createReloader({ source, parse, apply, initial, onOutcome }: ReloaderParts): Reloader {
  let running = initial.config;
  let generation = 1;
  let problems: readonly ConfigProblem[] = initial.problems ?? [];
  let { written } = initial;
  let waiting: readonly ConfigChange[] = [];
  let shown = showOnce(running);
  let current: Promise<ReloadOutcome> | undefined;
  let next: Promise<ReloadOutcome> | undefined;
  let endWatch = (): void => {};
  source?.follow(initial.files);

  const attempt = async (): Promise<ReloadOutcome> => {
    if (source === undefined) return { kind: "unchanged", generation, waiting };
    const reading = await source.read();
    if (reading.kind === "unreadable")
      return reject([wholeFile(`the file ${source.name} cannot be read: ${reading.reason}`)]);
    const parsed = await parse(reading.text);
    source.follow(parsed.files);
    if (parsed.kind === "invalid") return reject(parsed.problems);
    const wanted = keepUntilRestart(running, parsed.config);
    const changes = diffConfigs(running, wanted);
    if (changes.length > 0) {
      try {
        await apply(wanted, generation + 1);
      } catch (thrown) {
        return reject([
          wholeFile(`the configuration cannot be put to work: ${GatewayError.from(thrown).publicMessage}`),
        ]);
      }
      running = wanted;
      shown = showOnce(wanted);
      generation += 1;
    }
    problems = [];
    written = parsed.written;
    waiting = diffConfigs(running, parsed.config);
    return changes.length > 0
      ? { kind: "applied", generation, changes, waiting }
      : { kind: "unchanged", generation, waiting };
  };

  const reject = (found: readonly ConfigProblem[]): ReloadOutcome => {
    problems = found;
    return { kind: "rejected", generation, problems };
  };

  const run = async (): Promise<ReloadOutcome> => {
    const outcome = await attempt();
    onOutcome(outcome);
    return outcome;
  };

  const reload = (): Promise<ReloadOutcome> => {
    if (current === undefined) {
      current = run().finally(() => {
        current = undefined;
      });
      return current;
    }
    next ??= current.then(
      () => startNext(),
      () => startNext(),
    );
    return next;
  };

  const startNext = (): Promise<ReloadOutcome> => {
    next = undefined;
    return reload();
  };

  return {
    config: () => running,
    state: () => ({
      generation,
      file: source?.name ?? null,
      running: shown(),
      problems,
      waiting,
    }),
    written: () => written,
    plan: async (text) => {
      const parsed = await parse(text);
      return parsed.kind === "invalid"
        ? { kind: "invalid", problems: parsed.problems }
        : { kind: "valid", changes: diffConfigs(running, parsed.config), waiting };
    },
    reload,
    watch: () => {
      endWatch();
      // A reload never rejects its promise on account of the file; what `onOutcome` throws is the caller's own affair.
      endWatch = source?.watch(() => void reload().catch(() => {})) ?? endWatch;
    },
    close: () => {
      endWatch();
      endWatch = () => {};
    },
  };
}

/** The configuration as it may be shown, made when it is first asked for: probes ask for the state around it often. */
function showOnce(config: Config): () => unknown {
  let shown: { readonly value: unknown } | undefined;
  return () => {
    shown ??= { value: showConfig(config) };
    return shown.value;
  };
}

function wholeFile(message: string): ConfigProblem {
  return { message, line: null, column: null, path: null };
}
