import { execFile } from "node:child_process";
import { cpSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { printVerifier, splitNotes, verifierOf, verifyLog } from "../../src/capabilities/audit/index.ts";
import { readAuditFiles } from "../../src/platform/audit-files/index.ts";
import { sha256, verifySignature } from "../../src/platform/evidence/index.ts";
import { createRecordingLogger, createSeededRandom } from "../../src/platform/memory/index.ts";
import { auditInFiles, key, origin, segmentSize } from "./audit-in-files.ts";
import { temporaryDirectory } from "./temporary-directory.ts";

const program = join(import.meta.dirname, "../../docs/verify-audit-log.mjs");
const verifier = verifierOf(origin, key.publicKey, sha256);

/** What the stranger's program says, and its exit code. */
const askStranger = (directory: string, ...others: readonly string[]) =>
  new Promise<{ code: number; said: string }>((resolve) => {
    const child = execFile(
      process.execPath,
      [program, directory, printVerifier(verifier), ...others],
      (_, said) => resolve({ code: child.exitCode ?? -1, said }),
    );
  });

async function ourFinding(directory: string) {
  const files = readAuditFiles(directory, segmentSize);
  if (files === undefined) return expect.fail("no log");
  const source = { notes: splitNotes(files.notes), pieces: files.pieces };
  return verifyLog(source, { sha256, verify: verifySignature, verifier });
}

async function randomLog(directory: string, records: number, seed: number): Promise<void> {
  const audit = await auditInFiles(directory, createRecordingLogger());
  const random = createSeededRandom(seed);
  for (let index = 0; index < records; index += 1) {
    const [byte = 0] = random.bytes(1);
    audit.record({
      type: byte % 2 === 0 ? "request.served" : "key.created",
      outcome: "done",
      actor: `key:${byte}`,
      facts: { text: 'ü€😀\n\t"\\'.repeat(byte % 4), index },
      ...(byte % 3 === 0 ? { personal: { user: `Ünü ${byte}` } } : {}),
    });
    if (byte < 3) await audit.control.checkpoint();
    if (byte === 9) await audit.control.erase(`${index}.user`);
  }
  await audit.close();
}

describe("a stranger with a page of JavaScript", () => {
  it("agrees with us on logs of any length, over segments, with values erased", async () => {
    for (const [records, seed] of [
      [1, 1],
      [400, 2],
      [6500, 3],
    ] as const) {
      const directory = join(temporaryDirectory(), "audit");
      await randomLog(directory, records, seed);
      const ours = await ourFinding(directory);
      expect(ours).toMatchObject({ kind: "intact", size: records + 2, unsigned: 0 });
      const { code, said } = await askStranger(directory);
      expect({ code, said }).toEqual({ code: 0, said: expect.stringContaining(`${records + 2} records`) });
    }
  });

  it("finds what was flipped, dropped, swapped and cut, as we do", async () => {
    const sample = join(temporaryDirectory(), "audit");
    await randomLog(sample, 900, 4);
    const text = readFileSync(join(sample, "records-000000.log"), "utf8");
    const lines = text.split("\n");
    const damages: Readonly<Record<string, readonly string[]>> = {
      flipped: lines.with(500, (lines[500] ?? "").replace("done", "dona")),
      dropped: lines.toSpliced(500, 1),
      swapped: lines.with(500, lines[501] ?? "").with(501, lines[500] ?? ""),
      cut: [...lines.slice(0, 500), ""],
      "made up": [...lines.slice(0, 500), (lines[500] ?? "").replace("key:", "kex:"), ...lines.slice(501)],
    };
    for (const [name, damaged] of Object.entries(damages)) {
      const directory = join(temporaryDirectory(), "audit");
      cpSync(sample, directory, { recursive: true });
      writeFileSync(join(directory, "records-000000.log"), damaged.join("\n"));
      const [ours, stranger] = [await ourFinding(directory), await askStranger(directory)];
      expect({ name, ...ours }).toMatchObject({ name, kind: "broken", index: 500 });
      expect({ name, code: stranger.code }).toEqual({ name, code: 1 });
      expect(stranger.said).toMatch(/^BROKEN at record \d+/);
    }
  });

  it("sees by a checkpoint that was kept elsewhere that the end was cut, checkpoints and all", async () => {
    const directory = join(temporaryDirectory(), "audit");
    await randomLog(directory, 900, 5);
    const notes = splitNotes(readFileSync(join(directory, "checkpoints.txt"), "utf8"));
    const kept = join(directory, "../kept.txt");
    writeFileSync(kept, notes.at(-1) ?? "");
    const size = Number(notes[0]?.split("\n")[1]);
    const lines = readFileSync(join(directory, "records-000000.log"), "utf8").split("\n");
    writeFileSync(join(directory, "records-000000.log"), [...lines.slice(0, size), ""].join("\n"));
    writeFileSync(join(directory, "checkpoints.txt"), `${notes[0]}\n`);
    rmSync(join(directory, "hashes-0"));
    writeFileSync(join(directory, "hashes-0"), "");
    expect((await askStranger(directory)).code).toBe(0);
    expect(await askStranger(directory, kept)).toEqual({
      code: 1,
      said: expect.stringContaining(`BROKEN at record ${size}`),
    });
  });
});
