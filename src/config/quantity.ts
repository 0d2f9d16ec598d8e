/** What a number counts, told by the name of its field: `bodyBytesMax`, `idleMs`. */
export type QuantityUnit = "bytes" | "ms";

const factors = {
  bytes: {
    b: 1,
    kb: 1e3,
    mb: 1e6,
    gb: 1e9,
    tb: 1e12,
    kib: 2 ** 10,
    mib: 2 ** 20,
    gib: 2 ** 30,
    tib: 2 ** 40,
  },
  ms: { ms: 1, s: 1000, min: 60_000, h: 3_600_000, d: 86_400_000 },
} as const satisfies Record<QuantityUnit, Readonly<Record<string, number>>>;

/** For the JSON Schema: which texts `readQuantity` takes. */
export const quantityPatterns = {
  bytes: "^[0-9]+(\\.[0-9]+)?\\s*([Bb]|[KkMmGgTt][Bb]|[KkMmGgTt][Ii][Bb])$",
  ms: "^[0-9]+(\\.[0-9]+)?\\s*(ms|s|min|h|d)$",
} as const satisfies Record<QuantityUnit, string>;

/** The unit that a field's name speaks of. */
export function unitOf(name: string): QuantityUnit | undefined {
  if (/[Bb]ytes/.test(name)) return "bytes";
  return /Ms(?![a-z])/.test(name) ? "ms" : undefined;
}

/** `20 MiB` as bytes, `30 s` as milliseconds: a safe whole number, or `undefined` when `text` is no such quantity. */
export function readQuantity(text: string, unit: QuantityUnit): number | undefined {
  const [, amount, symbol] = /^([0-9]+(?:\.[0-9]+)?)\s*([A-Za-z]+)$/.exec(text.trim()) ?? [];
  if (amount === undefined || symbol === undefined) return undefined;
  const factor = new Map<string, number>(Object.entries(factors[unit])).get(
    unit === "bytes" ? symbol.toLowerCase() : symbol,
  );
  if (factor === undefined) return undefined;
  const value = Math.round(Number(amount) * factor);
  return Number.isSafeInteger(value) ? value : undefined;
}
