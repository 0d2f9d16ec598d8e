import type { Sha256, VerifySignature } from "../../ports/evidence.ts";
import { isSignedBy, readCheckpoint, type SignedCheckpoint, type Verifier } from "./checkpoint.ts";
import { isSame } from "./proofs.ts";
import { falseValueIn, readLine, recordIn } from "./record.ts";
import { growingTree, hashBytes, merkleHashing } from "./tree.ts";

/** A log as it is found: on disk, or in an export. */
export interface EvidenceSource {
  /** All records in order, some at a time; of records that were moved away only how many there are. */
  readonly pieces: () => AsyncIterable<EvidencePiece>;
  /** Signed notes, oldest first. */
  readonly notes: readonly string[];
}

/** Some records that follow one another, and the hashes that were kept of them: a hint at which of them was changed. */
export interface EvidencePiece {
  readonly lines: readonly string[] | { readonly movedAway: number };
  readonly leaves?: Uint8Array;
}

/** What was found. */
export type Finding =
  | {
      readonly kind: "intact";
      readonly size: number;
      readonly checkpoints: number;
      /** Records whose text is not here: their hashes fit. */
      readonly movedAway: number;
      /** Records that no checkpoint covers yet. */
      readonly unsigned: number;
    }
  /** `index`: the first record that is not what was signed, as near as can be told. */
  | { readonly kind: "broken"; readonly index: number; readonly why: string };

/** What verification works with. */
export interface VerifyParts {
  readonly sha256: Sha256;
  readonly verify: VerifySignature;
  readonly verifier: Verifier;
  /** A checkpoint that was kept elsewhere: the log must go on from it. Signed like the others. */
  readonly from?: string | undefined;
}

/** Makes the tree anew from the records, and holds it against each checkpoint. O(records), one pass, little memory. */
export async function verifyLog(source: EvidenceSource, parts: VerifyParts): Promise<Finding> {
  const expected = expectedRoots(source.notes, parts);
  if (!Array.isArray(expected)) return expected;
  const walk = createWalk(expected, parts);
  for await (const piece of source.pieces()) {
    const finding = walk.take(piece);
    if (finding !== undefined) return finding;
  }
  return walk.end();
}

type Broken = Extract<Finding, { kind: "broken" }>;

/** The checkpoints by size; or that one of them is none of this log's. */
function expectedRoots(
  notes: readonly string[],
  { verifier, verify, from }: VerifyParts,
): SignedCheckpoint[] | Broken {
  const checkpoints: SignedCheckpoint[] = [];
  for (const note of from === undefined ? notes : [...notes, from]) {
    const read = readCheckpoint(note);
    if (read === undefined || !isSignedBy(read, verifier, verify)) {
      const index = checkpoints.at(-1)?.size ?? 0;
      const of = note === from ? "the checkpoint that was given" : "a checkpoint";
      return { kind: "broken", index, why: `${of} is not signed by ${verifier.name}` };
    }
    checkpoints.push(read);
  }
  return checkpoints.toSorted((left, right) => left.size - right.size);
}

function createWalk(expected: readonly SignedCheckpoint[], { sha256 }: VerifyParts) {
  const hashing = merkleHashing(sha256);
  const tree = growingTree(hashing);
  let checked = 0;
  let movedAway = 0;
  let signed = 0;
  /** The first record whose kept hash is another. */
  let suspect: number | undefined;
  const broken = (index: number, why: string): Broken => ({ kind: "broken", index, why });

  /** Holds the root against all checkpoints of this size. */
  const check = (): Broken | undefined => {
    for (let next = expected[checked]; next?.size === tree.size(); next = expected[checked]) {
      if (!isSame(tree.root(), next.root))
        return suspect === undefined
          ? broken(signed, `a record from ${signed} to ${tree.size() - 1} is not the one that was signed`)
          : broken(suspect, `record ${suspect} is not the one that was signed`);
      signed = tree.size();
      checked += 1;
    }
    return undefined;
  };
  const takeLine = (line: string, kept: Uint8Array | undefined): Broken | undefined => {
    const index = tree.size();
    const record = readLine(line);
    if (record === undefined) return broken(index, `record ${index} cannot be read`);
    if (record.index !== index)
      return broken(index, `record ${record.index} stands in the place of ${index}`);
    const value = falseValueIn(line, sha256);
    if (value !== undefined)
      return broken(index, `\`${value}\` of record ${index} is not the value that was recorded`);
    const leaf = hashing.leaf(recordIn(line));
    if (kept !== undefined && !isSame(kept, leaf)) suspect ??= index;
    tree.append(leaf);
    return check();
  };
  const keptOf = ({ leaves }: EvidencePiece, at: number): Uint8Array | undefined =>
    leaves?.subarray(at * hashBytes, (at + 1) * hashBytes);
  const takeAway = (piece: EvidencePiece, count: number): Broken | undefined => {
    for (let at = 0; at < count; at += 1) {
      const leaf = keptOf(piece, at);
      if (leaf?.length !== hashBytes)
        return broken(tree.size(), `record ${tree.size()} was moved away, and its hash is not here`);
      tree.append(leaf);
      movedAway += 1;
      const finding = check();
      if (finding !== undefined) return finding;
    }
    return undefined;
  };

  return {
    take: (piece: EvidencePiece): Broken | undefined => {
      const { lines } = piece;
      if ("movedAway" in lines) return takeAway(piece, lines.movedAway);
      for (const [at, line] of lines.entries()) {
        const finding = takeLine(line, keptOf(piece, at));
        if (finding !== undefined) return finding;
      }
      return undefined;
    },
    end: (): Finding => {
      const size = tree.size();
      const missing = expected.at(-1);
      if (missing !== undefined && missing.size > size)
        return broken(size, `${missing.size - size} records are missing at the end`);
      // No checkpoint covers it, or the hash was changed and not the record: not what it was in any case.
      if (suspect !== undefined) return broken(suspect, `record ${suspect} and its hash do not fit`);
      return { kind: "intact", size, checkpoints: expected.length, movedAway, unsigned: size - signed };
    },
  };
}
