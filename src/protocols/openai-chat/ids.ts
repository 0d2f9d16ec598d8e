import { fingerprint128 } from "../../kernel/fnv.ts";
import { base62 } from "../../kernel/ids.ts";

/** The id of a translated answer: a hash of the request's, so that a replay gives the same bytes. */
export function answerIdFor(requestId: string): string {
  return `chatcmpl-${base62(fingerprint128(`${requestId}:0`))}`;
}

/** A tool-call id that Chat clients and servers take: at most 40 plain characters; a fitting one stays as it is. */
export function toolCallIdFor(id: string): string {
  return /^[A-Za-z0-9_-]{1,40}$/.test(id) ? id : `call_${base62(fingerprint128(id))}`;
}
