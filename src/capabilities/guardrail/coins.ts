import { keccak256, sha256 } from "./hashes.ts";

const base58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";

/** 21 bytes and the first four of their double SHA-256. Source: Bitcoin wiki, Base58Check encoding. */
export function isBase58Check(text: string): boolean {
  let number = 0n;
  for (const character of text) {
    const digit = base58.indexOf(character);
    if (digit < 0) return false;
    number = number * 58n + BigInt(digit);
  }
  const bytes = new Uint8Array(25);
  for (let at = 24; at >= 0; at -= 1, number >>= 8n) bytes[at] = Number(number & 255n);
  if (number !== 0n) return false;
  const digest = sha256(sha256(bytes.subarray(0, 21)));
  return [0, 1, 2, 3].every((at) => digest[at] === bytes[21 + at]);
}

const bech32 = "qpzry9x8gf2tvdw0s3jn54khce6mua7l";
const generators = [0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd, 0x2a1462b3];

/** Source: BIP 173 and BIP 350 (witness version 0 by Bech32, all others by Bech32m). */
export function isBech32Address(text: string): boolean {
  const lower = text.toLowerCase();
  if (lower !== text && text.toUpperCase() !== text) return false;
  const part = lower.lastIndexOf("1");
  const values = Array.from(lower.slice(part + 1), (character) => bech32.indexOf(character));
  if (values.includes(-1) || values.length < 7) return false;
  const prefix = Array.from(lower.slice(0, part), (character) => character.charCodeAt(0));
  const all = [...prefix.map((code) => code >> 5), 0, ...prefix.map((code) => code & 31), ...values];
  let sum = 1;
  for (const value of all) {
    const top = sum >>> 25;
    sum = ((sum & 0x1ffffff) << 5) ^ value;
    generators.forEach((generator, bit) => {
      if ((top >> bit) & 1) sum ^= generator;
    });
  }
  return sum === (values[0] === 0 ? 1 : 0x2bc830a3);
}

/** Forty hexadecimal digits whose case is their checksum. Source: EIP-55. */
export function isEip55(digits: string): boolean {
  const lower = digits.toLowerCase();
  const digest = keccak256(Uint8Array.from(lower, (character) => character.charCodeAt(0)));
  return Array.from(digits).every((character, at) => {
    if (character >= "0" && character <= "9") return true;
    const nibble = ((digest[at >> 1] ?? 0) >> (at % 2 === 0 ? 4 : 0)) & 15;
    return nibble >= 8 === character < "a";
  });
}
