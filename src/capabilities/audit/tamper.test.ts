import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { sha256, verifySignature } from "../../platform/evidence/index.ts";
import { linesOf, openTestAudit, recordMany, testVerifier, verifyStore } from "./audit.test-support.ts";
import { splitNotes } from "./checkpoint.ts";
import { evidenceOf, exportLines, readExport } from "./evidence.ts";
import { recordIn } from "./record.ts";
import { type EvidenceSource, verifyLog } from "./verify-log.ts";

const records = 230;

/** A log of 231 records (the first says that it was opened), with checkpoints on the way. */
async function sample() {
  const { audit, store } = await openTestAudit();
  await recordMany(audit, records);
  return { lines: await linesOf(store), notes: splitNotes(await store.notes.read()), store, audit };
}
const { lines, notes, store } = await sample();
const leaves = store.hashes.read(0, 0, lines.length);

const sourceOf = (changed: readonly string[], hasHashes: boolean): EvidenceSource => ({
  notes,
  pieces: async function* pieces() {
    yield { lines: changed, ...(hasHashes ? { leaves } : {}) };
  },
});
const verify = (source: EvidenceSource, from?: string) =>
  verifyLog(source, { sha256, verify: verifySignature, verifier: testVerifier, from });
const index = fc.nat(lines.length - 1);
/** Where the checkpoint before a record stands: without hashes of leaves nothing nearer can be told. */
const signedBefore = (at: number): number =>
  Math.max(0, ...notes.map((note) => Number(note.split("\n")[1])).filter((size) => size <= at));

describe("verifyLog", () => {
  it("finds an untouched log intact, on disk and exported", async () => {
    const intact = { kind: "intact", size: 231, checkpoints: notes.length, movedAway: 0, unsigned: 0 };
    expect(notes.length).toBeGreaterThan(3);
    expect(await verifyStore(store)).toEqual(intact);
    expect(await verify(sourceOf(lines, false))).toEqual(intact);
    const exported = await Array.fromAsync(exportLines(await evidenceOf(store)));
    const source = await readExport(async function* again() {
      yield* exported;
    });
    expect(await verify(source)).toEqual(intact);
  });

  it("names any record in which any character is another", async () => {
    await fc.assert(
      fc.asyncProperty(index, fc.nat(), fc.constantFrom("0", "x", '"', "{"), async (at, place, character) => {
        const line = lines[at] ?? "";
        const where = place % recordIn(line).length;
        fc.pre(line[where] !== character);
        const changed = lines.with(at, line.slice(0, where) + character + line.slice(where + 1));
        expect(await verify(sourceOf(changed, true))).toMatchObject({ kind: "broken", index: at });
        const finding = await verify(sourceOf(changed, false));
        expect(finding.kind).toBe("broken");
        if (finding.kind === "broken") expect([at, signedBefore(at)]).toContain(finding.index);
      }),
      { numRuns: 60 },
    );
  });

  it("names the place of any record that is dropped", async () => {
    await fc.assert(
      fc.asyncProperty(index, async (at) => {
        expect(await verify(sourceOf(lines.toSpliced(at, 1), false))).toMatchObject({
          kind: "broken",
          index: at,
        });
      }),
      { numRuns: 40 },
    );
  });

  it("names the first of any two records that are swapped", async () => {
    await fc.assert(
      fc.asyncProperty(index, index, async (left, right) => {
        fc.pre(left !== right);
        const changed = lines.with(left, lines[right] ?? "").with(right, lines[left] ?? "");
        expect(await verify(sourceOf(changed, false))).toMatchObject({
          kind: "broken",
          index: Math.min(left, right),
        });
      }),
      { numRuns: 40 },
    );
  });

  it("names the first record that is missing at the end, wherever it was cut", async () => {
    await fc.assert(
      fc.asyncProperty(index, async (at) => {
        expect(await verify(sourceOf(lines.slice(0, at), false))).toMatchObject({
          kind: "broken",
          index: at,
        });
      }),
      { numRuns: 40 },
    );
  });

  it("shows by an older checkpoint that the end was cut together with its checkpoints", async () => {
    const size = Number(notes[1]?.split("\n")[1]);
    const cut: EvidenceSource = { ...sourceOf(lines.slice(0, size), false), notes: notes.slice(0, 2) };
    expect((await verify(cut)).kind).toBe("intact");
    expect(await verify(cut, notes.at(-1))).toMatchObject({ kind: "broken", index: size });
    expect((await verify(cut, notes[0])).kind).toBe("intact");
  });

  it("shows that a personal value is not the one that was recorded", async () => {
    const at = lines.findIndex((line) => line.includes("person 8@"));
    const changed = lines.with(at, (lines[at] ?? "").replace("person 8@", "person 9@"));
    expect(await verify(sourceOf(changed, false))).toMatchObject({ kind: "broken", index: at });
  });

  it("takes no checkpoint of another key, and no record in which everything was made anew but the signature", async () => {
    const other = await openTestAudit();
    await recordMany(other.audit, 5);
    const foreign = { ...testVerifier, keyHash: Buffer.alloc(4) };
    const source = sourceOf(lines, false);
    expect(await verifyLog(source, { sha256, verify: verifySignature, verifier: foreign })).toMatchObject({
      kind: "broken",
      index: 0,
    });
    expect(await verify(source, "no checkpoint")).toMatchObject({
      kind: "broken",
      why: expect.stringMatching(/given/),
    });
  });
});

describe("erasing a personal value", () => {
  it("takes it off the store, byte for byte, and leaves the log intact", async () => {
    const { audit, store: erased, lines: before } = { ...(await sample()) };
    const at = before.findIndex((line) => line.includes("person 8@example.com"));
    expect(await audit.control.erase(`${at}.user`)).toBe(true);
    expect(await audit.control.erase(`${at}.user`)).toBe(false);
    expect(await audit.control.erase("99999.user")).toBe(false);
    expect(await audit.control.erase("nothing")).toBe(false);
    const after = await linesOf(erased);
    expect(after.join("\n")).not.toContain("person 8@example.com");
    expect(after.map((line) => Buffer.byteLength(line))).toEqual(
      before.map((line) => Buffer.byteLength(line)),
    );
    expect(await verifyStore(erased)).toMatchObject({ kind: "intact" });
    const { records: found } = await audit.control.list({ index: at, limit: 1 });
    expect(found[0]).toMatchObject({ personal: { address: "192.0.2.1" } });
    expect(Object.keys(found[0]?.hashed ?? {})).toEqual(["address", "user"]);
    expect(await audit.control.erase(`${at}.address`)).toBe(true);
    expect(await verifyStore(erased)).toMatchObject({ kind: "intact" });
  });
});
