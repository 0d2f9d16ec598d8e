import { isLuhn, mod97 } from "../../src/capabilities/guardrail/checksums.ts";
import { checksumOf } from "../../src/capabilities/guardrail/keys.ts";
import {
  dniLetter,
  isAadhaar,
  isCnpj,
  isCodiceFiscale,
  isCpf,
  isNir,
  isPesel,
  isTaxId,
} from "../../src/capabilities/guardrail/nations.ts";
import { seeded } from "./result.ts";

/** A text of one script with one value in it, or with one that only looks like it. */
export interface Planted {
  readonly text: string;
  readonly kind: string;
  readonly value: string;
  readonly isReal: boolean;
  readonly isSecret: boolean;
  readonly script: string;
}

const carriers: Readonly<Record<string, readonly [before: string, after: string]>> = {
  Latin: ["Please note the number ", " for our files."],
  Cyrillic: ["Пожалуйста, запишите номер ", " для архива."],
  Arabic: ["يرجى تسجيل الرقم ", " في ملفاتنا."],
  Devanagari: ["कृपया नंबर ", " लिख लें।"],
  Chinese: ["请记下号码", "，谢谢。"],
};
const ownZero: Readonly<Record<string, number>> = { Arabic: 0x660, Devanagari: 0x966 };

type Make = (random: () => number) => string;
const digits = (random: () => number, count: number): string =>
  Array.from({ length: count }, () => Math.floor(random() * 10)).join("");
const word = (random: () => number, count: number, alphabet: string): string =>
  Array.from({ length: count }, () => alphabet[Math.floor(random() * alphabet.length)] ?? "").join("");
/** Random digits, by `fits` the first that are valid. */
const until =
  (make: Make, fits: (text: string) => boolean): Make =>
  (random) => {
    for (;;) {
      const text = make(random);
      if (fits(text)) return text;
    }
  };
const grouped = (text: string, sizes: readonly number[], by: string): string => {
  let at = 0;
  return sizes
    .map((size) => {
      at += size;
      return text.slice(at - size, at);
    })
    .join(by);
};
const fiscal: Make = (random) =>
  `${word(random, 6, "BCDFGLMNPRST")}${digits(random, 2)}${word(random, 1, "ABCDEHLMPRST")}${digits(random, 2)}${word(random, 1, "ABCDEFGH")}${digits(random, 3)}${word(random, 1, "ABCDEFGHIJKLMNOPQRSTUVWXYZ")}`;

const iban: Make = (random) => {
  const account = digits(random, 18);
  const check = String(98 - mod97(`${account}DE00`)).padStart(2, "0");
  return random() < 0.5 ? `DE${check}${account}` : grouped(`DE${check}${account}`, [4, 4, 4, 4, 4, 2], " ");
};
const dni: Make = (random) => {
  const number = digits(random, 8);
  return number + dniLetter(Number(number));
};

const checked: Readonly<Record<string, Make>> = {
  card: (random) => {
    const text = until((next) => `4${digits(next, 15)}`, isLuhn)(random);
    return random() < 0.5 ? text : grouped(text, [4, 4, 4, 4], " ");
  },
  iban,
  "br-cpf": (random) => {
    const text = until((next) => digits(next, 11), isCpf)(random);
    return `${grouped(text.slice(0, 9), [3, 3, 3], ".")}-${text.slice(9)}`;
  },
  "br-cnpj": until((next) => digits(next, 14), isCnpj),
  "es-dni": dni,
  "fr-nir": until((next) => `1${digits(next, 2)}0${1 + Math.floor(next() * 9)}${digits(next, 10)}`, isNir),
  "de-tax-id": until((next) => digits(next, 11), isTaxId),
  "it-codice-fiscale": until(fiscal, isCodiceFiscale),
  "pl-pesel": until((next) => digits(next, 11), isPesel),
  "in-aadhaar": (random) =>
    grouped(until((next) => `2${digits(next, 11)}`, isAadhaar)(random), [4, 4, 4], " "),
};

const base62 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
const secrets: Readonly<Record<string, Make>> = {
  "github-token": (random) => {
    const body = word(random, 30, base62);
    return `ghp_${body}${checksumOf(body)}`;
  },
  "gateway-key": (random) => {
    const head = `sp-${word(random, 12, base62)}-${word(random, 43, base62)}`;
    return head + checksumOf(head);
  },
  "provider-key": (random) => {
    const kinds = [
      () => `AKIA${word(random, 16, "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567")}`,
      () => `AIza${word(random, 35, base62)}`,
      () => `sk-ant-api03-${word(random, 95, base62)}`,
      () => `sk-proj-${word(random, 120, base62)}`,
      () => `xoxb-${digits(random, 12)}-${digits(random, 12)}-${word(random, 24, base62)}`,
      () => `sk_live_${word(random, 24, base62)}`,
      () => `hf_${word(random, 34, base62)}`,
      () => `glpat-${word(random, 20, base62)}`,
    ];
    return kinds[Math.floor(random() * kinds.length)]?.() ?? "";
  },
  jwt: (random) => `eyJhbGciOiJIUzI1NiJ9.eyJ${word(random, 60, base62)}.${word(random, 43, base62)}`,
};

/** The last digit or letter of a value changed, so that its check fails. */
function spoiled(value: string, random: () => number): string {
  const last = value.at(-1) ?? "";
  const alphabet = /\d/.test(last) ? "0123456789" : /[A-Z]/.test(last) ? "ABCDEFGHJKLMNPQRSTVWXYZ" : base62;
  let other = last;
  while (other === last) other = word(random, 1, alphabet);
  return value.slice(0, -1) + other;
}

/** Of each kind so many real ones in each script, and as many that are off by one character. Secrets have no such. */
export function plantedTexts(each: number, seed: number): readonly Planted[] {
  const random = seeded(seed);
  const all: Planted[] = [];
  for (const [script, [before, after]] of Object.entries(carriers)) {
    const zero = ownZero[script];
    for (const [kind, make] of Object.entries({ ...checked, ...secrets })) {
      const isSecret = Object.hasOwn(secrets, kind);
      for (let count = 0; count < each; count += 1) {
        const real = make(random);
        const values = isSecret ? [real] : [real, spoiled(real, random)];
        values.forEach((plain, index) => {
          const isOwn = zero !== undefined && !isSecret && count % 2 === 0;
          const value = isOwn
            ? plain.replaceAll(/\d/g, (digit) => String.fromCharCode(zero + Number(digit)))
            : plain;
          all.push({ text: before + value + after, kind, value, isReal: index === 0, isSecret, script });
        });
      }
    }
  }
  return all;
}
