import { isInsideIban } from "./accounts.ts";
import type { BuiltInKind } from "./finding.ts";
import {
  codeAt,
  isDigit,
  isHex,
  isLetter,
  isWord,
  type Match,
  runFrom,
  type Source,
  textBefore,
} from "./source.ts";

type Found = Match<BuiltInKind> | undefined;

const isLocal = (code: number): boolean =>
  isWord(code) ||
  code === 0x2e ||
  code === 0x5f ||
  code === 0x25 ||
  code === 0x2b ||
  code === 0x2d ||
  code === 0x27;
const isLabel = (code: number): boolean => isWord(code) || code === 0x2d;

/** An address of RFC 5322's dot-atom kind: 64 characters, `@`, labels whose last has letters. Source: RFC 5321, 4.5.3.1. */
export function emailAt(source: Source, at: number): Found {
  // In a URL it is a user, or its password.
  if (/:\/\/:?$/.test(textBefore(source, at, 4))) return undefined;
  const sign = runFrom(source, at, isLocal, 65);
  if (sign - at > 64 || codeAt(source, sign) !== 0x40) return undefined;
  const end = domainEnd(source, sign);
  return end < 0 ? undefined : { kind: "email", end, score: 0.95 };
}

/** Where the name of a host behind `sign` ends, its last label one of letters; -1: there is none. */
function domainEnd(source: Source, sign: number): number {
  let end = -1;
  let label = sign + 1;
  while (label - sign < 128) {
    const next = runFrom(source, label, isLabel, 64);
    if (next === label || next - label > 63) break;
    const isName = label > sign + 1 && next - label >= 2 && isLetter(codeAt(source, label));
    if (isName) end = codeAt(source, next - 1) === 0x2d ? next - 1 : next;
    if (codeAt(source, next) !== 0x2e) break;
    label = next + 1;
  }
  return end;
}

const isGap = (code: number): boolean =>
  code === 0x20 || code === 0x2d || code === 0x2e || code === 0x2f || code === 0x28 || code === 0x29;

interface Dialled {
  readonly digits: string;
  /** Digits as `9`, all else as it stands. */
  readonly form: string;
  readonly end: number;
}

/** Digits with at most two marks between two of them, up to 15. */
function dialledAt(source: Source, at: number): Dialled {
  let digits = "";
  let form = "";
  let end = at;
  let next = at;
  while (next - at < 40) {
    const code = codeAt(source, next);
    if (isDigit(code)) {
      digits += String.fromCharCode(code);
      form += "9";
      next += 1;
      end = next;
      if (digits.length > 15) break;
    } else if (isGap(code) && next - end < 2) {
      form += String.fromCharCode(code);
      next += 1;
    } else break;
  }
  return { digits, form: form.slice(0, form.length - (next - end)), end };
}

/** `+` and 8 to 15 digits. Source: ITU-T E.164. */
export function internationalPhoneAt(source: Source, at: number): Found {
  if (isWord(codeAt(source, at - 1)) || !isDigit(codeAt(source, at + 1))) return undefined;
  const { digits, form, end } = dialledAt(source, at + 1);
  const isNumber = digits.length >= 8 && digits.length <= 15 && digits[0] !== "0" && !form.includes("/");
  return isNumber && !isWord(codeAt(source, end)) ? { kind: "phone", end, score: 0.9 } : undefined;
}

const national = [
  // North America: area and exchange begin with 2 to 9.
  { form: /^(\(9{3}\) ?|9{3}[-. ])9{3}[-. ]9{4}$/, digits: /^[2-9]\d\d[2-9]\d{6}$/ },
  // With the digit for calls within a country, in groups: `030 1234567`, `01 23 45 67 89`, `(030) 123 456`.
  { form: /^(\(9{2,5}\)|9{2,5})[-. /]{1,2}9{2,8}([-. ]9{2,4}){0,4}$/, digits: /^0[1-9]\d{7,9}$/ },
];

export function nationalPhoneAt(source: Source, at: number): Found {
  const opens = codeAt(source, at) === 0x28;
  if (codeAt(source, at) !== 0x30 && !opens && !looksNorthAmerican(source, at)) return undefined;
  const dialled = dialledAt(source, opens ? at + 1 : at);
  const form = opens ? `(${dialled.form}` : dialled.form;
  if (isWord(codeAt(source, dialled.end))) return undefined;
  // Full stops and a hyphen are how other numbers are written.
  if (form.includes(".") && form.includes("-")) return undefined;
  const isNumber = national.some((one) => one.form.test(form) && one.digits.test(dialled.digits));
  if (!isNumber || isInsideIban(source, at)) return undefined;
  return { kind: "phone", end: dialled.end, score: 0.7 };
}

function looksNorthAmerican(source: Source, at: number): boolean {
  if (runFrom(source, at, isDigit, 4) !== at + 3) return false;
  return isGap(codeAt(source, at + 3)) && isDigit(codeAt(source, at + 4));
}

/** Four numbers below 256 with dots, no part of a longer row. */
export function ipv4At(source: Source, at: number): Found {
  if (codeAt(source, at - 1) === 0x2e && isDigit(codeAt(source, at - 2))) return undefined;
  let next = at;
  for (let octet = 0; octet < 4; octet += 1) {
    if (octet > 0) {
      if (codeAt(source, next) !== 0x2e) return undefined;
      next += 1;
    }
    const end = runFrom(source, next, isDigit, 4);
    if (end === next || end - next > 3 || Number(source.text.slice(next, end)) > 255) return undefined;
    next = end;
  }
  const after = codeAt(source, next);
  if (isWord(after) || (after === 0x2e && isDigit(codeAt(source, next + 1)))) return undefined;
  return { kind: "ip", end: next, score: 0.9 };
}

/** Six pairs of hexadecimal digits, all parted by `:` or all by `-`. */
export function macAt(source: Source, at: number): Found {
  const parting = codeAt(source, at + 2);
  if (parting !== 0x3a && parting !== 0x2d) return undefined;
  for (let pair = 0; pair < 6; pair += 1) {
    const start = at + pair * 3;
    if (!isHex(codeAt(source, start)) || !isHex(codeAt(source, start + 1))) return undefined;
    if (pair < 5 && codeAt(source, start + 2) !== parting) return undefined;
  }
  const after = codeAt(source, at + 17);
  if (isWord(after) || (after === parting && isHex(codeAt(source, at + 18)))) return undefined;
  return { kind: "mac", end: at + 17, score: 0.95 };
}

/** Eight groups, or fewer with one `::`; at least three groups and a digit, since `a::b` is a name in some languages. Source: RFC 4291, 2.2. */
export function ipv6At(source: Source, at: number): Found {
  if (codeAt(source, at - 1) === 0x3a) return undefined;
  const row = hexGroupsAt(source, at);
  if (row === undefined || isWord(codeAt(source, row.end))) return undefined;
  const isWhole = row.groups === 8 || (row.isShortened && row.groups >= 3 && row.groups < 8);
  if (!isWhole) return undefined;
  return /\d/.test(source.text.slice(at, row.end)) ? { kind: "ip", end: row.end, score: 0.9 } : undefined;
}

interface HexGroups {
  readonly groups: number;
  /** Whether `::` stands between two of them. */
  readonly isShortened: boolean;
  readonly end: number;
}

/** Up to nine groups of up to four hexadecimal digits; nothing where `::` comes twice. */
function hexGroupsAt(source: Source, at: number): HexGroups | undefined {
  let next = at;
  let groups = 0;
  let isShortened = false;
  let end = at;
  while (groups <= 8) {
    const stop = runFrom(source, next, isHex, 5);
    if (stop - next > 4 || stop === next) break;
    groups += 1;
    end = stop;
    if (codeAt(source, stop) !== 0x3a) break;
    const isDouble = codeAt(source, stop + 1) === 0x3a;
    if (isDouble && isShortened) return undefined;
    isShortened ||= isDouble;
    next = stop + (isDouble ? 2 : 1);
  }
  return { groups, isShortened, end };
}

/** The part of a URL between `://` and `@`, where it holds a password. Source: RFC 3986, 3.2.1. */
export function urlCredentialsAt(source: Source, at: number): Found {
  const before = textBefore(source, at, 4);
  const hasName = before.endsWith("://");
  if (!hasName && !before.endsWith("://:")) return undefined;
  const colon = hasName ? runFrom(source, at, isUserInfo, 128) : at - 1;
  if (codeAt(source, colon) !== 0x3a) return undefined;
  const sign = runFrom(source, colon + 1, isPassword, 100);
  if (sign === colon + 1 || codeAt(source, sign) !== 0x40) return undefined;
  return { kind: "url-credentials", end: sign, score: 0.95 };
}

const isUserInfo = (code: number): boolean => isPassword(code) && code !== 0x3a;
const isPassword = (code: number): boolean =>
  code > 0x20 &&
  code < 0x7f &&
  code !== 0x40 &&
  code !== 0x2f &&
  code !== 0x22 &&
  code !== 0x3c &&
  code !== 0x3f;
