import { murmur3 } from "../../kernel/murmur3.ts";
import type { Ledger } from "./ledger.ts";
import { dateOf, dayMs, dayOf, monthOf } from "./month.ts";
import type { SpendHistory } from "./rest-of-month.ts";
import { costForecastBounds } from "./settings.ts";
import type { UpTime } from "./up-time.ts";

const nanoPerUsd = 1e9;

/** Exact to the nano-dollar up to nine million dollars, to sixteen digits above. */
export const usdOf = (nanoUsd: bigint): number => Number(nanoUsd) / nanoPerUsd;

/** What is known of one scope at the start of an hour. Its first day teaches nothing: nobody knows how much of it there was. */
export function historyOf(
  scope: string,
  at: number,
  { ledger, upTime }: { readonly ledger: Ledger; readonly upTime: UpTime },
): SpendHistory {
  const today = dayOf(at);
  const since = Math.min(at, ledger.since(scope) ?? at);
  const first = Math.max(dayOf(since), today - costForecastBounds.days + 1);
  const isGapDay = upTime.gapsBefore(today);
  const days: (number | undefined)[] = [];
  let seenUsd = 0;
  let seenDays = 0;
  for (let day = first; day <= today; day += 1) {
    const isGap = day < today && isGapDay(day);
    const usd = usdOf(ledger.read(scope, day).nanoUsd);
    if (!isGap) {
      seenUsd += usd;
      seenDays += (Math.min(at, (day + 1) * dayMs) - Math.max(since, day * dayMs)) / dayMs;
    }
    if (day > dayOf(since) && day < today) days.push(isGap ? undefined : usd);
  }
  const { last } = monthOf(today);
  const left = 1 - (at - today * dayMs) / dayMs;
  return {
    days,
    seen: { usd: seenUsd, days: seenDays },
    shares: Array.from({ length: last - today + 1 }, (_, index) => (index === 0 ? left : 1)),
    seed: murmur3(`${scope} ${dateOf(today)}`, 0),
  };
}
