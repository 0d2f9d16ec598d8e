import { crc32 } from "../../framing/crc32.ts";
import { base62 } from "../../kernel/ids.ts";

/** A client key taken apart. `whole`: one in the form of old, which has no parts. */
export type KeyText =
  | { readonly form: "v1"; readonly handle: string; readonly secret: string }
  | { readonly form: "whole" };

const v1Shape = /^sp-[0-9a-hjkmnp-tv-z]{12}-[0-9A-Za-z]{49}$/;
const wholeShape = /^sp-[0-9A-Za-z]{43}$/;
const crockford = "0123456789abcdefghjkmnpqrstvwxyz";
const secretAt = 16;
const checkAt = secretAt + 43;
const ascii = new TextEncoder();
/** Of one key at a time: it is overwritten by the next. */
const scratch = new Uint8Array(checkAt);

/**
 * `sp-<handle>-<secret><check>`: handle 12 characters of Crockford's base 32, secret 43 of base 62 (256 bits), check the
 * CRC-32 of all before it in 6 of base 62. Source: security specification, part 1.
 */
export function printKey(handle: string, secret: string): string {
  const head = `sp-${handle}-${secret}`;
  return head + checkOf(head);
}

/** `undefined`: it is no key, or has been changed on its way. Nobody has to be asked to know that. */
export function readKey(text: string): KeyText | undefined {
  if (wholeShape.test(text)) return { form: "whole" };
  if (!v1Shape.test(text) || checkOf(text) !== text.slice(checkAt)) return undefined;
  return { form: "v1", handle: text.slice(3, secretAt - 1), secret: text.slice(secretAt, checkAt) };
}

/** 12 characters of Crockford's base 32 in lower case, of 60 bits. Source: Crockford, "Base 32", crockford.com. */
export function keyHandle(random: Uint8Array): string {
  return Array.from({ length: 12 }, (_, index) => crockford[(random[index] ?? 0) & 31]).join("");
}

function checkOf(text: string): string {
  ascii.encodeInto(text, scratch);
  const crc = crc32(scratch);
  return base62(Uint8Array.of(crc >>> 24, crc >>> 16, crc >>> 8, crc));
}
