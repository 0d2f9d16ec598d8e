import { type FoundKind, labelOf } from "./finding.ts";

/** What was taken out of one request, so that it can be put back into its answer. In memory only, and only for this request. */
export interface Vault {
  /** What stands in the place of `original`: equal values have equal numbers. */
  readonly put: (kind: FoundKind, original: string, isRestored: boolean) => string;
  readonly has: (placeholder: string) => boolean;
  /** `undefined`: nothing is put back for it. */
  readonly originalOf: (placeholder: string) => string | undefined;
  /** Whether anything is to be put back. */
  readonly isEmpty: () => boolean;
}

/** `isTaken`: a placeholder that the client itself has written; it is left to the client. */
export function createVault(isTaken: (placeholder: string) => boolean): Vault {
  const placeholders = new Map<string, string>();
  const originals = new Map<string, string>();
  const numbers = new Map<string, number>();
  return {
    put: (kind, original, isRestored) => {
      const label = labelOf(kind);
      const known = placeholders.get(`${label} ${original}`);
      const placeholder = known ?? next(label);
      placeholders.set(`${label} ${original}`, placeholder);
      if (isRestored) originals.set(placeholder, original);
      return placeholder;
    },
    has: (placeholder) => originals.has(placeholder),
    originalOf: (placeholder) => originals.get(placeholder),
    isEmpty: () => originals.size === 0,
  };

  function next(label: string): string {
    let number = numbers.get(label) ?? 0;
    let placeholder: string;
    do {
      number += 1;
      placeholder = `[${label}_${number}]`;
    } while (isTaken(placeholder));
    numbers.set(label, number);
    return placeholder;
  }
}
