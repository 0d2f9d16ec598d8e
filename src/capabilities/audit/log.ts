import { GatewayError } from "../../kernel/errors.ts";
import {
  type EpochMs,
  elapsed,
  type Milliseconds,
  type MonotonicMs,
  milliseconds,
} from "../../kernel/units.ts";
import type { StoredAudit } from "../../ports/audit-store.ts";
import type { Clock } from "../../ports/clock.ts";
import type { SigningKey } from "../../ports/evidence.ts";
import type { Logger } from "../../ports/logger.ts";
import type { Timer } from "../../ports/timer.ts";
import { signCheckpoint, type Verifier } from "./checkpoint.ts";
import type { AuditType } from "./kinds.ts";
import type { AuditEntry } from "./record.ts";
import { createWaiting } from "./waiting.ts";
import type { AuditWriter } from "./writer.ts";

/** What the writer of the log works with. */
export interface LogParts {
  readonly store: Pick<StoredAudit, "notes" | "close">;
  readonly writer: AuditWriter;
  readonly clock: Clock;
  readonly timer: Timer;
  readonly logger: Logger;
  readonly key: SigningKey;
  readonly verifier: Verifier;
  readonly checkpoints: { readonly every: Milliseconds; readonly records: number };
  /** Told of each record once it is durable. */
  readonly onWritten: (type: AuditType) => void;
  /** Told of each signed checkpoint. */
  readonly onCheckpoint: (note: string) => void;
}

/** What the writer is told of, and who waits for it. A holder of state. */
export interface AuditLog {
  /** Memory only: never waits, never throws. */
  readonly append: (entry: AuditEntry) => void;
  /** Resolves when the record is durable. @throws GatewayError `storage_unavailable`. */
  readonly appendDurably: (entry: AuditEntry) => Promise<void>;
  /** @throws GatewayError `storage_unavailable` when the last write has failed and another fails too. */
  readonly requireWritable: () => Promise<void>;
  /** Writes what waits. */
  readonly flush: () => Promise<void>;
  /** Runs `act` while nothing is written. */
  readonly alone: <Answer>(act: () => Promise<Answer>) => Promise<Answer>;
  /** Signs what there is, if there is more than was signed. The last note; `undefined`: there is none yet. */
  readonly checkpoint: () => Promise<string | undefined>;
  readonly state: () => AuditLogState;
  /** Writes what waits and signs it. */
  readonly close: () => Promise<void>;
}

export interface AuditLogState {
  /** Durable records. */
  readonly size: number;
  readonly waiting: number;
  /** Records of requests that were dropped because nothing could be written for too long; a record tells how many. */
  readonly dropped: number;
  readonly lastError: string | undefined;
  readonly checkpointAt: EpochMs | undefined;
  readonly checkpointSize: number;
}

/** How long records gather before they are written together; half of what may be lost with the process. */
const gatherMs = milliseconds(20);
const entriesMax = 20_000;
const batchRecords = 2048;
const pauseMsMax = 5000;
const pauseMsFirst = 100;

export function createAuditLog(parts: LogParts): AuditLog {
  const { store, writer, clock, timer, logger, verifier, checkpoints } = parts;
  const { last } = writer.found;
  const waiting = createWaiting(entriesMax);
  let dropped = 0;
  let droppedUntold = 0;
  let lastError: string | undefined;
  let failedAt: MonotonicMs | undefined;
  let pauseMs = 0;
  let isAwaited = false;
  let note = last?.note;
  let checkpointSize = last?.size ?? 0;
  let checkpointAt: EpochMs | undefined;
  /** What is done with the store, one behind the other. */
  let turn: Promise<unknown> = Promise.resolve();
  const alone = <Answer>(act: () => Promise<Answer>): Promise<Answer> => {
    const next = turn.then(act, act);
    turn = next.catch(() => {});
    return next;
  };
  /** Writes what waits, at most a batch. @returns How many records. */
  const writeBatch = async (): Promise<number> => {
    const batch = waiting.first(batchRecords);
    const count = await writer.write(batch.map(({ entry }) => entry));
    waiting.shift(count);
    for (const { entry, told } of batch.slice(0, count)) {
      told?.();
      parts.onWritten(entry.type);
    }
    if (writer.size() - checkpointSize >= checkpoints.records || lastError !== undefined) await sign();
    return count;
  };
  const sign = async (): Promise<void> => {
    if (writer.size() === checkpointSize) return;
    const { size, root } = await writer.head();
    const text = signCheckpoint({ origin: verifier.name, size, root }, verifier, parts.key);
    await store.notes.append(text);
    note = text;
    checkpointSize = size;
    checkpointAt = clock.now();
    parts.onCheckpoint(text);
  };

  const failed = (thrown: unknown): void => {
    const message = GatewayError.from(thrown).detail;
    if (lastError === undefined)
      logger.error("the audit log cannot be written; changes are refused until it can be", {
        error: message,
      });
    lastError = message;
    failedAt = clock.monotonic();
    pauseMs = Math.min(pauseMsMax, Math.max(pauseMsFirst, pauseMs * 2));
    waiting.fail(thrown);
  };
  /** @returns How many records it has added. */
  const succeeded = (): number => {
    if (lastError !== undefined) logger.info("the audit log is written again", { waiting: waiting.size() });
    lastError = undefined;
    failedAt = undefined;
    pauseMs = 0;
    if (droppedUntold === 0) return 0;
    const count = droppedUntold;
    droppedUntold = 0;
    return waiting.push({ entry: gapEntry(count, clock.now()) }) ? 1 : 0;
  };
  /** Writes what waits now. What comes meanwhile gathers for the next: each write costs a turn of the disk, and of this thread. */
  const drain = (): Promise<void> =>
    alone(async () => {
      try {
        for (let left = waiting.size(); left > 0 || lastError !== undefined; left += succeeded())
          left -= await writeBatch();
      } catch (thrown) {
        failed(thrown);
      }
    });
  const drainSoon = (): void => {
    if (isAwaited) return;
    isAwaited = true;
    const since = failedAt === undefined ? pauseMs : elapsed(failedAt, clock.monotonic());
    timer.after(milliseconds(Math.max(gatherMs, pauseMs - since)), () => {
      isAwaited = false;
      void drain().then(() => (waiting.size() > 0 ? drainSoon() : undefined));
    });
  };
  const cancel = timer.every(checkpoints.every, () => void alone(sign).catch(failed));

  return {
    append: (entry) => {
      if (waiting.push({ entry })) drainSoon();
      else {
        dropped += 1;
        droppedUntold += 1;
      }
    },
    appendDurably: (entry) =>
      new Promise((resolve, reject) => {
        waiting.push({ entry, told: (fault) => (fault === undefined ? resolve() : reject(fault)) });
        void drain();
        drainSoon();
      }),
    requireWritable: async () => {
      if (lastError === undefined) return;
      await drain();
      if (lastError !== undefined) throw new GatewayError("storage_unavailable", `audit log: ${lastError}`);
    },
    flush: drain,
    alone,
    checkpoint: async () => {
      await alone(sign);
      return note;
    },
    state: () => ({
      size: writer.size(),
      waiting: waiting.size(),
      dropped,
      lastError,
      checkpointAt,
      checkpointSize,
    }),
    close: async () => {
      cancel();
      await drain();
      await alone(sign).catch(failed);
      if (waiting.size() > 0) logger.error("audit records are lost at the end", { lost: waiting.size() });
      await alone(store.close);
    },
  };
}

const gapEntry = (count: number, at: EpochMs): AuditEntry => ({
  at,
  type: "audit.gap",
  outcome: "failed",
  actor: "gateway",
  facts: { dropped: count },
});
