import type {
  LedgerAccount,
  LedgerAlert,
  LedgerEntry,
  LedgerSlice,
  LedgerStore,
  LedgerTotal,
  WrittenEntry,
} from "../../ports/ledger-store.ts";

/** A ledger as long as the process lives. */
export function createMemoryLedgerStore(): LedgerStore {
  const entries: (WrittenEntry & { readonly freed: number })[] = [];
  const known = new Set<string>();
  const open = new Map<string, WrittenEntry>();
  const totals = new Map<string, LedgerTotal>();
  const slices = new Map<string, LedgerSlice>();
  const alerts = new Map<string, LedgerAlert>();

  const write = (entry: LedgerEntry): void => {
    const key = `${entry.kind} ${callOf(entry)}`;
    if (known.has(key)) return;
    known.add(key);
    const held = isClosing(entry) ? open.get(callOf(entry)) : undefined;
    const written = { ...structuredClone(entry), id: entries.length + 1, freed: held?.nanoUsd ?? 0 };
    entries.push(written);
    if (held !== undefined) open.delete(callOf(entry));
    if (entry.kind === "reserve") open.set(callOf(entry), written);
    for (const account of entry.accounts) {
      const before = totals.get(keyOf(account)) ?? { ...account, settled: 0n, reserved: 0n };
      totals.set(keyOf(account), added(before, written));
    }
  };
  const keepAlert = (alert: LedgerAlert): void => {
    const key = `${alert.threshold} ${keyOf(alert)}`;
    const before = alerts.get(key);
    alerts.set(key, before === undefined ? alert : { ...before, doneAt: alert.doneAt ?? before.doneAt });
  };
  return {
    commit: async (batch) => {
      for (const entry of batch.entries ?? []) write(entry);
      for (const slice of batch.slices ?? []) {
        if (slice.nanoUsd === 0) slices.delete(keyOf(slice));
        else slices.set(keyOf(slice), slice);
      }
      for (const alert of batch.alerts ?? []) keepAlert(alert);
    },
    open: async (since) => ({
      totals: [...totals.values()].filter(isFrom(since)),
      open: [...open.values()].map(shown),
      slices: [...slices.values()],
      alerts: [...alerts.values()].filter(isFrom(since)),
    }),
    entries: async ({ budget, before = Number.MAX_SAFE_INTEGER, limit }) =>
      entries
        .filter(({ id, accounts }) => id < before && accounts.some((account) => account.budget === budget))
        .toReversed()
        .slice(0, limit)
        .map(shown),
    check: async (since) =>
      [...totals.values()].filter(isFrom(since)).flatMap((kept) => {
        let summed: LedgerTotal = { ...kept, settled: 0n, reserved: 0n };
        for (const entry of entries)
          if (entry.accounts.some((account) => keyOf(account) === keyOf(kept))) summed = added(summed, entry);
        return summed.settled === kept.settled && summed.reserved === kept.reserved ? [] : [{ kept, summed }];
      }),
    close: async () => {},
  };
}

const keyOf = ({ budget, period }: LedgerAccount): string => `${budget} ${period}`;
const callOf = ({ request, attempt }: LedgerEntry): string => `${attempt} ${request}`;
const isClosing = ({ kind }: LedgerEntry): boolean => kind === "settle" || kind === "release";
const isFrom =
  (since: number) =>
  ({ period }: LedgerAccount): boolean =>
    period === 0 || period >= since;

function shown({ freed: _freed, ...entry }: WrittenEntry & { readonly freed?: number }): WrittenEntry {
  return structuredClone(entry);
}

function added(total: LedgerTotal, entry: LedgerEntry & { readonly freed: number }): LedgerTotal {
  const { kind, nanoUsd, freed } = entry;
  const isSpent = kind === "settle" || kind === "adjust";
  return {
    ...total,
    settled: total.settled + (isSpent ? BigInt(nanoUsd) : 0n),
    reserved: total.reserved + BigInt(kind === "reserve" ? nanoUsd : -freed),
  };
}
