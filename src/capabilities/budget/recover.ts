import type { LedgerEntry, LedgerOpening } from "../../ports/ledger-store.ts";

/**
 * What a process that ended without a word has left: its open reservations are settled at what they had reserved, for
 * nobody knows what their calls cost; and each slice it held is taken for spent, for calls may have been drawn on it whose
 * entries were not written any more. No more than the limit is left of it: those calls were within the limit too.
 *
 * @param leftOf What is available of an account once its open reservations are settled; `undefined`: its budget is gone.
 */
export function recovered(
  { open, slices }: Pick<LedgerOpening, "open" | "slices">,
  now: number,
  leftOf: (account: { readonly budget: string; readonly period: number }) => bigint | undefined,
): readonly LedgerEntry[] {
  const unknown = { at: now, usage: null, priceVersion: null, estimated: true } as const;
  const settled = open.map(
    ({ request, attempt, accounts, nanoUsd }): LedgerEntry => ({
      ...unknown,
      ...{ kind: "settle", request, attempt, accounts, nanoUsd },
    }),
  );
  const charged = slices.flatMap(({ budget, period, nanoUsd }): readonly LedgerEntry[] => {
    const left = leftOf({ budget, period }) ?? BigInt(nanoUsd);
    const lost = left < BigInt(nanoUsd) ? Math.max(0, Number(left)) : nanoUsd;
    if (lost === 0) return [];
    const request = `slice ${budget} ${period} ${now}`;
    return [
      { ...unknown, kind: "adjust", request, attempt: 0, accounts: [{ budget, period }], nanoUsd: lost },
    ];
  });
  return [...settled, ...charged];
}
