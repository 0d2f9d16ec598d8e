import { fingerprint128 } from "../../kernel/fnv.ts";
import { base62 } from "../../kernel/ids.ts";

/** An id of a call as the provider takes it: at most 64 characters; a longer one becomes a hash of itself, the same on every turn. */
export function callIdFor(id: string): string {
  return id !== "" && id.length <= 64 ? id : hashedCallId(id);
}

/** An id made of `text`, for a call that came without one. */
export function hashedCallId(text: string): string {
  return `call_${base62(fingerprint128(text))}`;
}
