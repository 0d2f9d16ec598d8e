import { isInsideIban } from "./accounts.ts";
import { isLuhn } from "./checksums.ts";
import type { BuiltInKind } from "./finding.ts";
import { isAadhaar, isBsn, isCnpj, isCpf, isNir, isPesel, isSsn, isTaxId } from "./nations.ts";
import { codeAt, isDigit, isWord, type Match, type Source, textBefore } from "./source.ts";

/** A run of digits in groups, as `4111 1111 1111 1111`. */
export interface Grouped {
  readonly digits: string;
  /** The lengths of its groups: `4-4-4-4`. */
  readonly shape: string;
  /** The characters between its groups, in order. */
  readonly between: string;
  readonly end: number;
}

const digitsMax = 20;

/** All beginnings of the run at `at` that end with a group, the longest first. Groups are parted by one character of ` .-/`. */
export function groupsAt(source: Source, at: number): readonly Grouped[] {
  const found: Grouped[] = [];
  let digits = "";
  let shape = "";
  let between = "";
  let next = at;
  for (;;) {
    const start = next;
    while (isDigit(codeAt(source, next)) && digits.length + next - start <= digitsMax) next += 1;
    const length = next - start;
    digits += source.text.slice(start, next);
    if (length === 0 || digits.length > digitsMax) break;
    shape += shape === "" ? String(length) : `-${length}`;
    const parting = codeAt(source, next);
    if (!isWord(parting) || parting === 0x41 || parting === 0x42)
      found.unshift({ digits, shape, between, end: next });
    if (!isParting(parting) || !isDigit(codeAt(source, next + 1))) break;
    between += String.fromCharCode(parting);
    next += 1;
  }
  return found;
}

const isParting = (code: number): boolean => code === 0x20 || code === 0x2d || code === 0x2e || code === 0x2f;

/**
 * What the numbers are, by the number of their digits. Where several fit, who is met by chance least often comes first: of
 * random numbers of eleven digits a German tax id is one in 300, a CPF one in 100, a PESEL one in 50.
 */
const tests: readonly {
  readonly kind: BuiltInKind;
  readonly digits: number;
  readonly shapes: RegExp;
  readonly between: RegExp;
  readonly isValid: (digits: string) => boolean;
  /** Where the check is weak, the number counts only beside one of these words. */
  readonly beside?: RegExp;
}[] = [
  { kind: "us-ssn", digits: 9, shapes: /^3-2-4$/, between: /^(--| {2})$/, isValid: isSsn },
  { kind: "de-tax-id", digits: 11, shapes: /^(11|2-3-3-3)$/, between: /^( {3})?$/, isValid: isTaxId },
  { kind: "br-cpf", digits: 11, shapes: /^3-3-3-2$/, between: /^\.\.-$/, isValid: isCpf },
  // In one piece it looks like a PESEL, a tax id, or a mobile number of its own country.
  {
    kind: "br-cpf",
    digits: 11,
    shapes: /^11$/,
    between: /^$/,
    isValid: isCpf,
    beside: /\bcpf\b|contribuinte|cadastro de pessoa/,
  },
  { kind: "br-cnpj", digits: 14, shapes: /^(2-3-3-4-2|14)$/, between: /^(\.\.\/-)?$/, isValid: isCnpj },
  { kind: "pl-pesel", digits: 11, shapes: /^11$/, between: /^$/, isValid: isPesel },
  { kind: "in-aadhaar", digits: 12, shapes: /^4-4-4$/, between: /^( {2}|--)$/, isValid: isAadhaar },
  {
    kind: "in-aadhaar",
    digits: 12,
    shapes: /^12$/,
    between: /^$/,
    isValid: isAadhaar,
    beside: /aadha+r|uidai|आधार/,
  },
  { kind: "nl-bsn", digits: 9, shapes: /^4-2-3$/, between: /^\.\.$/, isValid: isBsn },
  {
    kind: "nl-bsn",
    digits: 9,
    shapes: /^(9|3-3-3)$/,
    between: /^( {2})?$/,
    isValid: isBsn,
    beside: /bsn|burgerservice|sofi/,
  },
];

/** A number of a state's or of a payment card at `at`, where a digit stands behind none. */
export function numberAt(source: Source, at: number): Match<BuiltInKind> | undefined {
  for (const grouped of groupsAt(source, at)) {
    const match = nirOf(source, grouped) ?? plainOf(source, at, grouped) ?? cardOf(source, grouped);
    if (match !== undefined) return match.kind === "card" && isInsideIban(source, at) ? undefined : match;
  }
  return undefined;
}

function plainOf(source: Source, at: number, grouped: Grouped): Match<BuiltInKind> | undefined {
  if (isWord(codeAt(source, grouped.end)) || isPartOfLonger(source, at, grouped)) return undefined;
  for (const { kind, digits, shapes, between, isValid, beside } of tests) {
    if (digits !== grouped.digits.length || !shapes.test(grouped.shape) || !between.test(grouped.between))
      continue;
    if (beside !== undefined && !beside.test(textBefore(source, at, 40))) continue;
    if (isValid(grouped.digits)) return { kind, end: grouped.end, score: 1 };
  }
  return undefined;
}

/** Groups of a longer row of groups are none of their own. */
function isPartOfLonger(source: Source, at: number, { between, end }: Grouped): boolean {
  const parting = between.charCodeAt(0);
  if (between === "" || parting === 0x2e) return false;
  const goesOn = codeAt(source, end) === parting && isDigit(codeAt(source, end + 1));
  return goesOn || (codeAt(source, at - 1) === parting && isDigit(codeAt(source, at - 2)));
}

/** Cards begin with what their networks were given, and are as long as these have them. Source: ISO/IEC 7812 register: Visa, Mastercard, Amex, Discover, JCB, UnionPay, Maestro. */
const networks =
  /^(4(\d{12}|\d{15}|\d{18})|5[0-8]\d{14}|2[2-7]\d{14}|3[47]\d{13}|3[068]\d{12}|35\d{14}|6\d{15,18})$/;
const cardBetween = /^( *|-*)$/;
const cardShapes = /^(\d\d|4-4-4-4(-\d)?|4-6-5|4-6-4|4-4-4-1|4-4-5|4-5-6)$/;

function cardOf(source: Source, { digits, shape, between, end }: Grouped): Match<BuiltInKind> | undefined {
  if (digits.length < 13 || digits.length > 19 || isWord(codeAt(source, end))) return undefined;
  if (!networks.test(digits) || !cardShapes.test(shape) || !cardBetween.test(between)) return undefined;
  return isLuhn(digits) ? { kind: "card", end, score: 1 } : undefined;
}

/** The French number, whose department may be `2A` or `2B`: then it goes on behind the letter. */
function nirOf(source: Source, grouped: Grouped): Match<BuiltInKind> | undefined {
  return isNirShaped(grouped) ? allDigitsNir(source, grouped) : corsicanNir(source, grouped);
}

const isNirShaped = ({ digits, shape, between }: Grouped): boolean =>
  digits.length === 15 && /^(15|1-2-2-2-3-3-2|13-2)$/.test(shape) && /^ *$/.test(between);

function allDigitsNir(source: Source, { digits, end }: Grouped): Match<BuiltInKind> | undefined {
  return !isWord(codeAt(source, end)) && isNir(digits) ? { kind: "fr-nir", end, score: 1 } : undefined;
}

function corsicanNir(source: Source, { digits, between, end }: Grouped): Match<BuiltInKind> | undefined {
  const letter = codeAt(source, end);
  if ((letter !== 0x41 && letter !== 0x42) || digits.length !== 6 || !digits.endsWith("2")) return undefined;
  const isSpaced = between !== "";
  const from = end + 1 + (isSpaced && codeAt(source, end + 1) === 0x20 ? 1 : 0);
  const rest = groupsAt(source, from).find((one) => one.digits.length === 8);
  if (rest === undefined || isWord(codeAt(source, rest.end))) return undefined;
  const text = digits + String.fromCharCode(letter) + rest.digits;
  return isNir(text) ? { kind: "fr-nir", end: rest.end, score: 1 } : undefined;
}
