import { type Milliseconds, milliseconds } from "../../kernel/units.ts";
import type {
  LedgerAlert,
  LedgerBatch,
  LedgerEntry,
  LedgerSlice,
  LedgerStore,
} from "../../ports/ledger-store.ts";
import type { Timer } from "../../ports/timer.ts";

/** Writes the ledger behind the requests: what came while it wrote goes together into the next batch. */
export interface LedgerWriter {
  /** @param written Called once it is durable. */
  readonly append: (line: Line, written?: () => void) => void;
  /** Resolves when all that was appended until now is durable. Begins at once. */
  readonly durable: () => Promise<void>;
  /** Entries that are not durable yet. */
  readonly pending: () => number;
  /** Why the last try failed; `undefined`: it did not. */
  readonly fault: () => string | undefined;
}

/** One of the lists of a batch. */
export type Line =
  | { readonly entry: LedgerEntry }
  | { readonly slice: LedgerSlice }
  | { readonly alert: LedgerAlert };

interface Queued {
  readonly line: Line;
  readonly written: (() => void) | undefined;
}

const againFirstMs = 50;
const againMaxMs = 5000;
/** Lines of one batch. */
const batchMax = 5000;

/**
 * One batch at a time, in order; one that fails is given again until it is taken: the store leaves out what it knows.
 *
 * @param group A line waits at most so long for others.
 */
export function createLedgerWriter(
  {
    store,
    timer,
    onFault,
  }: {
    readonly store: Pick<LedgerStore, "commit">;
    readonly timer: Timer;
    readonly onFault: (fault: unknown) => void;
  },
  group: Milliseconds,
): LedgerWriter {
  let queue: Queued[] = [];
  let inFlight: readonly Queued[] = [];
  let isBusy = false;
  let fault: string | undefined;
  let isAsked = false;
  let isTimed = false;

  const write = async (): Promise<void> => {
    if (isBusy || queue.length === 0) return;
    isBusy = true;
    isAsked = false;
    inFlight = queue.splice(0, batchMax);
    await commit(batchOf(inFlight), againFirstMs);
    const done = inFlight;
    inFlight = [];
    isBusy = false;
    for (const { written } of done) written?.();
    if (isAsked || queue.length >= batchMax) void write();
    else if (queue.length > 0) later();
  };
  const commit = async (batch: LedgerBatch, waitMs: number): Promise<void> => {
    try {
      await store.commit(batch);
      fault = undefined;
    } catch (thrown) {
      if (fault === undefined) onFault(thrown);
      fault = String(thrown);
      await new Promise<void>((resolve) => {
        timer.after(milliseconds(waitMs), resolve);
      });
      await commit(batch, Math.min(againMaxMs, 2 * waitMs));
    }
  };
  const later = (): void => {
    if (isTimed || isBusy) return;
    isTimed = true;
    timer.after(group, () => {
      isTimed = false;
      void write();
    });
  };
  return {
    append: (line, written) => {
      queue.push({ line, written });
      later();
    },
    durable: () => {
      if (queue.length === 0 && !isBusy) return Promise.resolve();
      return new Promise((resolve) => {
        // Behind all that waits: what is written before it is in its batch, or in an earlier one.
        const last = queue.at(-1);
        if (last === undefined) {
          const running = inFlight.at(-1);
          if (running !== undefined) inFlight = [...inFlight.slice(0, -1), withWord(running, resolve)];
        } else queue[queue.length - 1] = withWord(last, resolve);
        isAsked = true;
        void write();
      });
    },
    pending: () => queue.length + inFlight.length,
    fault: () => fault,
  };
}

const withWord = ({ line, written }: Queued, word: () => void): Queued => ({
  line,
  written: () => {
    written?.();
    word();
  },
});

const batchOf = (queued: readonly Queued[]): LedgerBatch => ({
  entries: queued.flatMap(({ line }) => ("entry" in line ? [line.entry] : [])),
  slices: lastOfEach(queued.flatMap(({ line }) => ("slice" in line ? [line.slice] : []))),
  alerts: queued.flatMap(({ line }) => ("alert" in line ? [line.alert] : [])),
});

const lastOfEach = (slices: readonly LedgerSlice[]): readonly LedgerSlice[] => [
  ...new Map(slices.map((slice) => [`${slice.budget} ${slice.period}`, slice])).values(),
];
