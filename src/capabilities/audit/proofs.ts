import type { Hashing, NodeReader } from "./tree.ts";

/** What a proof is made with. */
interface Nodes {
  readonly hashing: Hashing;
  readonly read: NodeReader;
}

/** A run of leaves. */
interface Run {
  readonly first: number;
  readonly count: number;
}

/** The root of the first `size` leaves. */
export const rootOf = (nodes: Nodes, size: number): Uint8Array =>
  size === 0 ? nodes.hashing.empty : runHash(nodes, { first: 0, count: size });

/**
 * That leaf `index` is in the tree of `size` leaves: the hashes beside its way to the root, lowest first; at most
 * ceil(log2 size). Source: RFC 6962, section 2.1.1 (`PATH`).
 * @param index Below `size`.
 */
export function inclusionProof(nodes: Nodes, index: number, size: number): readonly Uint8Array[] {
  const path = (at: number, { first, count }: Run): readonly Uint8Array[] => {
    if (count === 1) return [];
    const left = leftOf(count);
    const [low, high] = halves({ first, count }, left);
    return at < left
      ? [...path(at, low), runHash(nodes, high)]
      : [...path(at - left, high), runHash(nodes, low)];
  };
  return path(index, { first: 0, count: size });
}

/**
 * That the tree of `from` leaves is the beginning of that of `to`. Source: RFC 6962, section 2.1.2 (`SUBPROOF`).
 * @param from 1 to `to`.
 */
export function consistencyProof(nodes: Nodes, from: number, to: number): readonly Uint8Array[] {
  const subproof = (size: number, run: Run, isKnown: boolean): readonly Uint8Array[] => {
    if (size === run.count) return isKnown ? [] : [runHash(nodes, run)];
    const left = leftOf(run.count);
    const [low, high] = halves(run, left);
    return size <= left
      ? [...subproof(size, low, isKnown), runHash(nodes, high)]
      : [...subproof(size - left, high, false), runHash(nodes, low)];
  };
  return subproof(from, { first: 0, count: to }, true);
}

/** The largest power of two below `count`, which is above 1. */
const leftOf = (count: number): number => 2 ** Math.ceil(Math.log2(count) - 1);

const halves = ({ first, count }: Run, left: number): readonly [Run, Run] => [
  { first, count: left },
  { first: first + left, count: count - left },
];

function runHash(nodes: Nodes, run: Run): Uint8Array {
  const level = Math.log2(run.count);
  if (Number.isInteger(level)) return nodes.read(level, run.first / run.count);
  const [low, high] = halves(run, leftOf(run.count));
  return nodes.hashing.node(runHash(nodes, low), runHash(nodes, high));
}

/** What an inclusion proof claims. */
export interface Inclusion {
  readonly leaf: Uint8Array;
  readonly index: number;
  readonly size: number;
  readonly root: Uint8Array;
  readonly proof: readonly Uint8Array[];
}

/** Whether the proof leads from the leaf to the root. Source: RFC 9162, section 2.1.3.2. */
export function isIncluded(hashing: Hashing, { leaf, index, size, root, proof }: Inclusion): boolean {
  if (index < 0 || index >= size) return false;
  let [at, last] = [index, size - 1];
  let hash = leaf;
  for (const beside of proof) {
    if (last === 0) return false;
    if (at % 2 === 1 || at === last) {
      hash = hashing.node(beside, hash);
      while (at % 2 === 0 && at !== 0) [at, last] = [half(at), half(last)];
    } else hash = hashing.node(hash, beside);
    [at, last] = [half(at), half(last)];
  }
  return last === 0 && isSame(hash, root);
}

/** What a consistency proof claims. */
export interface Consistency {
  readonly from: number;
  readonly to: number;
  readonly fromRoot: Uint8Array;
  readonly toRoot: Uint8Array;
  readonly proof: readonly Uint8Array[];
}

/** Whether the proof makes both roots. Source: RFC 9162, section 2.1.4.2. */
export function isConsistent(hashing: Hashing, { from, to, fromRoot, toRoot, proof }: Consistency): boolean {
  if (from < 1 || from > to) return false;
  if (from === to) return proof.length === 0 && isSame(fromRoot, toRoot);
  if (proof.length === 0) return false;
  return leadsToBoth(hashing, { from, to, fromRoot, toRoot, proof });
}

/** The walk itself, where there is a way to go. */
function leadsToBoth(hashing: Hashing, { from, to, fromRoot, toRoot, proof }: Consistency): boolean {
  const [first = fromRoot, ...others] = isPowerOfTwo(from) ? [fromRoot, ...proof] : proof;
  let [at, last] = [from - 1, to - 1];
  while (at % 2 === 1) [at, last] = [half(at), half(last)];
  let [older, newer] = [first, first];
  for (const beside of others) {
    if (last === 0) return false;
    if (at % 2 === 1 || at === last) {
      older = hashing.node(beside, older);
      newer = hashing.node(beside, newer);
      while (at % 2 === 0 && at !== 0) [at, last] = [half(at), half(last)];
    } else newer = hashing.node(newer, beside);
    [at, last] = [half(at), half(last)];
  }
  return last === 0 && isSame(older, fromRoot) && isSame(newer, toRoot);
}

/** A shift to the right, for numbers above 2^31 too. */
const half = (value: number): number => Math.floor(value / 2);
const isPowerOfTwo = (value: number): boolean => Number.isInteger(Math.log2(value));

export const isSame = (left: Uint8Array, right: Uint8Array): boolean =>
  left.length === right.length && left.every((byte, at) => byte === right[at]);
