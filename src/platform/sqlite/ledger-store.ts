import { join } from "node:path";
import { GatewayError } from "../../kernel/errors.ts";
import type { LedgerStore } from "../../ports/ledger-store.ts";
import type { Thread, Threads } from "../../ports/threads.ts";
import { createPrivateDirectory, openDatabase, storageFailure } from "./database.ts";
import { createLedgerReading } from "./ledger-reading.ts";
import { ledgerMigrations } from "./ledger-schema.ts";
import type { LedgerAnswer, LedgerJob } from "./ledger-thread.ts";
import { migrate } from "./migrations.ts";

/** Where the ledger is kept. */
export interface LedgerStoreSettings {
  /** Created with mode 0700 when absent; the ledger is its `ledger.db`. */
  readonly directory: string;
  readonly threads: Threads;
}

const program = new URL(
  import.meta.url.endsWith(".ts") ? "./ledger-thread.ts" : "./ledger-thread.js",
  import.meta.url,
);

/**
 * The ledger in `ledger.db`, written by a thread of its own with the disk's word for each batch. A batch that was cut
 * off by the end of the process or of power is none: SQLite drops what its log does not hold whole.
 *
 * @throws GatewayError `storage_unavailable` when the directory cannot be used or was written by a newer version.
 */
export function openLedgerStore({ directory, threads }: LedgerStoreSettings): LedgerStore {
  const path = join(directory, "ledger.db");
  const database = opened(directory, path);
  const reading = createLedgerReading(database);
  const thread = createThread(path, threads);
  const read = async <Result>(run: () => Result): Promise<Result> => {
    try {
      return run();
    } catch (thrown) {
      throw storageFailure(path, thrown);
    }
  };
  return {
    commit: async (batch) => {
      await thread.ask((id) => ({ id, kind: "commit", batch }));
    },
    open: (since) => read(() => reading.open(since)),
    entries: ({ budget, before = Number.MAX_SAFE_INTEGER, limit }) =>
      read(() => reading.entries(budget, before, limit)),
    check: async (since) => (await thread.ask((id) => ({ id, kind: "check", since }))).differences,
    close: async () => {
      await thread.close();
      if (database.isOpen) database.close();
    },
  };
}

function opened(directory: string, path: string) {
  let database: ReturnType<typeof openDatabase> | undefined;
  try {
    createPrivateDirectory(directory);
    database = openDatabase(path, { synchronous: "FULL", busyTimeoutMs: 5000 });
    migrate(database, path, ledgerMigrations);
    return database;
  } catch (thrown) {
    database?.close();
    throw storageFailure(path, thrown);
  }
}

interface Asked {
  readonly resolve: (answer: LedgerAnswer) => void;
  readonly reject: (fault: GatewayError) => void;
}

/** A thread that died is begun anew with the next job; it never keeps the process alive but for what it was told. */
function createThread(path: string, threads: Threads) {
  const asked = new Map<number, Asked>();
  let worker: Thread | undefined;
  let last = 0;
  let isClosed = false;
  const failed = (said: string): void => {
    worker = undefined;
    for (const { reject } of asked.values()) reject(storageFailure(path, new Error(said)));
    asked.clear();
  };
  const begin = (): Thread =>
    threads.begin(program, {
      data: path,
      heapMebibytesMax: 128,
      onMessage: (answer: LedgerAnswer) => {
        const job = asked.get(answer.id);
        asked.delete(answer.id);
        if (asked.size === 0) worker?.unref();
        if (answer.error === undefined) job?.resolve(answer);
        else job?.reject(storageFailure(path, new Error(answer.error)));
      },
      onDeath: (why) => failed(why.message),
    });
  const ask = (jobOf: (id: number) => LedgerJob): Promise<LedgerAnswer> =>
    new Promise((resolve, reject) => {
      if (isClosed) {
        reject(new GatewayError("storage_unavailable", `${path} is closed`));
        return;
      }
      last += 1;
      asked.set(last, { resolve, reject });
      worker ??= begin();
      worker.ref();
      worker.send(jobOf(last));
    });
  return {
    ask,
    close: async (): Promise<void> => {
      if (isClosed) return;
      if (worker !== undefined) await ask((id) => ({ id, kind: "close" }));
      isClosed = true;
      const ending = worker;
      worker = undefined;
      await ending?.end();
    },
  };
}
