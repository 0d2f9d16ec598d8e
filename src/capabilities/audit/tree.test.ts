import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { sha256 } from "../../platform/evidence/index.ts";
import { consistencyProof, inclusionProof, isConsistent, isIncluded, rootOf } from "./proofs.ts";
import { growingTree, hashBytes, type KeptLevel, merkleHashing, nodesFromKept } from "./tree.ts";

const hashing = merkleHashing(sha256);
const hex = (hash: Uint8Array): string => Buffer.from(hash).toString("hex");

/** The definition itself. Source: RFC 6962, section 2.1. */
function defined(leaves: readonly Uint8Array[]): Uint8Array {
  if (leaves.length === 0) return hashing.empty;
  if (leaves.length === 1) return leaves[0] as Uint8Array;
  let left = 1;
  while (left * 2 < leaves.length) left *= 2;
  return hashing.node(defined(leaves.slice(0, left)), defined(leaves.slice(left)));
}

/** A tree with the nodes of the kept levels beside it. */
function keptTree(size: number) {
  const kept = new Map<number, Uint8Array[]>([0, 8, 16, 24].map((level) => [level, []]));
  const tree = growingTree(hashing, undefined, (level, hash) => kept.get(level)?.push(hash));
  const leaves = Array.from({ length: size }, (_, index) => hashing.leaf(`record ${index}`));
  const roots = [tree.root()];
  for (const leaf of leaves) {
    tree.append(leaf);
    roots.push(tree.root());
  }
  const read = nodesFromKept(hashing, (level: KeptLevel, first, count) =>
    Buffer.concat((kept.get(level) ?? []).slice(first, first + count)),
  );
  return { leaves, roots, nodes: { hashing, read }, tree };
}

describe("growingTree", () => {
  it("has the roots of the vectors of Certificate Transparency", () => {
    const records = [
      "",
      "00",
      "10",
      "2021",
      "3031",
      "40414243",
      "5051525354555657",
      "606162636465666768696a6b6c6d6e6f",
    ];
    const tree = growingTree(hashing);
    const roots = records.map((record) => {
      tree.append(sha256(Buffer.concat([Buffer.of(0), Buffer.from(record, "hex")])));
      return hex(tree.root());
    });
    expect(roots.slice(0, 5)).toEqual([
      "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
      "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
      "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
      "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
      "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    ]);
    expect(roots[7]).toBe("5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328");
    expect(hex(hashing.leaf(""))).toBe(roots[0]);
    expect(hex(growingTree(hashing).root())).toBe(hex(sha256(new Uint8Array())));
  });

  it("has the roots of the definition, for all sizes to 64", () => {
    const { leaves, roots } = keptTree(64);
    roots.forEach((root, size) => expect(hex(root)).toBe(hex(defined(leaves.slice(0, size)))));
  });

  it("goes on from the nodes that are kept, at any size, as if it had never stopped", () => {
    const { leaves, roots, nodes } = keptTree(700);
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 699 }), (size) => {
        const tree = growingTree(hashing, { size, read: nodes.read });
        expect(hex(tree.root())).toBe(hex(roots[size] as Uint8Array));
        for (const leaf of leaves.slice(size)) tree.append(leaf);
        expect(hex(tree.root())).toBe(hex(roots[700] as Uint8Array));
      }),
      { numRuns: 30 },
    );
  });
});

describe("inclusion proofs", () => {
  it("lead from every leaf to the root, for all sizes to 64, and from no other leaf, place or root", () => {
    const { leaves, roots, nodes } = keptTree(64);
    for (let size = 1; size <= 64; size += 1)
      for (let index = 0; index < size; index += 1) {
        const proof = inclusionProof(nodes, index, size);
        const claim = {
          leaf: leaves[index] as Uint8Array,
          index,
          size,
          root: roots[size] as Uint8Array,
          proof,
        };
        expect(proof.length).toBeLessThanOrEqual(Math.ceil(Math.log2(size)));
        expect(isIncluded(hashing, claim)).toBe(true);
        expect(isIncluded(hashing, { ...claim, leaf: hashing.leaf("another") })).toBe(false);
        expect(isIncluded(hashing, { ...claim, root: roots[size - 1] as Uint8Array })).toBe(false);
        expect(isIncluded(hashing, { ...claim, index: (index + 1) % (size + 1) })).toBe(false);
        expect(isIncluded(hashing, { ...claim, proof: [...proof, hashing.empty] })).toBe(false);
        if (proof.length > 0) expect(isIncluded(hashing, { ...claim, proof: proof.slice(1) })).toBe(false);
      }
  });

  it("reach over the levels that are kept", () => {
    const { leaves, roots, nodes } = keptTree(1000);
    for (const index of [0, 255, 256, 511, 767, 768, 999])
      expect(
        isIncluded(hashing, {
          leaf: leaves[index] as Uint8Array,
          index,
          size: 1000,
          root: roots[1000] as Uint8Array,
          proof: inclusionProof(nodes, index, 1000),
        }),
      ).toBe(true);
    expect(hex(rootOf(nodes, 1000))).toBe(hex(roots[1000] as Uint8Array));
  });
});

describe("consistency proofs", () => {
  it("hold for every pair of sizes to 64, and for no other roots", () => {
    const { roots, nodes } = keptTree(64);
    for (let to = 1; to <= 64; to += 1)
      for (let from = 1; from <= to; from += 1) {
        const [fromRoot, toRoot] = [roots[from] as Uint8Array, roots[to] as Uint8Array];
        const claim = { from, to, fromRoot, toRoot, proof: consistencyProof(nodes, from, to) };
        expect(isConsistent(hashing, claim)).toBe(true);
        expect(isConsistent(hashing, { ...claim, fromRoot: roots[from - 1] as Uint8Array })).toBe(false);
        expect(isConsistent(hashing, { ...claim, toRoot: roots[to - 1] as Uint8Array })).toBe(false);
        expect(isConsistent(hashing, { ...claim, proof: [...claim.proof, hashing.empty] })).toBe(false);
        if (from < to) expect(isConsistent(hashing, { ...claim, proof: claim.proof.slice(1) })).toBe(false);
      }
    expect(
      isConsistent(hashing, { from: 0, to: 3, fromRoot: hashing.empty, toRoot: hashing.empty, proof: [] }),
    ).toBe(false);
  });

  it("fail when any hash in them is changed", () => {
    const { roots, nodes } = keptTree(50);
    const proof = consistencyProof(nodes, 13, 50);
    for (let at = 0; at < proof.length; at += 1) {
      const changed = proof.with(at, new Uint8Array(hashBytes));
      expect(
        isConsistent(hashing, {
          from: 13,
          to: 50,
          fromRoot: roots[13] as Uint8Array,
          toRoot: roots[50] as Uint8Array,
          proof: changed,
        }),
      ).toBe(false);
    }
  });
});
