import type { Splice } from "../exchange/codec.ts";
import type { ScannedObject } from "./json-scan.ts";

/** A stretch of the original that is replaced. */
interface Edit {
  readonly from: number;
  readonly to: number;
  readonly text: string;
}

/**
 * Sets, inserts or removes top-level members of a scanned object; every other byte stays as it came. A member that
 * occurs more than once is changed everywhere; a new one is put last. Without any difference the same buffer returns.
 */
export function spliceObject(bytes: Uint8Array, scan: ScannedObject, splices: readonly Splice[]): Uint8Array {
  const wanted = new Map(splices.map(({ member, value }) => [member, value]));
  const edits = [...changesOf(bytes, scan, wanted), ...insertionOf(scan, wanted)];
  return edits.length === 0 ? bytes : apply(bytes, edits);
}

function changesOf(
  bytes: Uint8Array,
  scan: ScannedObject,
  wanted: ReadonlyMap<string, string | undefined>,
): readonly Edit[] {
  const edits: Edit[] = [];
  let keptBefore = false;
  let previousEnd = scan.open + 1;
  let index = 0;
  for (const member of scan.members) {
    index += 1;
    const value = wanted.get(member.name);
    if (value === undefined && wanted.has(member.name)) {
      // A member goes with the comma before it; at the front, with the one behind it.
      const next = scan.members[index];
      if (keptBefore) edits.push({ from: previousEnd, to: member.valueEnd, text: "" });
      else edits.push({ from: member.nameStart, to: next?.nameStart ?? member.valueEnd, text: "" });
    } else {
      keptBefore = true;
      if (value !== undefined && !isText(bytes, value, member.valueStart, member.valueEnd)) {
        edits.push({ from: member.valueStart, to: member.valueEnd, text: value });
      }
    }
    previousEnd = member.valueEnd;
  }
  return edits;
}

function insertionOf(scan: ScannedObject, wanted: ReadonlyMap<string, string | undefined>): readonly Edit[] {
  const added: string[] = [];
  for (const [member, value] of wanted) {
    const isThere = value === undefined || scan.members.some(({ name }) => name === member);
    if (!isThere) added.push(`${JSON.stringify(member)}:${value}`);
  }
  if (added.length === 0) return [];
  const at = scan.members.at(-1)?.valueEnd ?? scan.open + 1;
  const isEmpty = scan.members.every(({ name }) => wanted.has(name) && wanted.get(name) === undefined);
  return [{ from: at, to: at, text: (isEmpty ? "" : ",") + added.join(",") }];
}

const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { ignoreBOM: true });

function isText(bytes: Uint8Array, text: string, from: number, to: number): boolean {
  return to - from <= text.length * 3 && decoder.decode(bytes.subarray(from, to)) === text;
}

function apply(bytes: Uint8Array, edits: readonly Edit[]): Uint8Array {
  const texts = edits.map(({ text }) => encoder.encode(text));
  let size = bytes.length;
  edits.forEach(({ from, to }, index) => {
    size += (texts[index]?.length ?? 0) - (to - from);
  });
  const out = new Uint8Array(size);
  let read = 0;
  let written = 0;
  edits.forEach(({ from, to }, index) => {
    out.set(bytes.subarray(read, from), written);
    written += from - read;
    const text = texts[index];
    if (text !== undefined) {
      out.set(text, written);
      written += text.length;
    }
    read = to;
  });
  out.set(bytes.subarray(read), written);
  return out;
}
