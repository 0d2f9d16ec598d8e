import type { DatabaseSync } from "node:sqlite";
import type { LedgerBatch, LedgerEntry } from "../../ports/ledger-store.ts";
import { number } from "./row.ts";

/** Writes a batch in one transaction, all of it or nothing. @throws what `node:sqlite` throws. */
export type WriteLedger = (batch: LedgerBatch) => void;

export function createLedgerWriting(database: DatabaseSync): WriteLedger {
  const book = createBooking(database);
  const setSlice = database.prepare(
    "INSERT INTO slice VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET nano_usd = excluded.nano_usd",
  );
  const dropSlice = database.prepare("DELETE FROM slice WHERE budget = ? AND period = ?");
  const setAlert = database.prepare(
    "INSERT INTO alert VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET done_at = coalesce(excluded.done_at, done_at)",
  );
  const keep = ({ slices = [], alerts = [] }: LedgerBatch): void => {
    for (const { budget, period, nanoUsd } of slices) {
      if (nanoUsd === 0) dropSlice.run(budget, period);
      else setSlice.run(budget, period, nanoUsd);
    }
    for (const { budget, period, threshold, at, body, doneAt } of alerts)
      setAlert.run(budget, period, threshold, at, body, doneAt);
  };
  return (batch) => {
    database.exec("BEGIN IMMEDIATE");
    try {
      for (const entry of batch.entries ?? []) book(entry);
      keep(batch);
      database.exec("COMMIT");
    } catch (thrown) {
      if (database.isTransaction) database.exec("ROLLBACK");
      throw thrown;
    }
  };
}

function createBooking(database: DatabaseSync): (entry: LedgerEntry) => void {
  const insert = database.prepare(
    "INSERT INTO entry (request, attempt, kind, at, nano_usd, freed, input_tokens, output_tokens, price_version, estimated) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING RETURNING id",
  );
  const isKnown = database.prepare("SELECT 1 FROM entry WHERE request = ? AND attempt = ? AND kind = ?");
  const link = database.prepare("INSERT INTO entry_account VALUES (?, ?, ?)");
  const begin = database.prepare("INSERT INTO open_reservation VALUES (?, ?, ?, ?)");
  const end = database.prepare(
    "DELETE FROM open_reservation WHERE request = ? AND attempt = ? RETURNING nano_usd",
  );
  const add = database.prepare(
    "INSERT INTO total VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE SET settled = settled + excluded.settled, reserved = reserved + excluded.reserved",
  );
  return (entry) => {
    const { request, attempt, kind, nanoUsd } = entry;
    if (isKnown.get(request, attempt, kind) !== undefined) return;
    const isClosing = kind === "settle" || kind === "release";
    const held = isClosing ? end.get(request, attempt) : undefined;
    const freed = held === undefined ? 0 : number(held["nano_usd"]);
    const how = [...countsOf(entry), entry.priceVersion, Number(entry.estimated)] as const;
    const id = number(insert.get(request, attempt, kind, entry.at, nanoUsd, freed, ...how)?.["id"]);
    if (kind === "reserve") begin.run(request, attempt, id, nanoUsd);
    const { settled, reserved } = changeOf(entry, freed);
    for (const { budget, period } of entry.accounts) {
      link.run(budget, period, id);
      add.run(budget, period, settled, reserved);
    }
  };
}

const countsOf = ({ usage }: LedgerEntry): readonly [number | null, number | null] =>
  usage === null ? [null, null] : [usage.input, usage.output];

const changeOf = ({ kind, nanoUsd }: LedgerEntry, freed: number) => ({
  settled: kind === "settle" || kind === "adjust" ? nanoUsd : 0,
  reserved: kind === "reserve" ? nanoUsd : -freed,
});
