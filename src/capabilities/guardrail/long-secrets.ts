import type { BuiltInKind } from "./finding.ts";
import {
  codeAt,
  isBase64,
  isUrlSafe,
  isWord,
  type Match,
  runFrom,
  type Source,
  standsAt,
  textBefore,
} from "./source.ts";

/** What has begun as one of these is kept back to its end, but no longer than this: then nothing more is let out. */
export const swallowedMax = 16 * 1024;

const headerMax = 2048;

/** Three runs of base64url, of which the first two are JSON objects. Source: RFC 7519. */
export function jwtAt(source: Source, at: number): Match<BuiltInKind> | undefined {
  if (!standsAt(source, at, "eyJ")) return undefined;
  const header = runFrom(source, at, isUrlSafe, headerMax + 1);
  if (header - at > headerMax || !standsAt(source, header, ".eyJ")) return undefined;
  const claims = runFrom(source, header + 1, isUrlSafe, swallowedMax);
  if (claims - at >= swallowedMax)
    return { kind: "jwt", end: at + swallowedMax, score: 0.9, isEndless: true };
  if (codeAt(source, claims) !== 0x2e) return undefined;
  const end = runFrom(source, claims + 1, isUrlSafe, 2048);
  return end === claims + 1 ? undefined : { kind: "jwt", end, score: 0.98 };
}

const opening = "-----BEGIN ";
const closing = "-----END ";

/** From `-----BEGIN … PRIVATE KEY-----` to its end, or to the end of the text. Source: RFC 7468. */
export function privateKeyAt(source: Source, at: number): Match<BuiltInKind> | undefined {
  if (codeAt(source, at - 1) === 0x2d || !standsAt(source, at, opening)) return undefined;
  const label = runFrom(source, at + opening.length, isLabel, 41);
  if (label - at - opening.length > 40 || !standsAt(source, label, "-----")) return undefined;
  if (!/PRIVATE KEY( BLOCK)?$/.test(source.text.slice(at + opening.length, label))) return undefined;
  const body = label + 5;
  const found = source.text.indexOf(closing, body);
  const name = source.text.slice(at + opening.length, label);
  const stop = found < 0 ? -1 : found + closing.length + name.length + 5;
  if (stop >= 0 && stop - at <= swallowedMax && stop <= source.text.length)
    return { kind: "private-key", end: stop, score: 1 };
  if (source.text.length - at >= swallowedMax)
    return { kind: "private-key", end: at + swallowedMax, score: 1, isEndless: true };
  if (!source.isFinal) source.isShort = true;
  return { kind: "private-key", end: source.text.length, score: 0.9 };
}

const isLabel = (code: number): boolean => isWord(code) || code === 0x20;

const keyWord =
  /(key|secret|token|passw(or)?d|pwd|credentials?|bearer|auth|access|private)(["'\s]|is|are|\\)*[:=]?[>\s"'`(]*$/;
const tokenMin = 24;
const tokenMax = 1024;
const bitsMin = 4;

/** A run of base64 beside a word for a secret, too even to be a word itself. */
export function evenTokenAt(source: Source, at: number): Match<BuiltInKind> | undefined {
  const least = runFrom(source, at, isBase64, tokenMin);
  if (least - at < tokenMin || !keyWord.test(textBefore(source, at, 40))) return undefined;
  const end = runFrom(source, at, isBase64, tokenMax + 1);
  if (end - at > tokenMax) return undefined;
  const text = source.text.slice(at, end);
  const isMixed = /\d/.test(text) && /[A-Za-z]/.test(text);
  return isMixed && bitsPerCharacter(text) >= bitsMin ? { kind: "high-entropy", end, score: 0.7 } : undefined;
}

/** Shannon's entropy of the characters of a text. */
export function bitsPerCharacter(text: string): number {
  const counts = new Map<string, number>();
  for (const character of text) counts.set(character, (counts.get(character) ?? 0) + 1);
  let bits = 0;
  for (const count of counts.values()) bits -= (count / text.length) * Math.log2(count / text.length);
  return bits;
}
