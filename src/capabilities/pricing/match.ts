import { fitsGlob } from "../../kernel/glob.ts";
import type { PricedCall, RateRow, RowMatch } from "./rate-row.ts";

/** Whether a row's `match` fits a call: every member that is there must be met. */
export function matches(match: RowMatch, call: PricedCall): boolean {
  return (
    matchesModel(match, call) &&
    isMet(match.account, call.account) &&
    isMet(match.region, call.region) &&
    isMet(match.tier, call.tier) &&
    isMet(match.isBatch, call.isBatch ?? false) &&
    (match.dailyUtc === undefined || isWithin(match.dailyUtc, call.at))
  );
}

function isMet<Value>(wanted: Value | undefined, given: Value | undefined): boolean {
  return wanted === undefined || wanted === given;
}

/** Whether a row can fit any call of this provider and model. */
export function matchesModel(
  { provider, model }: RowMatch,
  call: Pick<PricedCall, "provider" | "priceProvider" | "model">,
): boolean {
  const isProvider = provider === undefined || provider === call.provider || provider === call.priceProvider;
  return isProvider && fitsGlob(model.toLowerCase(), call.model.toLowerCase());
}

/**
 * Orders rows, the most specific first: by account, region, tier, batch, exact model, longest glob; then operator over
 * catalogue over base, a named provider over none, certain hours over all, and the later `validFrom`.
 */
export function compareSpecificity(left: RateRow, right: RateRow): number {
  const [ranksLeft, ranksRight] = [ranks(left), ranks(right)];
  for (const [index, rank] of ranksLeft.entries()) {
    const other = ranksRight[index] ?? 0;
    if (rank !== other) return rank > other ? -1 : 1;
  }
  return 0;
}

function ranks({ match, layer, validFrom }: RateRow): readonly number[] {
  const isExact = !match.model.includes("*");
  return [
    Number(match.account !== undefined),
    Number(match.region !== undefined),
    Number(match.tier !== undefined),
    Number(match.isBatch !== undefined),
    Number(isExact),
    isExact ? 0 : match.model.replaceAll("*", "").length,
    layer === "operator" ? 2 : layer === "catalogue" ? 1 : 0,
    Number(match.provider !== undefined),
    Number(match.dailyUtc !== undefined),
    validFrom ?? -Infinity,
  ];
}

/** The same text for matches that fit the same calls, and another for any other. */
export function printMatch(match: RowMatch): string {
  const { provider, account, region, model, tier, isBatch, dailyUtc } = match;
  return JSON.stringify([provider, account, region, model, tier, isBatch, dailyUtc?.from, dailyUtc?.until]);
}

function isWithin({ from, until }: { readonly from: number; readonly until: number }, at: number): boolean {
  const minute = (at / 60_000) % 1440;
  return from <= until ? from <= minute && minute < until : from <= minute || minute < until;
}
