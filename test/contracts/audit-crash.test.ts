import { type ChildProcessByStdio, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import { setTimeout as after } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { splitNotes, verifierOf, verifyLog } from "../../src/capabilities/audit/index.ts";
import { readAuditFiles } from "../../src/platform/audit-files/index.ts";
import { sha256, verifySignature } from "../../src/platform/evidence/index.ts";
import { createRecordingLogger, createSeededRandom } from "../../src/platform/memory/index.ts";
import { auditInFiles, key, origin, segmentSize } from "./audit-in-files.ts";
import { temporaryDirectory } from "./temporary-directory.ts";

/** Two hundred before a release: `AUDIT_KILLS=200`. */
const kills = Number(process.env["AUDIT_KILLS"] ?? 6);
const seed = 20_261_128;

interface Life {
  readonly acknowledged: readonly string[];
  readonly notes: readonly string[];
}

/** Runs the victim until it has acknowledged something, lets it live on for a random moment, and kills it. */
async function killedWriter(directory: string, life: number, lifeMs: number): Promise<Life> {
  const victim: ChildProcessByStdio<null, Readable, null> = spawn(
    process.execPath,
    [join(import.meta.dirname, "audit-crash-writer.ts"), directory, String(life)],
    { stdio: ["ignore", "pipe", "inherit"] },
  );
  const closed = once(victim, "close");
  const acknowledged: string[] = [];
  const notes: string[] = [];
  const lines = createInterface(victim.stdout);
  lines.on("line", (line) => {
    const said = JSON.parse(line) as { acknowledged?: string; note?: string; errors?: unknown };
    if (said.acknowledged !== undefined) acknowledged.push(said.acknowledged);
    if (said.note !== undefined) notes.push(said.note);
    if (said.errors !== undefined) notes.push(JSON.stringify(said.errors));
  });
  await once(lines, "line");
  await after(lifeMs);
  victim.kill("SIGKILL");
  const [, signal] = await closed;
  expect(signal).toBe("SIGKILL");
  return { acknowledged, notes };
}

async function lookAt(directory: string, from: string | undefined) {
  const files = readAuditFiles(directory, segmentSize);
  if (files === undefined) return expect.fail("no log");
  const lines: string[] = [];
  for await (const piece of files.pieces()) if (Array.isArray(piece.lines)) lines.push(...piece.lines);
  const verifier = verifierOf(origin, key.publicKey, sha256);
  const source = { notes: splitNotes(files.notes), pieces: files.pieces };
  return { lines, finding: await verifyLog(source, { sha256, verify: verifySignature, verifier, from }) };
}

describe("the audit log under kill -9", () => {
  it("has every acknowledged record, a tree that verifies, and goes on from every checkpoint that was told", {
    timeout: 60_000 + kills * 20_000,
  }, async () => {
    const directory = join(temporaryDirectory(), "audit");
    const random = createSeededRandom(seed);
    const acknowledged = new Set<string>();
    let told: string | undefined;
    for (let life = 0; life < kills; life += 1) {
      const [byte = 0] = random.bytes(1);
      const lived = await killedWriter(directory, life, byte * 1.5);
      expect(lived.acknowledged.length + lived.notes.length).toBeGreaterThan(0);
      for (const name of lived.acknowledged) acknowledged.add(name);
      told = lived.notes.at(-1) ?? told;
      const { lines, finding } = await lookAt(directory, told);
      if (finding.kind === "broken" && life < kills) {
        // The dead process may have left the hashes of leaves half written; records and checkpoints never.
        const logger = createRecordingLogger();
        await (await auditInFiles(directory, logger)).close();
        expect(logger.lines().filter(({ level }) => level === "error")).toEqual([]);
        expect((await lookAt(directory, told)).finding).toMatchObject({ kind: "intact" });
      }
      const names = new Set(lines.map((line) => /"object":"([^"]+)"/.exec(line)?.[1]));
      expect([...acknowledged].filter((name) => !names.has(name))).toEqual([]);
    }
    const logger = createRecordingLogger();
    await (await auditInFiles(directory, logger)).close();
    expect(logger.lines().filter(({ level }) => level === "error")).toEqual([]);
    const { finding } = await lookAt(directory, told);
    expect(finding).toMatchObject({ kind: "intact", unsigned: 0 });
  });
});
