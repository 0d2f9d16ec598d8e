import type { Door, StageRecord } from "../exchange/stage-record.ts";
import { elapsed, type MonotonicMs, milliseconds } from "../kernel/units.ts";

/** Writes the stage records of one request: each door ends where the next begins, so one reading of the clock serves both. */
export interface StageLog {
  /** Ends the door that is open now. */
  readonly record: (stage: Door, decision: string, reason: string) => void;
  /** Time that passed outside the doors belongs to none of them: the next door begins now. */
  readonly resume: () => void;
  /** The door that was recorded last was still at work until now: an answer is encoded as long as it goes out. */
  readonly prolong: (stage: Door) => void;
  readonly records: () => readonly StageRecord[];
}

export function createStageLog(monotonic: () => MonotonicMs, startedAt: MonotonicMs): StageLog {
  const records: StageRecord[] = [];
  let open = startedAt;
  return {
    record: (stage, decision, reason) => {
      const now = monotonic();
      records.push({
        stage,
        decision,
        reason,
        startedAt: rounded(open - startedAt),
        tookMs: rounded(elapsed(open, now)),
      });
      open = now;
    },
    resume: () => {
      open = monotonic();
    },
    prolong: (stage) => {
      const last = records.at(-1);
      if (last?.stage !== stage) return;
      const now = monotonic();
      records[records.length - 1] = {
        ...last,
        tookMs: rounded(elapsed(startedAt, now) - last.startedAt),
      };
      open = now;
    },
    records: () => records,
  };
}

/** Microseconds are as fine as the clock is honest. */
const rounded = (span: number) => milliseconds(Math.round(span * 1000) / 1000);
