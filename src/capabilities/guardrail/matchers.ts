import { codiceFiscaleAt, coinAt, dniAt, ibanAt, mayBeCoin, nieAt } from "./accounts.ts";
import {
  emailAt,
  internationalPhoneAt,
  ipv4At,
  ipv6At,
  macAt,
  nationalPhoneAt,
  urlCredentialsAt,
} from "./contact.ts";
import type { BuiltInKind } from "./finding.ts";
import { gatewayKeyAt, githubTokenAt, mayBeKey, providerKeyAt } from "./keys.ts";
import { evenTokenAt, jwtAt, privateKeyAt } from "./long-secrets.ts";
import { numberAt } from "./numbers.ts";
import { isDigit, isHex, isLetter, isWord, type Match, type Source } from "./source.ts";

/** Asked at a place where an entity may begin; reads on by `codeAt`, back by `textBefore`. */
export type Matcher = (source: Source, at: number) => Match | undefined;

interface Listed {
  readonly kinds: readonly BuiltInKind[];
  /** The first characters it may begin with. */
  readonly begins: (code: number) => boolean;
  readonly at: Matcher;
}

const only =
  (character: string) =>
  (code: number): boolean =>
    code === character.charCodeAt(0);

const listed: readonly Listed[] = [
  {
    kinds: ["us-ssn", "br-cpf", "br-cnpj", "pl-pesel", "de-tax-id", "in-aadhaar", "nl-bsn", "fr-nir", "card"],
    begins: isDigit,
    at: numberAt,
  },
  { kinds: ["es-dni"], begins: isDigit, at: dniAt },
  { kinds: ["es-nie"], begins: (code) => (code & ~0x20) >= 0x58 && isLetter(code), at: nieAt },
  { kinds: ["it-codice-fiscale"], begins: isLetter, at: codiceFiscaleAt },
  { kinds: ["iban"], begins: isLetter, at: ibanAt },
  {
    kinds: ["crypto-address"],
    begins: (code) => code === 0x30 || code === 0x31 || code === 0x32 || code === 0x33 || mayBeCoin(code),
    at: coinAt,
  },
  { kinds: ["phone"], begins: only("+"), at: internationalPhoneAt },
  { kinds: ["phone"], begins: (code) => isDigit(code) || code === 0x28, at: nationalPhoneAt },
  { kinds: ["ip"], begins: isDigit, at: ipv4At },
  { kinds: ["ip"], begins: isHex, at: ipv6At },
  { kinds: ["mac"], begins: isHex, at: macAt },
  { kinds: ["github-token"], begins: only("g"), at: githubTokenAt },
  { kinds: ["gateway-key"], begins: only("s"), at: gatewayKeyAt },
  { kinds: ["provider-key"], begins: mayBeKey, at: providerKeyAt },
  { kinds: ["jwt"], begins: only("e"), at: jwtAt },
  { kinds: ["private-key"], begins: only("-"), at: privateKeyAt },
  { kinds: ["url-credentials"], begins: isWord, at: urlCredentialsAt },
  { kinds: ["email"], begins: isWord, at: emailAt },
  { kinds: ["high-entropy"], begins: isWord, at: evenTokenAt },
];

/** Who is asked, by the first character (ASCII). */
export type Dispatch = readonly (readonly Matcher[])[];

/** Those who know one of `kinds`; what they tell besides is left out. */
export function dispatchFor(kinds: ReadonlySet<string>): Dispatch {
  const wanted = listed.filter((one) => one.kinds.some((kind) => kinds.has(kind)));
  return Array.from({ length: 128 }, (_, code) =>
    wanted.filter(({ begins }) => begins(code)).map((one) => one.at),
  );
}

const shortWord = 20;

const nothing = 0;
const letter = 1;
const begin = 2;
/** What a character may be to a beginning: nothing, a letter, or something to be looked at. */
const classes = Uint8Array.from({ length: 0x80 }, (_, code) => {
  if (isLetter(code)) return letter;
  return isDigit(code) || isOpening(code) ? begin : nothing;
});
function isOpening(code: number): boolean {
  return code === 0x2b || code === 0x28 || code === 0x2d || code === 0x5b;
}

/** Marks and digits with which names, addresses and keys go on behind letters. */
const goesOn = Uint8Array.from({ length: 0x80 }, (_, code) =>
  isWord(code) || "@._%+-'/:=".includes(String.fromCharCode(code)) ? 1 : 0,
);

/**
 * The next place where anything may begin, or where a plain word is not yet at its end. A plain word is letters, fewer
 * than any key has, with none of the marks behind it that names go on with; most of a text is such.
 */
export function passPlain(text: string, from: number): number {
  let at = from;
  while (at < text.length) {
    const code = text.charCodeAt(at);
    const kind = code < 0x80 ? classes[code] : nothing;
    if (kind === nothing) {
      at += 1;
      continue;
    }
    const before = at === 0 ? 0 : text.charCodeAt(at - 1);
    if (isWord(before)) {
      at = wordEnd(text, at);
      continue;
    }
    if (kind === begin || before === 0x2f || before === 0x3a) return at;
    const end = letterEnd(text, at);
    if (end - at >= shortWord || mayGoOn(text, end)) return at;
    at = end;
  }
  return at;
}

/** Whether what begins before `end` may be more than a word, or is not known to its end. */
function mayGoOn(text: string, end: number): boolean {
  if (end >= text.length) return true;
  const after = text.charCodeAt(end);
  return after < 0x80 && goesOn[after] === 1;
}

function letterEnd(text: string, at: number): number {
  let end = at + 1;
  while (end < text.length && isLetter(text.charCodeAt(end))) end += 1;
  return end;
}

function wordEnd(text: string, at: number): number {
  let end = at;
  while (end < text.length && isWord(text.charCodeAt(end))) end += 1;
  return end > at ? end : at + 1;
}
