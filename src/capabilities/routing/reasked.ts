import type { Features } from "./features.ts";

/** Who asks nearly the same again at once was not content with the answer. Owned by one learner. */
export interface Reasked {
  /** @returns The request that this one asks again; `undefined`: it asks something else, or is the first. */
  readonly askedBefore: (
    conversation: string,
    requestId: string,
    looks: Pick<Features, "words">,
  ) => string | undefined;
}

/** A guess weighs less than a word. */
export const reaskedWeight = 0.2;

const withinMs = 120_000;
const alikeMin = 0.9;
const conversationsMax = 2000;

/**
 * The last question of each conversation, for two minutes.
 *
 * Source: routing specification, section 3.4, "re-ask".
 *
 * @param now ms since 1970.
 */
export function createReasked(now: () => number): Reasked {
  const last = new Map<
    string,
    Pick<Features, "words"> & { readonly requestId: string; readonly at: number }
  >();
  return {
    askedBefore: (conversation, requestId, { words }) => {
      const before = last.get(conversation);
      last.delete(conversation);
      last.set(conversation, { requestId, words, at: now() });
      for (const [oldest, { at }] of last) {
        if (last.size <= conversationsMax && now() - at < withinMs) break;
        last.delete(oldest);
      }
      const isSoon = before !== undefined && now() - before.at <= withinMs;
      return isSoon && cosine(before.words, words) >= alikeMin ? before.requestId : undefined;
    },
  };
}

/** Of two sets: each of their members weighs the same. */
function cosine(one: Uint16Array, other: Uint16Array): number {
  if (one.length === 0 || other.length === 0) return 0;
  const known = new Set(one);
  const shared = other.reduce((count, place) => count + (known.has(place) ? 1 : 0), 0);
  return shared / Math.sqrt(one.length * other.length);
}
