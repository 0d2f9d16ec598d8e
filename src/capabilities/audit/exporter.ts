import type { JsonObject } from "../../kernel/json.ts";
import { type Milliseconds, milliseconds } from "../../kernel/units.ts";
import type { AuditStore } from "../../ports/audit-store.ts";
import type { Logger } from "../../ports/logger.ts";
import type { Timer } from "../../ports/timer.ts";
import { cloudEventOf } from "./cloud-event.ts";

/** What an exporter works with. */
export interface ExporterParts {
  readonly store: Pick<AuditStore, "size" | "lines">;
  readonly timer: Timer;
  readonly logger: Pick<Logger, "warn" | "info">;
  readonly origin: string;
  /** How many records were taken, over restarts. */
  readonly cursor: { readonly read: () => number; readonly write: (taken: number) => void };
  /** Sends a batch; why it was not taken, or `undefined`. */
  readonly send: (events: readonly JsonObject[]) => Promise<string | undefined>;
}

/** Brings records to somebody else, each at least once, in order. It waits for nobody and keeps nothing: the log is the outbox. */
export interface Exporter {
  /** Something was written. */
  readonly more: () => void;
  readonly close: () => void;
}

const batchRecords = 100;
const firstWait = milliseconds(1000);
const waitMaxMs = 60_000;

export function createExporter(parts: ExporterParts): Exporter {
  const { store, timer, logger, cursor } = parts;
  let isAtWork = false;
  let isClosed = false;
  let isFailing = false;

  /** Sends the next batch. False: it was not taken. */
  const sendNext = async (): Promise<boolean> => {
    const taken = Math.min(cursor.read(), store.size());
    const events: JsonObject[] = [];
    const end = Math.min(store.size(), taken + batchRecords);
    for await (const lines of store.lines(taken, end))
      for (const line of lines) events.push(...eventsOf(line, parts.origin));
    const why = await parts.send(events);
    if (why === undefined) cursor.write(end);
    else if (!isFailing) logger.warn("audit records are not taken; they are sent again later", { why });
    if (why === undefined && isFailing) logger.info("audit records are taken again", { taken: end });
    isFailing = why !== undefined;
    return why === undefined;
  };
  const work = async (wait: Milliseconds): Promise<void> => {
    try {
      while (!isClosed && cursor.read() < store.size())
        if (!(await sendNext())) {
          timer.after(wait, () => void work(milliseconds(Math.min(waitMaxMs, wait * 2))));
          return;
        }
    } catch (thrown) {
      logger.warn("audit records cannot be sent", { why: String(thrown) });
      timer.after(wait, () => void work(milliseconds(Math.min(waitMaxMs, wait * 2))));
      return;
    }
    isAtWork = false;
  };
  return {
    more: () => {
      if (isAtWork || isClosed) return;
      isAtWork = true;
      void work(firstWait);
    },
    close: () => {
      isClosed = true;
    },
  };
}

function eventsOf(line: string, origin: string): readonly JsonObject[] {
  const event = cloudEventOf(line, origin);
  return event === undefined ? [] : [event];
}
