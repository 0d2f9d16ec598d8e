import { murmur3, murmur3Bytes } from "../../kernel/murmur3.ts";

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
const keyBytes = 8;

/** The whole blocks of the beginning of a prompt; the last part of it, which the next turn writes over, is none. */
export function prefixKeys({ scope, bytes }: Prompt): PrefixKeys {
  const count = Math.min(blocksMax, Math.floor(bytes.length / blockBytes));
  const keys = new Uint32Array(2 * count);
  const chained = new Uint8Array(keyBytes + blockBytes);
  const head = new DataView(chained.buffer);
  let first = murmur3(scope, 1);
  let second = murmur3(scope, 2);
  for (let block = 0; block < count; block += 1) {
    head.setUint32(0, first);
    head.setUint32(keyBytes / 2, second);
    chained.set(bytes.subarray(block * blockBytes, (block + 1) * blockBytes), keyBytes);
    first = murmur3Bytes(chained, chained.length, 1);
    second = murmur3Bytes(chained, chained.length, 2);
    keys[2 * block] = first;
    keys[2 * block + 1] = second;
  }
  return keys;
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
  /** When it was sent; 0: the entry is free. */
  const sentAt = new Uint32Array(size);
  const setOf = (first: number): number => (first & (setsCount - 1)) * ways;
  return {
    matches: (keys, now) => {
      const counts = new Uint16Array(members);
      const since = now + 1 - keptFor;
      for (let block = 0; 2 * block < keys.length; block += 1) {
        const first = keys[2 * block] ?? 0;
        const second = keys[2 * block + 1] ?? 0;
        const from = setOf(first);
        let hasAny = false;
        for (let entry = from; entry < from + ways; entry += 1) {
          if (firsts[entry] !== first || seconds[entry] !== second) continue;
          const at = sentAt[entry] ?? 0;
          const owner = owners[entry] ?? 0;
          if (at === 0 || at < since || counts[owner] !== block) continue;
          counts[owner] = block + 1;
          hasAny = true;
        }
        if (!hasAny) break;
      }
      return counts;
    },
    remember: (keys, member, now) => {
      for (let block = 0; 2 * block < keys.length; block += 1) {
        const first = keys[2 * block] ?? 0;
        const second = keys[2 * block + 1] ?? 0;
        const from = setOf(first);
        let place = from;
        for (let entry = from; entry < from + ways; entry += 1) {
          const isSame = firsts[entry] === first && seconds[entry] === second && owners[entry] === member;
          if (isSame) {
            place = entry;
            break;
          }
          if ((sentAt[entry] ?? 0) < (sentAt[place] ?? 0)) place = entry;
        }
        firsts[place] = first;
        seconds[place] = second;
        owners[place] = member;
        sentAt[place] = Math.floor(now) + 1;
      }
    },
  };
}
