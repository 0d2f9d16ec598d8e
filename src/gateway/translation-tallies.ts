import { isError } from "../capabilities/telemetry/index.ts";
import type { RequestRecord } from "../exchange/settlement.ts";
import type { TranslationPair } from "./book-states.ts";

/** Counts calls and what was declared of them, for each pair of dialects. Bounded; a holder of state that one gateway owns. */
export interface TranslationTallies {
  readonly settled: (record: RequestRecord) => void;
  /** The pair with the most calls first. */
  readonly pairs: () => readonly TranslationPair[];
}

interface Tally {
  readonly client: string;
  readonly upstream: string;
  calls: number;
  bytes: number;
  failed: number;
  readonly warnings: Map<string, { readonly kind: string; readonly subject: string; calls: number }>;
}

/** Subjects are names of members, and clients choose them. */
const warningsMax = 100;
const shownMax = 20;
const subjectMax = 100;

export function createTranslationTallies(): TranslationTallies {
  const tallies = new Map<string, Tally>();
  return {
    settled: (record) => {
      const { dialect: client, upstreamDialect: upstream, lane, warnings } = record;
      if (client === null || upstream === null || lane === "raw") return;
      const key = `${client}\n${upstream}`;
      const tally = tallies.get(key) ?? {
        ...{ client, upstream, calls: 0, bytes: 0, failed: 0 },
        warnings: new Map(),
      };
      tallies.set(key, tally);
      tally.calls += 1;
      if (lane === "bytes") tally.bytes += 1;
      if (isError(record)) tally.failed += 1;
      for (const { kind, subject: whole } of warnings) {
        const subject = whole.slice(0, subjectMax);
        const known = tally.warnings.get(`${kind}\n${subject}`);
        if (known !== undefined) known.calls += 1;
        else if (tally.warnings.size < warningsMax)
          tally.warnings.set(`${kind}\n${subject}`, { kind, subject, calls: 1 });
      }
    },
    pairs: () =>
      [...tallies.values()]
        .toSorted((left, right) => right.calls - left.calls)
        .map(({ warnings, ...pair }) => ({
          ...pair,
          warnings: [...warnings.values()]
            .toSorted((left, right) => right.calls - left.calls)
            .slice(0, shownMax)
            .map((warning) => ({ ...warning })),
        })),
  };
}
