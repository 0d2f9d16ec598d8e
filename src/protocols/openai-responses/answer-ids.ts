import { mintedMark } from "../../exchange/own-state.ts";
import { fingerprint128 } from "../../kernel/fnv.ts";
import { base62 } from "../../kernel/ids.ts";

/** The kinds of items that we give ids to. */
export type ItemPrefix = "msg" | "rs" | "fc" | "ctc" | "ig";

/** Makes the ids of one answer: pure functions of the request id, so that a replay gives the same bytes. */
export interface AnswerIds {
  readonly response: string;
  /** The id of the next item. */
  readonly item: (prefix: ItemPrefix) => string;
  /** Takes an id that the provider gave; `false` when an item of this answer has it already. */
  readonly take: (id: string) => boolean;
  /** A call's id in the form of this dialect, no two calls of an answer with the same. */
  readonly call: (original: string) => string;
}

/**
 * Ids for the answer to one request. A call's id that fits passes as it is, since the client sends it back with the
 * result; any other becomes a hash of itself, a missing one a hash of its place, and a repeated one is salted.
 */
export function createAnswerIds(requestId: string): AnswerIds {
  const items = new Set<string>();
  const calls = new Set<string>();
  let ordinal = 0;
  return {
    response: responseIdFor(requestId),
    item(prefix) {
      ordinal += 1;
      const id = `${prefix}${mintedMark}${hashOf(`${requestId}:${ordinal}`)}`;
      items.add(id);
      return id;
    },
    take(id) {
      if (items.has(id)) return false;
      items.add(id);
      return true;
    },
    call(original) {
      const wanted = original === "" ? `${requestId}:call` : original;
      let id = callIdOf(wanted);
      for (let salt = 1; calls.has(id); salt += 1) id = `call_${hashOf(`${wanted}#${salt}`)}`;
      calls.add(id);
      return id;
    },
  };
}

/** The id of the answer to a request. */
export function responseIdFor(requestId: string): string {
  return `resp${mintedMark}${hashOf(`${requestId}:0`)}`;
}

/** Whether we made this id of an item or an answer: no provider knows it. */
export function isMinted(id: string): boolean {
  return /^[a-z]+_sp1[0-9A-Za-z]{22}$/.test(id);
}

/** The id that the client is given for a call, if no other call of the answer has it. */
export const callIdOf = (original: string): string =>
  fits(original) ? original : `call_${hashOf(original)}`;

/** At most 64 plain characters. */
function fits(id: string): boolean {
  return /^[A-Za-z0-9_-]{1,64}$/.test(id);
}

function hashOf(text: string): string {
  return base62(fingerprint128(text));
}
