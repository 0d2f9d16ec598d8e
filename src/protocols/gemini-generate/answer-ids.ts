import { fingerprint128 } from "../../kernel/fnv.ts";
import { base62 } from "../../kernel/ids.ts";

/** Makes the ids of one answer: pure functions of the request id, so that a replay gives the same bytes. */
export interface AnswerIds {
  readonly response: string;
  /** The id of a function call: the provider's own, since any text will do here; a missing one is a hash of its place. */
  readonly call: (original: string) => string;
}

export function createAnswerIds(requestId: string): AnswerIds {
  let ordinal = 0;
  const hashed = (): string => base62(fingerprint128(`${requestId}:${ordinal}`));
  return {
    response: hashed(),
    call(original) {
      ordinal += 1;
      return original === "" ? `call_${hashed()}` : original;
    },
  };
}
