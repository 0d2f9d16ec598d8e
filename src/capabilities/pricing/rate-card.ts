import type { EpochMs } from "../../kernel/units.ts";
import { compareSpecificity, matches, matchesModel, printMatch } from "./match.ts";
import type { PricedCall, Rate, RateRow } from "./rate-row.ts";

/** The rows of a large price list for one model of one provider; asked once for each, then remembered. */
export type BaseRates = (provider: string, model: string) => readonly RateRow[];

/** A price book, ready to be asked. */
export interface RateCard {
  /** The prices of one call; `undefined` when none is known. */
  readonly choose: (call: PricedCall) => ChosenRates | undefined;
  /** All rows but those of the price list beneath, in the order they were given. */
  readonly rows: readonly RateRow[];
  /** Names this book and no other: the hash of its printed rows and of the name of the list beneath them. */
  readonly book: string;
}

/** The prices that count for one call. */
export interface ChosenRates {
  readonly rates: Readonly<Record<string, Rate>>;
  readonly multiply: { readonly numerator: bigint; readonly denominator: bigint };
  readonly source: string;
  /** The rows that count, as they match. */
  readonly rows: readonly string[];
  /** Whether one of them is of the call's own service tier. */
  readonly isOfTier: boolean;
}

export type Compiled =
  | { readonly kind: "card"; readonly card: RateCard }
  /** Two rows of the same layer match the same calls from the same moment: nobody can say which counts. */
  | { readonly kind: "ambiguous"; readonly rows: readonly [RateRow, RateRow] };

/** So many (provider, model) pairs are remembered; names come from clients and must not fill the memory. */
const rememberedMax = 4096;
const once = { numerator: 1n, denominator: 1n };

/** Makes a price book of rows and, beneath them, a price list. */
export function compileRateCard(
  rows: readonly RateRow[],
  base: BaseRates = () => [],
  baseName = "",
): Compiled {
  const twins = findTwins(rows);
  if (twins !== undefined) return { kind: "ambiguous", rows: twins };
  const remembered = new Map<string, Remembered>();

  const rowsFor = ({ provider, priceProvider = provider, model }: PricedCall): Remembered => {
    const name = `${provider}\0${priceProvider}\0${model}`;
    const known = remembered.get(name);
    if (known !== undefined) return known;
    const found = [
      ...rows.filter(({ match }) => matchesModel(match, { provider, priceProvider, model })),
      ...base(priceProvider, model),
    ].toSorted(compareSpecificity);
    const made: Remembered = found.every(isAlways)
      ? { kind: "fixed", chosen: chosenOf(found) }
      : { kind: "varying", rows: found };
    if (remembered.size >= rememberedMax) remembered.clear();
    remembered.set(name, made);
    return made;
  };

  return {
    kind: "card",
    card: {
      choose: (call) => {
        const known = rowsFor(call);
        if (known.kind === "fixed") return known.chosen;
        return chosenOf(known.rows.filter((row) => isInForce(row, call.at) && matches(row.match, call)));
      },
      rows,
      book: bookOf(rows, baseName),
    },
  };
}

/** What is known of one provider and model. */
type Remembered =
  /** The rows always apply: one answer serves all calls. */
  | { readonly kind: "fixed"; readonly chosen: ChosenRates | undefined }
  /** The rows that can match at some time, the most specific first. */
  | { readonly kind: "varying"; readonly rows: readonly RateRow[] };

/** The prices in rows that all apply, the most specific first. */
function chosenOf(rows: readonly RateRow[]): ChosenRates | undefined {
  const priced = rows.find(({ rates }) => rates !== undefined);
  if (priced?.rates === undefined) return undefined;
  const factor = rows.find((row) => row.multiply !== undefined);
  const source = priced.layer === "operator" ? "operator" : `catalog ${priced.source}`;
  const counting = factor === undefined || factor === priced ? [priced] : [priced, factor];
  return {
    rates: priced.rates,
    multiply: factor?.multiply ?? once,
    source,
    rows: counting.map(printRow),
    isOfTier: counting.some(({ match }) => match.tier !== undefined),
  };
}

/** What a row is the price of, in words: `openai gpt-5* flex, operator`. */
export function printRow({ match, layer, source }: RateRow): string {
  const { provider, model, account, region, tier, isBatch, dailyUtc } = match;
  const hours = dailyUtc === undefined ? undefined : `${dailyUtc.from}-${dailyUtc.until} min UTC`;
  const words = [provider, model, account, region, tier, isBatch === true ? "batch" : undefined, hours];
  const what = words.filter((word) => word !== undefined).join(" ");
  return `${what}, ${layer === "operator" ? "operator" : source}`;
}

/** Names a book, and is no proof against forgery: two FNV-1a hashes of 32 bits over its rows as they are printed. */
function bookOf(rows: readonly RateRow[], baseName: string): string {
  const printed = JSON.stringify([baseName, rows], (_, value: unknown) =>
    typeof value === "bigint" ? String(value) : value,
  );
  return [0x811c9dc5, 0x9dc5811c]
    .map((start) => hash32(printed, start).toString(16).padStart(8, "0"))
    .join("");
}

function hash32(text: string, start: number): number {
  let hash = start;
  for (let index = 0; index < text.length; index += 1)
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  return hash >>> 0;
}

/** Whether a row applies to every call of its models, whenever and however it is made. */
function isAlways({ match, validFrom, validUntil }: RateRow): boolean {
  const { account, region, tier, isBatch, dailyUtc } = match;
  return [account, region, tier, isBatch, dailyUtc, validFrom, validUntil].every(
    (part) => part === undefined,
  );
}

function isInForce(row: RateRow, at: EpochMs): boolean {
  return (row.validFrom ?? -Infinity) <= at && at < (row.validUntil ?? Infinity);
}

/** Two rows of one layer that match the same calls from the same moment, and both price or both multiply. */
function findTwins(rows: readonly RateRow[]): readonly [RateRow, RateRow] | undefined {
  const seen = new Map<string, RateRow>();
  for (const row of rows) {
    for (const what of ["rates", "multiply"] as const) {
      if (row[what] === undefined) continue;
      const key = [what, row.layer, row.validFrom, printMatch(row.match)].join("\n");
      const twin = seen.get(key);
      if (twin !== undefined) return [twin, row];
      seen.set(key, row);
    }
  }
  return undefined;
}
