import { murmur3, murmur3Chain } from "../../kernel/murmur3.ts";

/** A prompt as it is sent, and whose it is: what one tenant has sent of one model says nothing of another's. */
export interface Prompt {
  readonly scope: string;
  readonly bytes: Uint8Array;
}

/** The leading blocks of a prompt, each by two hashes of all that comes before it. */
export type PrefixKeys = Uint32Array;

/** Which members have served prompts that begin alike, so that they may have kept them. Bounded; owned by one pool. */
export interface PrefixIndex {
  /** How many leading blocks each of `members` has had within the last five minutes. `now`: seconds. */
  readonly matches: (keys: PrefixKeys, now: number) => Uint16Array;
  /** A member is sent these blocks. */
  readonly remember: (keys: PrefixKeys, member: number, now: number) => void;
}

export const blockBytes = 512;
/** More of a prompt is not looked at. */
const blocksMax = 256;
const ways = 16;
const setsCount = 1 << 14;
const keptFor = 300;

/** The whole blocks of the beginning of a prompt; the last part of it, which the next turn writes over, is none. */
export function prefixKeys({ scope, bytes }: Prompt): PrefixKeys {
  const count = Math.min(blocksMax, Math.floor(bytes.length / blockBytes));
  const pairs = new Uint32Array(2 + 2 * count);
  pairs[0] = murmur3(scope, 1);
  pairs[1] = murmur3(scope, 2);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  for (let block = 0; block < count; block += 1) murmur3Chain(pairs, block, view, blockBytes);
  return pairs.subarray(2);
}

/**
 * Sets of sixteen entries (two hashes, member, second); in a full set the oldest is written over. 3.5 MiB hold 262,144 blocks.
 *
 * Source: routing specification, section 4, "Prefix index".
 */
export function createPrefixIndex(members: number): PrefixIndex {
  const size = setsCount * ways;
  const firsts = new Uint32Array(size);
  const seconds = new Uint32Array(size);
  const owners = new Uint16Array(size);
  /** The second in which it was sent, from 1; 0: the entry is free. */
  const sentAt = new Uint32Array(size);
  const isOf = (entry: number, first: number, second: number): boolean =>
    firsts[entry] === first && seconds[entry] === second;
  /** Takes a block into account for those that had all before it. @returns Whether there are any. */
  const countBlock = (counts: Uint16Array, keys: PrefixKeys, block: number, since: number): boolean => {
    const first = keys[2 * block] ?? 0;
    const second = keys[2 * block + 1] ?? 0;
    const from = setOf(first);
    let hasAny = false;
    for (let entry = from; entry < from + ways; entry += 1) {
      const owner = owners[entry] ?? 0;
      if (!isOf(entry, first, second) || (sentAt[entry] ?? 0) < since || counts[owner] !== block) continue;
      counts[owner] = block + 1;
      hasAny = true;
    }
    return hasAny;
  };
  /** The member's own entry of this block, or the one to be written over. */
  const placeOf = (first: number, second: number, member: number): number => {
    const from = setOf(first);
    let oldest = from;
    for (let entry = from; entry < from + ways; entry += 1) {
      if (isOf(entry, first, second) && owners[entry] === member) return entry;
      if ((sentAt[entry] ?? 0) < (sentAt[oldest] ?? 0)) oldest = entry;
    }
    return oldest;
  };
  return {
    matches: (keys, now) => {
      const counts = new Uint16Array(members);
      const since = Math.max(1, now + 1 - keptFor);
      let block = 0;
      while (2 * block < keys.length && countBlock(counts, keys, block, since)) block += 1;
      return counts;
    },
    remember: (keys, member, now) => {
      for (let at = 0; at < keys.length; at += 2) {
        const first = keys[at] ?? 0;
        const second = keys[at + 1] ?? 0;
        const entry = placeOf(first, second, member);
        firsts[entry] = first;
        seconds[entry] = second;
        owners[entry] = member;
        sentAt[entry] = Math.floor(now) + 1;
      }
    },
  };
}

const setOf = (first: number): number => (first & (setsCount - 1)) * ways;
