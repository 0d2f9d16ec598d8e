import { describe, expect, it } from "vitest";
import { isLuhn, isMod11And10, isVerhoeff, mod97 } from "./checksums.ts";
import { isBase58Check, isBech32Address, isEip55 } from "./coins.ts";
import { checksumOf } from "./keys.ts";
import {
  isAadhaar,
  isBsn,
  isCnpj,
  isCodiceFiscale,
  isCpf,
  isNir,
  isPesel,
  isSsn,
  isTaxId,
} from "./nations.ts";

/** Published examples, and who is to take them. */
const valid: readonly {
  readonly name: string;
  readonly value: string;
  readonly is: (value: string) => boolean;
  /** The characters that may be put in the place of one. */
  readonly alphabet?: string;
}[] = [
  { name: "a card", value: "4111111111111111", is: isLuhn },
  {
    name: "an IBAN",
    value: "370400440532013000DE89",
    is: (text) => mod97(text) === 1,
    alphabet: "0123456789",
  },
  { name: "a CPF", value: "52998224725", is: isCpf },
  { name: "a CNPJ", value: "11222333000181", is: isCnpj },
  { name: "a NIR", value: "255081416802538", is: isNir },
  {
    name: "a NIR of Corsica",
    value: `199052A123456${String(97 - mod97("1990519123456")).padStart(2, "0")}`,
    is: isNir,
  },
  { name: "a German tax id", value: "86095742719", is: isTaxId },
  { name: "a BSN", value: "111222333", is: isBsn },
  { name: "a PESEL", value: "44051401359", is: isPesel },
  { name: "an Aadhaar number", value: "234123412346", is: isAadhaar },
  { name: "digits of Verhoeff", value: "2363", is: isVerhoeff },
  { name: "digits of MOD 11,10", value: "07945", is: isMod11And10 },
  { name: "a codice fiscale", value: "RSSMRA85T10A562S", is: isCodiceFiscale, alphabet: "0123456789" },
  {
    name: "a Bitcoin address",
    value: "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa",
    is: isBase58Check,
    alphabet: "23456789abc",
  },
  {
    name: "a Bech32 address",
    value: "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4",
    is: isBech32Address,
    alphabet: "qpzry9x8gf2tvdw0",
  },
  {
    name: "a Bech32m address",
    value: "bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqzk5jj0",
    is: isBech32Address,
    alphabet: "qpzry9x8gf2tvdw0",
  },
];

describe("checksums", () => {
  it.for(valid)("take $name", ({ value, is }) => {
    expect(is(value)).toBe(true);
  });

  it.for(valid)(
    "do not take $name with its last digit off by one",
    ({ value, is, alphabet = "0123456789" }) => {
      const last = value.at(-1) ?? "";
      const taken = Array.from(alphabet).filter((other) => other !== last && is(value.slice(0, -1) + other));
      expect(taken).toEqual([]);
    },
  );

  it("know the case of an Ethereum address", () => {
    expect(isEip55("5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed")).toBe(true);
    expect(isEip55("5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAeD")).toBe(false);
    expect(isEip55("fB6916095ca1df60bB79Ce92cE3Ea74c37c5d359")).toBe(true);
  });

  it("know what GitHub puts at the end of its tokens", () => {
    expect(checksumOf("zQWBuTSOoRi4A9spHcVY5ncnsDkxkJ")).toBe("0mLq17");
  });

  it("know numbers that the United States never gave out", () => {
    expect(isSsn("536904399")).toBe(true);
    for (const never of ["000904399", "666904399", "900904399", "536004399", "536900000", "078051120"])
      expect(isSsn(never)).toBe(false);
  });
});
