import { workerData } from "node:worker_threads";
import type { LedgerBatch, LedgerDifference } from "../../ports/ledger-store.ts";
import type { ThreadData } from "../../ports/threads.ts";
import { openDatabase } from "./database.ts";
import { messageOf } from "./fault.ts";
import { createLedgerReading } from "./ledger-reading.ts";
import { createLedgerWriting } from "./ledger-writing.ts";

/**
 * Writes the ledger, in the order it is told, each batch synchronised with the disk before it answers: in a thread, for
 * a disk may take its time, and requests have none.
 */
export type LedgerJob =
  | { readonly id: number; readonly kind: "commit"; readonly batch: LedgerBatch }
  | { readonly id: number; readonly kind: "check"; readonly since: number }
  | { readonly id: number; readonly kind: "close" };

export interface LedgerAnswer {
  readonly id: number;
  /** `undefined`: it is done. */
  readonly error: string | undefined;
  readonly differences: readonly LedgerDifference[];
}

const { data: path, port }: ThreadData = workerData;
const database = openDatabase(path, { synchronous: "FULL", busyTimeoutMs: 5000 });
const write = createLedgerWriting(database);
const { check } = createLedgerReading(database);

port.on("message", (job: LedgerJob) => {
  let error: string | undefined;
  let differences: readonly LedgerDifference[] = [];
  try {
    if (job.kind === "commit") write(job.batch);
    else if (job.kind === "check") differences = check(job.since);
    else database.close();
  } catch (thrown) {
    error = messageOf(thrown);
  }
  port.postMessage({ id: job.id, error, differences } satisfies LedgerAnswer);
});
