import type { Sha256 } from "../../ports/evidence.ts";

/**
 * The hashes of a Merkle tree: a leaf is `SHA-256(0x00 || record)`, a node `SHA-256(0x01 || left || right)`, so that no
 * node can be passed off as a record. Source: RFC 6962, section 2.1.
 */
export interface Hashing {
  readonly leaf: (record: string) => Uint8Array;
  readonly node: (left: Uint8Array, right: Uint8Array) => Uint8Array;
  /** The root of a tree without leaves. */
  readonly empty: Uint8Array;
}

export const hashBytes = 32;

export function merkleHashing(sha256: Sha256): Hashing {
  const pair = new Uint8Array(1 + 2 * hashBytes);
  pair[0] = 1;
  return {
    leaf: (record) => sha256(Buffer.from(`\0${record}`, "utf8")),
    node: (left, right) => {
      pair.set(left, 1);
      pair.set(right, 1 + hashBytes);
      return sha256(pair);
    },
    empty: sha256(new Uint8Array()),
  };
}

/** Reads the hash of the full subtree over the leaves `index · 2^level` … `(index + 1) · 2^level - 1`. */
export type NodeReader = (level: number, index: number) => Uint8Array;

/** What of a tree is needed to append to it: the roots of its full subtrees, from the largest on. */
export interface GrowingTree {
  readonly size: () => number;
  readonly append: (leaf: Uint8Array) => void;
  /** O(log size). */
  readonly root: () => Uint8Array;
}

/**
 * Appending makes one hash on average. A holder of state.
 *
 * @param start A tree to go on from: its size, and its nodes.
 * @param completed Told of each node, leaves (level 0) included, once it is final: in the order of its level.
 */
export function growingTree(
  hashing: Hashing,
  start?: { readonly size: number; readonly read: NodeReader },
  completed: (level: number, hash: Uint8Array) => void = () => {},
): GrowingTree {
  let size = start?.size ?? 0;
  const subtrees: Uint8Array[] = start === undefined ? [] : fullSubtrees(start.size, start.read);
  return {
    size: () => size,
    append: (leaf) => {
      let hash = leaf;
      completed(0, hash);
      let level = 0;
      for (let rest = size; rest % 2 === 1; rest = (rest - 1) / 2) {
        hash = hashing.node(subtrees.pop() ?? hash, hash);
        level += 1;
        completed(level, hash);
      }
      subtrees.push(hash);
      size += 1;
    },
    root: () => {
      const root = subtrees.reduceRight<Uint8Array | undefined>(
        (right, left) => (right === undefined ? left : hashing.node(left, right)),
        undefined,
      );
      return root ?? hashing.empty;
    },
  };
}

function fullSubtrees(size: number, read: NodeReader): Uint8Array[] {
  const subtrees: Uint8Array[] = [];
  let first = 0;
  for (let level = Math.floor(Math.log2(Math.max(1, size))); level >= 0; level -= 1) {
    const span = 2 ** level;
    if (first + span > size) continue;
    subtrees.push(read(level, first / span));
    first += span;
  }
  return subtrees;
}

/** The levels whose nodes are kept; those between are made of at most 128 of them. */
export const keptLevels = [0, 8, 16, 24] as const;
export type KeptLevel = (typeof keptLevels)[number];

/** @param read The hashes `first` … `first + count - 1` of a kept level, one behind the other. */
export function nodesFromKept(
  hashing: Hashing,
  read: (level: KeptLevel, first: number, count: number) => Uint8Array,
): NodeReader {
  return (level, index) => {
    const base = keptLevels.findLast((kept) => kept <= level) ?? 0;
    const span = 2 ** (level - base);
    const kept = read(base, index * span, span);
    let hashes = Array.from({ length: span }, (_, at) => kept.subarray(at * hashBytes, (at + 1) * hashBytes));
    while (hashes.length > 1)
      hashes = Array.from({ length: hashes.length / 2 }, (_, at) =>
        hashing.node(hashes[2 * at] ?? hashing.empty, hashes[2 * at + 1] ?? hashing.empty),
      );
    return hashes[0] ?? hashing.empty;
  };
}
