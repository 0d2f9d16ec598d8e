import type { EpochMs } from "./units.ts";

/** Identifies one request everywhere: header, log, audit, trace. UUID version 7, so that it sorts by time. */
export type RequestId = string & { readonly __brand: "request-id" };

const alphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
const hexPairs = Array.from({ length: 256 }, (_, value) => value.toString(16).padStart(2, "0"));

/**
 * A UUIDv7 of the moment `at` and 10 random bytes.
 * Source: RFC 9562, section 5.7.
 */
export function uuidv7(at: EpochMs, random: Uint8Array): RequestId {
  const hex = (index: number): string => hexPairs[random[index] ?? 0] ?? "00";
  const time = Math.floor(at).toString(16).padStart(12, "0");
  const third = hexPairs[((random[0] ?? 0) & 0x0f) | 0x70] ?? "70";
  const fourth = hexPairs[((random[2] ?? 0) & 0x3f) | 0x80] ?? "80";
  return `${time.slice(0, 8)}-${time.slice(8)}-${third}${hex(1)}-${fourth}${hex(3)}-${hex(4)}${hex(5)}${hex(6)}${hex(7)}${hex(8)}${hex(9)}` as RequestId;
}

/** Bytes as base 62, most significant first, at full width: 16 bytes give 22 characters, 32 bytes 43. */
export function base62(input: Uint8Array): string {
  let value = 0n;
  for (const byte of input) value = (value << 8n) | BigInt(byte);
  const width = Math.ceil((input.length * 8) / Math.log2(62));
  let text = "";
  for (let index = 0; index < width; index += 1) {
    text = (alphabet[Number(value % 62n)] ?? "0") + text;
    value /= 62n;
  }
  return text;
}
