import { GatewayError } from "../kernel/errors.ts";
import type { ConfigSource } from "../ports/config-source.ts";
import { type ConfigChange, diffConfigs, keepUntilRestart, showConfig } from "./diff.ts";
import type { ParsedConfig } from "./parse.ts";
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
  /** Must be synchronous, so that what it read of files is what `follow` is told. */
  readonly parse: (text: string) => ParsedConfig;
  /** Swaps the snapshot. When it throws, nothing may have changed: the reload is rejected with the public message. */
  readonly apply: (config: Config, generation: number) => void | Promise<void>;
  /** What runs already, as generation 1, and the files it was read from beside its text. */
  readonly initial: { readonly config: Config; readonly files: readonly string[] };
  /** Told of each reload once it is over: for logs and counters. */
  readonly onOutcome: (outcome: ReloadOutcome) => void;
}

/** The state of configuration in a running process. */
export interface Reloader {
  readonly config: () => Config;
  readonly state: () => {
    readonly generation: number;
    readonly file: string | null;
    readonly running: unknown;
    readonly problems: readonly ConfigProblem[];
  };
  /** What the file asks for and the process cannot take before it is started again. */
  readonly waiting: () => readonly ConfigChange[];
  /** What would change if `text` were the file. */
  readonly plan: (
    text: string,
  ) =>
    | { readonly kind: "valid"; readonly changes: readonly ConfigChange[] }
    | { readonly kind: "invalid"; readonly problems: readonly ConfigProblem[] };
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
  let problems: readonly ConfigProblem[] = [];
  let waiting: readonly ConfigChange[] = [];
  let current: Promise<ReloadOutcome> | undefined;
  let next: Promise<ReloadOutcome> | undefined;
  let endWatch = (): void => {};
  source?.follow(initial.files);

  const attempt = async (): Promise<ReloadOutcome> => {
    if (source === undefined) return { kind: "unchanged", generation, waiting };
    const reading = await source.read();
    if (reading.kind === "unreadable")
      return reject([wholeFile(`the file ${source.name} cannot be read: ${reading.reason}`)]);
    const parsed = parse(reading.text);
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
      generation += 1;
    }
    problems = [];
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
    state: () => ({ generation, file: source?.name ?? null, running: showConfig(running), problems }),
    waiting: () => waiting,
    plan: (text) => {
      const parsed = parse(text);
      return parsed.kind === "invalid"
        ? { kind: "invalid", problems: parsed.problems }
        : { kind: "valid", changes: diffConfigs(running, parsed.config) };
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

function wholeFile(message: string): ConfigProblem {
  return { message, line: null, column: null, path: null };
}
