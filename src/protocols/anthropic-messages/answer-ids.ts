import { fingerprint128 } from "../../kernel/fnv.ts";
import { base62 } from "../../kernel/ids.ts";

/** Makes the ids of one answer: pure functions of the request id, so that a replay gives the same bytes. */
export interface AnswerIds {
  readonly message: string;
  /** A tool call's id in the form of this dialect; the same original always gives the same id. */
  readonly toolUse: (original: string) => string;
}

/**
 * Ids for the answer to one request. A tool-call id that fits `^[a-zA-Z0-9_-]+$` passes as it is, since the client
 * sends it back with the tool's result; any other becomes a hash of itself, and a missing one a hash of its place.
 */
export function createAnswerIds(requestId: string): AnswerIds {
  const given = new Map<string, string>();
  const taken = new Set<string>();
  let ordinal = 0;
  const unused = (original: string): string => {
    let id = callIdOf(original);
    for (let salt = 1; taken.has(id); salt += 1) id = `toolu_${hashed(`${original}#${salt}`)}`;
    return id;
  };
  return {
    message: `msg_${hashed(`${requestId}${ordinal}`)}`,
    toolUse(original) {
      ordinal += 1;
      if (original === "") return `toolu_${hashed(`${requestId}${ordinal}`)}`;
      const known = given.get(original);
      if (known !== undefined) return known;
      const id = fits(original) ? original : unused(original);
      given.set(original, id);
      taken.add(id);
      return id;
    },
  };
}

/** The id that the client is given for a call, if no other call of the answer has it. */
export const callIdOf = (original: string): string =>
  fits(original) ? original : `toolu_${hashed(original)}`;

const fits = (id: string): boolean => /^[a-zA-Z0-9_-]+$/.test(id);
const hashed = (text: string): string => base62(fingerprint128(text));
