const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
const codeOf = Uint8Array.from(alphabet, (character) => character.charCodeAt(0));
const pad = 0x3d;
const none = 255;

/** The value of a byte in either alphabet of base64; 255: it is in none. */
const valueOf = new Uint8Array(256).fill(none);
for (const [value, code] of codeOf.entries()) valueOf[code] = value;
valueOf[0x2d] = 62;
valueOf[0x5f] = 63;

/** Bytes as the ASCII of padded base64. Source: RFC 4648, section 4. */
export function base64Bytes(input: Uint8Array): Uint8Array {
  const out = new Uint8Array(Math.ceil(input.length / 3) * 4);
  let to = 0;
  for (let at = 0; at < input.length; at += 3) {
    const left = input.length - at;
    const bits = ((input[at] ?? 0) << 16) | ((input[at + 1] ?? 0) << 8) | (input[at + 2] ?? 0);
    out[to] = codeOf[bits >> 18] ?? pad;
    out[to + 1] = codeOf[(bits >> 12) & 63] ?? pad;
    out[to + 2] = left > 1 ? (codeOf[(bits >> 6) & 63] ?? pad) : pad;
    out[to + 3] = left > 2 ? (codeOf[bits & 63] ?? pad) : pad;
    to += 4;
  }
  return out;
}

/** Bytes as base64 without padding, as binary metadata of gRPC has it. */
export function base64Text(input: Uint8Array): string {
  return new TextDecoder("latin1").decode(base64Bytes(input)).replace(/=+$/, "");
}

/** The bytes of a base64 text in either alphabet, with or without padding; `undefined` when it is none. */
export function bytesOfBase64(text: string): Uint8Array | undefined {
  const decoder = base64Decoder();
  const body = decoder.push(new TextEncoder().encode(text.replace(/=+$/, "")));
  if (body === undefined) return undefined;
  const rest = decoder.end("unpadded");
  if (rest === undefined) return undefined;
  const whole = new Uint8Array(body.length + rest.length);
  whole.set(body);
  whole.set(rest, body.length);
  return whole;
}

/** Reads base64 that comes in any pieces and may be padded anywhere, as if several texts followed each other. */
export interface Base64Decoder {
  /** The bytes that are certain now; `undefined`: it is no base64. */
  readonly push: (chunk: Uint8Array) => Uint8Array | undefined;
  /** What is left at the end: nothing, unless the padding may be missing. `undefined`: it ends inside a group. */
  readonly end: (form?: "unpadded") => Uint8Array | undefined;
}

export function base64Decoder(): Base64Decoder {
  let bits = 0;
  let count = 0;
  let pads = 0;
  return {
    push: (chunk) => {
      const out = new Uint8Array(Math.floor((count + chunk.length) / 4 + 1) * 3);
      let to = 0;
      for (const byte of chunk) {
        if (byte === pad) pads += 1;
        const value = byte === pad ? 0 : (valueOf[byte] ?? none);
        if (value === none || (pads > 0 && byte !== pad) || pads > 2) return undefined;
        bits = (bits << 6) | value;
        count += 1;
        if (count < 4) {
          if (pads > 0 && count < 3) return undefined;
          continue;
        }
        out[to] = bits >> 16;
        out[to + 1] = bits >> 8;
        out[to + 2] = bits;
        to += 3 - pads;
        bits = 0;
        count = 0;
        pads = 0;
      }
      return out.subarray(0, to);
    },
    end: (form) => {
      if (count === 0) return new Uint8Array(0);
      if (form !== "unpadded" || count === 1 || pads > 0) return undefined;
      const whole = bits << (6 * (4 - count));
      return Uint8Array.of(whole >> 16, whole >> 8).subarray(0, count - 1);
    },
  };
}
