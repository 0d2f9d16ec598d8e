import type { EpochMs } from "../../kernel/units.ts";
import { compareSpecificity, matches, matchesModel, sameMatch } from "./match.ts";
import type { PricedCall, Rate, RateRow } from "./rate-row.ts";

/** The rows of a large price list for one model of one provider; asked once for each, then remembered. */
export type BaseRates = (provider: string, model: string) => readonly RateRow[];

/** A price book, ready to be asked. */
export interface RateCard {
  /** The prices of one call; `undefined` when none is known. */
  readonly choose: (call: PricedCall) => ChosenRates | undefined;
}

/** The prices that count for one call. */
export interface ChosenRates {
  readonly rates: Readonly<Record<string, Rate>>;
  readonly multiply: { readonly numerator: bigint; readonly denominator: bigint };
  readonly source: string;
}

export type Compiled =
  | { readonly kind: "card"; readonly card: RateCard }
  /** Two rows of the same layer match the same calls from the same moment: nobody can say which counts. */
  | { readonly kind: "ambiguous"; readonly rows: readonly [RateRow, RateRow] };

/** So many (provider, model) pairs are remembered; names come from clients and must not fill the memory. */
const rememberedMax = 4096;
const once = { numerator: 1n, denominator: 1n };

/** Makes a price book of rows and, beneath them, a price list. */
export function compileRateCard(rows: readonly RateRow[], base: BaseRates = () => []): Compiled {
  for (const [index, row] of rows.entries()) {
    const twin = rows.slice(index + 1).find((other) => isTwin(row, other));
    if (twin !== undefined) return { kind: "ambiguous", rows: [row, twin] };
  }
  const remembered = new Map<string, readonly RateRow[]>();

  /** The rows that can match this provider and model at some time, the most specific first. */
  const rowsFor = ({ provider, priceProvider = provider, model }: PricedCall): readonly RateRow[] => {
    const name = JSON.stringify([provider, priceProvider, model]);
    const known = remembered.get(name);
    if (known !== undefined) return known;
    const found = [
      ...rows.filter(({ match }) => matchesModel(match, { provider, priceProvider, model })),
      ...base(priceProvider, model),
    ].toSorted(compareSpecificity);
    if (remembered.size >= rememberedMax) remembered.clear();
    remembered.set(name, found);
    return found;
  };

  return {
    kind: "card",
    card: {
      choose: (call) => {
        const matching = rowsFor(call).filter((row) => isInForce(row, call.at) && matches(row.match, call));
        const priced = matching.find(({ rates }) => rates !== undefined);
        if (priced?.rates === undefined) return undefined;
        const multiply = matching.find((row) => row.multiply !== undefined)?.multiply ?? once;
        const name = priced.layer === "operator" ? "operator" : `catalog ${priced.source}`;
        return { rates: priced.rates, multiply, source: name };
      },
    },
  };
}

function isInForce(row: RateRow, at: EpochMs): boolean {
  return (row.validFrom ?? -Infinity) <= at && at < (row.validUntil ?? Infinity);
}

function isTwin(row: RateRow, other: RateRow): boolean {
  const bothPrice = row.rates !== undefined && other.rates !== undefined;
  const bothMultiply = row.multiply !== undefined && other.multiply !== undefined;
  return (
    row.layer === other.layer &&
    row.validFrom === other.validFrom &&
    (bothPrice || bothMultiply) &&
    sameMatch(row.match, other.match)
  );
}
