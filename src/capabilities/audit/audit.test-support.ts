import { sha256, signingKeyOf, verifySignature } from "../../platform/evidence/index.ts";
import {
  createMemoryAuditStore,
  createRecordingLogger,
  createSeededRandom,
  createVirtualTime,
  type MemoryAuditStore,
} from "../../platform/memory/index.ts";
import type { AuditStore } from "../../ports/audit-store.ts";
import { verifierOf } from "./checkpoint.ts";
import { evidenceOf } from "./evidence.ts";
import type { AuditEntry } from "./record.ts";
import { auditSettings } from "./settings.ts";
import { type Audit, openAudit } from "./stage.ts";
import { type Finding, verifyLog } from "./verify-log.ts";

export const testKey = signingKeyOf("the secret of an installation");
export const testOrigin = "sallyport/test";
export const testVerifier = verifierOf(testOrigin, testKey.publicKey, sha256);

export const entryOf = (index: number): Omit<AuditEntry, "at"> => ({
  type: index % 3 === 0 ? "key.created" : "request.served",
  outcome: "done",
  actor: `key:${index}`,
  facts: { request: `r${index}`, model: "gpt" },
  ...(index % 4 === 0 ? { personal: { user: `person ${index}@example.com`, address: "192.0.2.1" } } : {}),
});

/** An audit log in memory, on virtual time, with segments of 100 records. */
export async function openTestAudit(
  store: AuditStore & Partial<Pick<MemoryAuditStore, "fill">> = createMemoryAuditStore(100),
  written: unknown = {},
) {
  const time = createVirtualTime();
  const logger = createRecordingLogger();
  const notes: string[] = [];
  const audit = await openAudit({
    store,
    clock: time.clock,
    timer: time.timer,
    random: createSeededRandom(3),
    logger,
    sha256,
    verify: verifySignature,
    key: testKey,
    origin: testOrigin,
    segmentSize: 100,
    settings: auditSettings.parse(written),
    onCheckpoint: (note) => notes.push(note),
  });
  return { audit, store, time, logger, notes };
}

/** Records `count` entries, so many at a time that none waits for a timer. */
export async function recordMany(audit: Audit, count: number): Promise<void> {
  for (let index = 0; index < count; index += 1) {
    audit.record(entryOf(index));
    if (index % 50 === 49) await audit.control.checkpoint();
  }
  await audit.control.checkpoint();
}

export const verifyStore = async (store: AuditStore, from?: string): Promise<Finding> =>
  verifyLog(await evidenceOf(store), { sha256, verify: verifySignature, verifier: testVerifier, from });

export async function linesOf(store: AuditStore): Promise<readonly string[]> {
  const found: string[] = [];
  for await (const lines of store.lines(0, store.size())) found.push(...lines);
  return found;
}
