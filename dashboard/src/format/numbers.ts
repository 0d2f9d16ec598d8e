/** What stands where nothing is known. */
export const unknown = "–";

/** A count in full: `12,345`. */
export const count = (value: number | null | undefined): string =>
  value === null || value === undefined ? unknown : value.toLocaleString("en-US");

/** A count to read at a glance: `12.3k`. */
export function roughCount(value: number): string {
  if (value < 10_000) return count(value);
  const units = ["k", "M", "G", "T"];
  const step = Math.min(units.length, Math.floor(Math.log10(value) / 3));
  return `${significant(value / 1000 ** step)}${units[step - 1] ?? ""}`;
}

/** A share of a whole: `1.25 %`; unknown where there is no whole. */
export function share(part: number, whole: number): string {
  if (whole === 0) return unknown;
  return percent(part / whole);
}

/** A ratio from 0 to 1. Never rounds something to nothing, nor nearly all to all. */
export function percent(ratio: number): string {
  if (ratio > 0 && ratio < 0.0001) return "< 0.01 %";
  if (ratio < 1 && ratio > 0.9999) return "> 99.99 %";
  return `${significant(ratio * 100)} %`;
}

/** A rate per second. */
export const rate = (perSecond: number): string => (perSecond === 0 ? "0" : significant(perSecond));

/** Bytes in binary units. */
export function bytes(value: number): string {
  const units = ["B", "KiB", "MiB", "GiB"];
  const step = value < 1024 ? 0 : Math.min(3, Math.floor(Math.log2(value) / 10));
  return `${step === 0 ? value : significant(value / 1024 ** step)} ${units[step] ?? ""}`;
}

/** Three significant digits, or all the whole ones. */
function significant(value: number): string {
  if (value >= 100) return Math.round(value).toLocaleString("en-US");
  return String(Number(value.toPrecision(3)));
}
