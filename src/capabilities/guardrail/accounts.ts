import { mod97 } from "./checksums.ts";
import { isBase58Check, isBech32Address, isEip55 } from "./coins.ts";
import type { BuiltInKind } from "./finding.ts";
import { dniLetter, isCodiceFiscale } from "./nations.ts";
import {
  codeAt,
  isDigit,
  isHex,
  isLetter,
  isUpper,
  isWord,
  type Match,
  runFrom,
  type Source,
} from "./source.ts";

type Found = Match<BuiltInKind> | undefined;

/** Lengths by country. Source: SWIFT IBAN registry, release 99. */
const ibanLengths: Readonly<Record<string, number>> = {
  AD: 24,
  AE: 23,
  AL: 28,
  AT: 20,
  AZ: 28,
  BA: 20,
  BE: 16,
  BG: 22,
  BH: 22,
  BI: 27,
  BR: 29,
  BY: 28,
  CH: 21,
  CR: 22,
  CY: 28,
  CZ: 24,
  DE: 22,
  DJ: 27,
  DK: 18,
  DO: 28,
  EE: 20,
  EG: 29,
  ES: 24,
  FI: 18,
  FK: 18,
  FO: 18,
  FR: 27,
  GB: 22,
  GE: 22,
  GI: 23,
  GL: 18,
  GR: 27,
  GT: 28,
  HN: 28,
  HR: 21,
  HU: 28,
  IE: 22,
  IL: 23,
  IQ: 23,
  IS: 26,
  IT: 27,
  JO: 30,
  KW: 30,
  KZ: 20,
  LB: 28,
  LC: 32,
  LI: 21,
  LT: 20,
  LU: 20,
  LV: 21,
  LY: 25,
  MC: 27,
  MD: 24,
  ME: 22,
  MK: 19,
  MN: 20,
  MR: 27,
  MT: 31,
  MU: 30,
  NI: 28,
  NL: 18,
  NO: 15,
  OM: 23,
  PK: 24,
  PL: 28,
  PS: 29,
  PT: 25,
  QA: 29,
  RO: 24,
  RS: 22,
  RU: 33,
  SA: 24,
  SC: 31,
  SD: 18,
  SE: 24,
  SI: 19,
  SK: 24,
  SM: 27,
  SO: 23,
  ST: 25,
  SV: 28,
  TL: 23,
  TN: 24,
  TR: 26,
  UA: 29,
  VA: 22,
  VG: 24,
  XK: 20,
  YE: 30,
};

/** Two letters, two check digits, then letters and digits, in groups of four or none. Source: ISO 13616, ISO/IEC 7064. */
export function ibanAt(source: Source, at: number): Found {
  const length = isIbanHead(source, at)
    ? ibanLengths[source.text.slice(at, at + 2).toUpperCase()]
    : undefined;
  const written = length === undefined ? undefined : inFoursAt(source, at, length);
  if (written === undefined || isWord(codeAt(source, written.end))) return undefined;
  const { text, end } = written;
  return mod97(text.slice(4) + text.slice(0, 4)) === 1 ? { kind: "iban", end, score: 1 } : undefined;
}

const isIbanHead = (source: Source, at: number): boolean =>
  isLetter(codeAt(source, at)) &&
  isLetter(codeAt(source, at + 1)) &&
  isDigit(codeAt(source, at + 2)) &&
  isDigit(codeAt(source, at + 3));

/** `length` letters and digits, in upper case; a blank or a hyphen may part each four of them, all the same. */
function inFoursAt(
  source: Source,
  at: number,
  length: number,
): { readonly text: string; readonly end: number } | undefined {
  const fifth = codeAt(source, at + 4);
  const parting = fifth === 0x20 || fifth === 0x2d ? fifth : -1;
  let text = "";
  let next = at;
  while (text.length < length) {
    const code = codeAt(source, next);
    if (parting > 0 && code === parting && text.length % 4 === 0) {
      next += 1;
      continue;
    }
    if (!isWord(code)) return undefined;
    text += String.fromCharCode(code);
    next += 1;
  }
  return { text: text.toUpperCase(), end: next };
}

/**
 * Whether the group of digits at `at` is a later one of what is written as an IBAN, whatever its check digits say: a
 * mistyped account is no telephone and no card. Its head stands up to seven groups of four before.
 */
export function isInsideIban(source: Source, at: number): boolean {
  const parting = codeAt(source, at - 1);
  if (parting !== 0x20 && parting !== 0x2d) return false;
  for (let head = at - 5; head >= Math.max(0, at - 40); head -= 5) {
    if (isIbanHead(source, head) && !isWord(codeAt(source, head - 1))) {
      const length = ibanLengths[source.text.slice(head, head + 2).toUpperCase()];
      const written = length === undefined ? undefined : inFoursAt(source, head, length);
      return written !== undefined && written.end > at && !isWord(codeAt(source, written.end));
    }
    if (codeAt(source, head - 1) !== parting) return false;
  }
  return false;
}

/** Eight digits and a letter; `-` or a blank may part them. */
export function dniAt(source: Source, at: number): Found {
  const digits = runFrom(source, at, isDigit, 9);
  if (digits - at !== 8) return undefined;
  return spanishEnd(source, { kind: "es-dni", digits: source.text.slice(at, digits), from: digits });
}

/** X, Y or Z for the first digit, seven more, and a letter. */
export function nieAt(source: Source, at: number): Found {
  const first = codeAt(source, at) & ~0x20;
  if (first < 0x58 || first > 0x5a) return undefined;
  const from = codeAt(source, at + 1) === 0x2d ? at + 2 : at + 1;
  const digits = runFrom(source, from, isDigit, 8);
  if (digits - from !== 7) return undefined;
  const number = String(first - 0x58) + source.text.slice(from, digits);
  return spanishEnd(source, { kind: "es-nie", digits: number, from: digits });
}

function spanishEnd(
  source: Source,
  {
    kind,
    digits,
    from,
  }: { readonly kind: "es-dni" | "es-nie"; readonly digits: string; readonly from: number },
): Found {
  const letterAt = codeAt(source, from) === 0x2d || codeAt(source, from) === 0x20 ? from + 1 : from;
  const letter = String.fromCharCode(Math.max(0, codeAt(source, letterAt))).toUpperCase();
  if (letter !== dniLetter(Number(digits)) || isWord(codeAt(source, letterAt + 1))) return undefined;
  return { kind, end: letterAt + 1, score: 1 };
}

export function codiceFiscaleAt(source: Source, at: number): Found {
  const letters = runFrom(source, at, isLetter, 7);
  if (letters - at < 6) return undefined;
  const end = runFrom(source, at, isWord, 17);
  if (end - at !== 16) return undefined;
  const isValid = isCodiceFiscale(source.text.slice(at, end).toUpperCase());
  return isValid ? { kind: "it-codice-fiscale", end, score: 1 } : undefined;
}

/** Bitcoin and its like by Base58Check or Bech32, Ethereum by EIP-55 (all of one case has no checksum, and counts less). */
export function coinAt(source: Source, at: number): Found {
  const first = codeAt(source, at);
  if (first === 0x30) return etherAt(source, at);
  const end = runFrom(source, at, isWord, 91);
  const length = end - at;
  if (length > 90) return undefined;
  const text = source.text.slice(at, end);
  const isBech = length >= 42 && /^(bc|tb|ltc)1/i.test(text) && isBech32Address(text);
  const isBase = length >= 25 && length <= 36 && /^[13LMmn2]/.test(text) && isBase58Check(text);
  return isBech || isBase ? { kind: "crypto-address", end, score: 1 } : undefined;
}

function etherAt(source: Source, at: number): Found {
  if ((codeAt(source, at + 1) | 0x20) !== 0x78) return undefined;
  const end = runFrom(source, at + 2, isHex, 41);
  if (end - at !== 42 || isWord(codeAt(source, end))) return undefined;
  const digits = source.text.slice(at + 2, end);
  const isMixed = /[a-f]/.test(digits) && /[A-F]/.test(digits);
  if (isMixed && !isEip55(digits)) return undefined;
  return { kind: "crypto-address", end, score: isMixed ? 1 : 0.6 };
}

/** Whether a word may begin one of those with letters. */
export const mayBeCoin = (code: number): boolean =>
  isUpper(code)
    ? code === 0x4c || code === 0x4d || code === 0x42
    : "bltmn".includes(String.fromCharCode(code));
