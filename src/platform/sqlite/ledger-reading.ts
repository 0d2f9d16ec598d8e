import type { DatabaseSync, SQLOutputValue } from "node:sqlite";
import { invariant } from "../../kernel/invariant.ts";
import type {
  LedgerDifference,
  LedgerEntry,
  LedgerOpening,
  LedgerTotal,
  WrittenEntry,
} from "../../ports/ledger-store.ts";
import { number, optionalNumber, optionalText, text } from "./row.ts";

/** What is read of a ledger. */
export interface LedgerReading {
  readonly open: (since: number) => LedgerOpening;
  readonly entries: (budget: string, before: number, limit: number) => readonly WrittenEntry[];
  readonly check: (since: number) => readonly LedgerDifference[];
}

const entryColumns = `entry.*, (
  SELECT json_group_array(json_object('budget', budget, 'period', period)) FROM entry_account WHERE entry = entry.id
) AS accounts`;

export function createLedgerReading(database: DatabaseSync): LedgerReading {
  const totals = database.prepare("SELECT * FROM total WHERE period = 0 OR period >= ?");
  totals.setReadBigInts(true);
  const open = database.prepare(
    `SELECT ${entryColumns} FROM open_reservation JOIN entry ON entry.id = open_reservation.entry ORDER BY entry.id`,
  );
  const slices = database.prepare("SELECT * FROM slice");
  const alerts = database.prepare("SELECT * FROM alert WHERE period = 0 OR period >= ?");
  const page = database.prepare(
    `SELECT ${entryColumns} FROM entry WHERE id < ? AND EXISTS (
      SELECT 1 FROM entry_account AS of WHERE of.entry = entry.id AND of.budget = ?) ORDER BY id DESC LIMIT ?`,
  );
  const sums = database.prepare(
    `SELECT coalesce(sum(CASE WHEN kind IN ('settle', 'adjust') THEN nano_usd END), 0) AS settled,
      coalesce(sum(CASE WHEN kind = 'reserve' THEN nano_usd ELSE -freed END), 0) AS reserved
      FROM entry_account JOIN entry ON entry.id = entry_account.entry WHERE budget = ? AND period = ?`,
  );
  sums.setReadBigInts(true);
  const listed = (since: number) => totals.all(since).map(totalOf);
  return {
    open: (since) => ({
      totals: listed(since),
      open: open.all().map(entryOf),
      slices: slices.all().map((row) => ({ ...accountOf(row), nanoUsd: number(row["nano_usd"]) })),
      alerts: alerts.all(since).map((row) => ({
        ...accountOf(row),
        threshold: number(row["threshold"]),
        at: number(row["at"]),
        body: text(row["body"]),
        doneAt: optionalNumber(row["done_at"]),
      })),
    }),
    entries: (budget, before, limit) => page.all(before, budget, limit).map(entryOf),
    check: (since) =>
      listed(since).flatMap((kept) => {
        const row = sums.get(kept.budget, kept.period) ?? {};
        const settled = big(row["settled"]);
        const reserved = big(row["reserved"]);
        if (settled === kept.settled && reserved === kept.reserved) return [];
        return [{ kept, summed: { ...kept, settled, reserved } }];
      }),
  };
}

type Row = Record<string, SQLOutputValue>;

const accountOf = (row: Row) => ({ budget: text(row["budget"]), period: number(row["period"]) });

const totalOf = (row: Row): LedgerTotal => ({
  budget: text(row["budget"]),
  period: Number(big(row["period"])),
  settled: big(row["settled"]),
  reserved: big(row["reserved"]),
});

function big(value: SQLOutputValue | undefined): bigint {
  invariant(typeof value === "bigint", "a total is read as a bigint");
  return value;
}

function entryOf(row: Row): WrittenEntry {
  const input = optionalNumber(row["input_tokens"]);
  const output = optionalNumber(row["output_tokens"]);
  return {
    id: number(row["id"]),
    request: text(row["request"]),
    attempt: number(row["attempt"]),
    kind: kindOf(text(row["kind"])),
    at: number(row["at"]),
    accounts: accountsOf(text(row["accounts"])),
    nanoUsd: number(row["nano_usd"]),
    usage: input === null || output === null ? null : { input, output },
    priceVersion: optionalText(row["price_version"]),
    estimated: row["estimated"] === 1,
  };
}

function kindOf(kind: string): LedgerEntry["kind"] {
  const known = (["reserve", "settle", "release", "adjust"] as const).find((one) => one === kind);
  invariant(known !== undefined, "the kinds of entries are checked by the schema");
  return known;
}

function accountsOf(json: string): LedgerEntry["accounts"] {
  const parsed: unknown = JSON.parse(json);
  invariant(Array.isArray(parsed), "accounts are read as a list");
  return parsed.map(({ budget, period }) => ({ budget: String(budget), period: Number(period) }));
}
