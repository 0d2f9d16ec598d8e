const nanoPerUsd = 1_000_000_000;

/** Money to the last digit: `$0.000123`; `unpriced` for `null`, never 0. @param nanoUsd 10^-9 US dollars, an integer. */
export function money(nanoUsd: number | null): string {
  if (nanoUsd === null) return "unpriced";
  const size = Math.abs(nanoUsd);
  const fraction = String(size % nanoPerUsd)
    .padStart(9, "0")
    .replace(/0{1,7}$/, "");
  return `${nanoUsd < 0 ? "−" : ""}$${grouped(Math.floor(size / nanoPerUsd))}.${fraction}`;
}

/** Money to read at a glance: cents from one dollar on, else three significant digits. @param nanoUsd 10^-9 US dollars. */
export function roughMoney(nanoUsd: number): string {
  if (nanoUsd >= nanoPerUsd) {
    const cents = Math.round(nanoUsd / 10_000_000);
    return `$${grouped(Math.floor(cents / 100))}.${String(cents % 100).padStart(2, "0")}`;
  }
  if (nanoUsd < 1) return "$0.00";
  const unit = 10 ** Math.max(0, Math.floor(Math.log10(nanoUsd)) - 2);
  return money(Math.round(nanoUsd / unit) * unit);
}

/** The same of US dollars. */
export const dollars = (usd: number): string => roughMoney(usd * nanoPerUsd);

/** A price of `nanoUsd` for each `per` units, as price lists write it: `$2.50 / 1M`. */
export function price(nanoUsd: number, per: number): string {
  const each = Number.isInteger(nanoUsd) ? money(nanoUsd) : `$${nanoUsd / nanoPerUsd}`;
  if (per === 1) return each;
  return `${each} / ${per === 1_000_000 ? "1M" : grouped(per)}`;
}

const grouped = (whole: number): string => whole.toLocaleString("en-US");
