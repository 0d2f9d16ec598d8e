import type { StoredAudit } from "../../ports/audit-store.ts";
import { splitNotes } from "./checkpoint.ts";
import { hashBytes } from "./tree.ts";
import type { EvidencePiece, EvidenceSource } from "./verify-log.ts";

/** The log of a store as it is now; what is appended meanwhile is left out. */
export async function evidenceOf(store: StoredAudit): Promise<EvidenceSource> {
  const notes = splitNotes(await store.notes.read());
  const size = store.size();
  return { notes, pieces: () => piecesOf(store, size) };
}

async function* piecesOf(store: StoredAudit, size: number): AsyncIterable<EvidencePiece> {
  for (const { first, count, isHere } of store.segments()) {
    const end = Math.min(size, first + count);
    if (!isHere) {
      yield { lines: { movedAway: end - first }, ...leavesOf(store, first, end - first) };
      continue;
    }
    let at = first;
    for await (const lines of store.lines(first, end)) {
      yield { lines, ...leavesOf(store, at, lines.length) };
      at += lines.length;
    }
  }
}

function leavesOf(store: StoredAudit, first: number, count: number): Pick<EvidencePiece, "leaves"> {
  const kept = Math.min(count, store.hashes.count(0) - first);
  return kept < count ? {} : { leaves: store.hashes.read(0, first, kept) };
}

/** What begins a line of an export that is a checkpoint and no record. */
const noteMark = "#";

/**
 * An export: a line for each record, with its hash in base64 behind the last tab; behind the records that they cover,
 * the checkpoints, each as `#` and the note as a JSON string. One text that can be verified by itself.
 */
export async function* exportLines(source: EvidenceSource): AsyncIterable<string> {
  for await (const { lines, leaves } of source.pieces()) {
    if ("movedAway" in lines) continue;
    for (const [at, line] of lines.entries()) {
      const leaf = leaves?.subarray(at * hashBytes, (at + 1) * hashBytes) ?? new Uint8Array();
      yield `${line.trimEnd()}${line.includes("\t") ? "\t" : "\t\t"}${Buffer.from(leaf).toString("base64")}`;
    }
  }
  for (const note of source.notes) yield `${noteMark}${JSON.stringify(note)}`;
}

/** Reads an export. @param lines Anew at each call: it is read twice. */
export async function readExport(lines: () => AsyncIterable<string>): Promise<EvidenceSource> {
  const notes: string[] = [];
  for await (const line of lines()) {
    if (!line.startsWith(noteMark)) continue;
    const note: unknown = JSON.parse(line.slice(noteMark.length));
    if (typeof note === "string") notes.push(note);
  }
  return { notes, pieces: () => exportedPieces(lines) };
}

async function* exportedPieces(lines: () => AsyncIterable<string>): AsyncIterable<EvidencePiece> {
  for await (const line of lines()) {
    if (line === "" || line.startsWith(noteMark)) continue;
    const [record = "", values = "", leaf = ""] = line.split("\t");
    const leaves = Buffer.from(leaf, "base64");
    yield {
      lines: [values === "" ? record : `${record}\t${values}`],
      ...(leaves.length === hashBytes ? { leaves } : {}),
    };
  }
}
