import { isMod11And10, isVerhoeff, mod97, weighted } from "./checksums.ts";

const allEqual = (digits: string): boolean => digits === (digits[0] ?? "").repeat(digits.length);
const digit = (digits: string, at: number): number => Number(digits[at]);
/** 11 less the remainder by 11; 10 and 11 count as 0. */
const elevenLess = (sum: number): number => (sum % 11 < 2 ? 0 : 11 - (sum % 11));

const cpfWeights = [10, 9, 8, 7, 6, 5, 4, 3, 2];

/** Cadastro de Pessoas Físicas, 11 digits, the last two check. Source: Receita Federal, IN RFB 1548/2015. */
export function isCpf(digits: string): boolean {
  if (allEqual(digits)) return false;
  const first = elevenLess(weighted(digits, cpfWeights));
  const second = elevenLess(weighted(digits, [11, ...cpfWeights]));
  return first === digit(digits, 9) && second === digit(digits, 10);
}

const cnpjWeights = [5, 4, 3, 2, 9, 8, 7, 6, 5, 4, 3, 2];

/** Cadastro Nacional da Pessoa Jurídica, 14 digits, the last two check. */
export function isCnpj(digits: string): boolean {
  if (allEqual(digits)) return false;
  const first = elevenLess(weighted(digits, cnpjWeights));
  const second = elevenLess(weighted(digits, [6, ...cnpjWeights]));
  return first === digit(digits, 12) && second === digit(digits, 13);
}

/** US social security number as it has been given out. Source: SSA, POMS RM 10201.035. */
export function isSsn(digits: string): boolean {
  const area = digits.slice(0, 3);
  return (
    area !== "000" &&
    area !== "666" &&
    area < "900" &&
    digits.slice(3, 5) !== "00" &&
    digits.slice(5) !== "0000" &&
    // Printed on wallets and in leaflets, and nobody's.
    digits !== "078051120" &&
    digits !== "219099999"
  );
}

/** Of the Spanish DNI and NIE: the letter that the remainder by 23 stands for. */
export const dniLetter = (number: number): string => "TRWAGMYFPDXBNJZSQVHLCKE"[number % 23] ?? "";

/** Numéro d'inscription au répertoire: 13 characters and a key, 97 less the remainder. Source: INSEE. */
export function isNir(text: string): boolean {
  const month = Number(text.slice(3, 5));
  if (!"12378".includes(text[0] ?? "0") || month < 1 || (month > 12 && month < 20)) return false;
  const plain = text.slice(0, 13).replace("2A", "19").replace("2B", "18");
  return 97 - mod97(plain) === Number(text.slice(13));
}

/** Steuerliche Identifikationsnummer: one digit of the first ten comes twice or thrice, all others at most once. Source: AO § 139b, BZSt. */
export function isTaxId(digits: string): boolean {
  if (digits.startsWith("0")) return false;
  const counts = Array.from({ length: 10 }, (_, one) => digits.slice(0, 10).split(String(one)).length - 1);
  const repeated = counts.filter((count) => count > 1);
  return repeated.length === 1 && (repeated[0] ?? 0) <= 3 && isMod11And10(digits);
}

/** Burgerservicenummer, the test of eleven with the last weight negative. */
export const isBsn = (digits: string): boolean =>
  digits !== "000000000" && weighted(digits, [9, 8, 7, 6, 5, 4, 3, 2, -1]) % 11 === 0;

/** PESEL: a date of birth whose month tells the century, and a check digit. Source: Ustawa o ewidencji ludności, 2010. */
export function isPesel(digits: string): boolean {
  const month = Number(digits.slice(2, 4)) % 20;
  const day = Number(digits.slice(4, 6));
  if (month < 1 || month > 12 || day < 1 || day > 31) return false;
  return weighted(digits, [1, 3, 7, 9, 1, 3, 7, 9, 1, 3, 1]) % 10 === 0;
}

/** Aadhaar: 12 digits, the first at least 2, by Verhoeff. Source: UIDAI. */
export const isAadhaar = (digits: string): boolean => digits >= "2" && isVerhoeff(digits);

const odd = [1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 2, 4, 18, 20, 11, 3, 6, 8, 12, 14, 16, 10, 22, 25, 24, 23];
const fiscalShape = /^[A-Z]{6}[0-9LMNP-V]{2}[A-EHLMPRST][0-9LMNP-V]{2}[A-Z][0-9LMNP-V]{3}[A-Z]$/;

/** Codice fiscale, 16 characters in upper case, those that stand in for digits included. Source: DM 23/12/1976. */
export function isCodiceFiscale(text: string): boolean {
  if (!fiscalShape.test(text)) return false;
  let sum = 0;
  for (let at = 0; at < 15; at += 1) {
    const code = text.charCodeAt(at);
    const value = code >= 0x41 ? code - 0x41 : code - 0x30;
    sum += at % 2 === 0 ? (odd[value] ?? 0) : value;
  }
  return text.charCodeAt(15) === 0x41 + (sum % 26);
}
