/**
 * What the audit log costs: `node bench/audit.ts [RECORDS] [LEAVES]`. Appends RECORDS (200,000) decisions on requests as fast as they
 * become durable, by way of the thread that writes them, and makes proofs in a tree of LEAVES (10,000,000) whose nodes are read from files.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as after } from "node:timers/promises";
import { createHashPages } from "../src/capabilities/audit/hash-pages.ts";
import { openAudit, printVerifier, verifierOf } from "../src/capabilities/audit/index.ts";
import { consistencyProof, inclusionProof, isIncluded, rootOf } from "../src/capabilities/audit/proofs.ts";
import { growingTree, merkleHashing, nodesFromKept } from "../src/capabilities/audit/tree.ts";
import { openAuditThread } from "../src/cli/audit-writer.ts";
import { openAuditFiles } from "../src/platform/audit-files/index.ts";
import { sha256, signingKeyOf, verifySignature } from "../src/platform/evidence/index.ts";
import { createRecordingLogger } from "../src/platform/memory/index.ts";
import { systemClock, systemRandom, systemTimer } from "../src/platform/system/index.ts";
import { ownThreads } from "../src/platform/threads/index.ts";

const [records = 200_000, leaves = 10_000_000] = process.argv.slice(2).map(Number);
const segmentSize = 100_000;

async function measureAppend(directory: string): Promise<void> {
  const [key, origin] = [signingKeyOf("bench"), "sallyport/bench"];
  const verifier = printVerifier(verifierOf(origin, key.publicKey, sha256));
  const { store, writer } = await openAuditThread({ directory, segmentSize, verifier }, ownThreads);
  const audit = await openAudit({
    ...{ store, writer, key, origin },
    clock: systemClock,
    timer: systemTimer,
    random: systemRandom(),
    logger: createRecordingLogger(),
    sha256,
    verify: verifySignature,
    segmentSize,
    settings: { requests: true, checkpoint: { everyMs: 10_000, records: 1000 } },
  });
  const startedAt = performance.now();
  const cpu = process.cpuUsage();
  const own = process.threadCpuUsage();
  for (let done = 0; done < records; ) {
    for (; done < records && audit.control.state().waiting < 15_000; done += 1) {
      audit.record(decision(done));
    }
    await after(1);
  }
  while (audit.control.state().waiting > 0) await after(1);
  const tookMs = performance.now() - startedAt;
  const used = perRecord(process.cpuUsage(cpu));
  const usedHere = perRecord(process.threadCpuUsage(own));
  const bytesEach = (store.bytes() - records * 33) / records;
  await audit.close();
  console.log(
    `append: ${Math.round((records / tookMs) * 1000)} records/s durable, ${Math.round(bytesEach)} bytes each; CPU of the process ${used} us each, of it ${usedHere} us in the thread of requests`,
  );
}

const perRecord = ({ user, system }: { readonly user: number; readonly system: number }): string =>
  ((user + system) / records).toFixed(1);

const decision = (index: number) =>
  ({
    type: "request.served",
    outcome: "done",
    actor: "key:key_5c31cbfed5d8",
    tenant: "acme",
    facts: {
      request: `01a221fb-1cdb-735b-a3db-${String(index).padStart(12, "0")}`,
      status: 200,
      model: "gpt-5-mini",
      provider: "openai",
      generation: 12,
      nanoUsd: 1_234_567,
    },
  }) as const;

async function measureProofs(directory: string): Promise<void> {
  const store = await openAuditFiles({ directory, clock: systemClock, segmentSize });
  const hashing = merkleHashing(sha256);
  const pages = createHashPages(store.hashes, 0);
  const tree = growingTree(hashing, undefined, pages.completed);
  for (let index = 0; index < leaves; index += 1) {
    tree.append(hashing.leaf(`record ${index}`));
    if (index % 100_000 === 0) await pages.write();
  }
  await pages.write();
  const nodes = { hashing, read: nodesFromKept(hashing, store.hashes.read) };
  const root = rootOf(nodes, leaves);
  const inclusion: number[] = [];
  const consistency: number[] = [];
  for (let round = 0; round < 500; round += 1) {
    const index = Math.floor(((round * 0.618_033_988_75) % 1) * leaves);
    const startedAt = performance.now();
    const proof = inclusionProof(nodes, index, leaves);
    inclusion.push(performance.now() - startedAt);
    const claim = { leaf: hashing.leaf(`record ${index}`), index, size: leaves, root, proof };
    if (!isIncluded(hashing, claim)) throw new Error(`the proof of ${index} does not hold`);
    const consistentAt = performance.now();
    consistencyProof(nodes, Math.max(1, index), leaves);
    consistency.push(performance.now() - consistentAt);
  }
  await store.close();
  const told = (spans: readonly number[]): string => {
    const sorted = spans.toSorted((left, right) => left - right);
    return `p50 ${sorted[250]?.toFixed(2)} ms, p99 ${sorted[495]?.toFixed(2)} ms`;
  };
  console.log(`proofs at ${leaves} leaves: inclusion ${told(inclusion)}; consistency ${told(consistency)}`);
}

const directory = mkdtempSync(join(tmpdir(), "sallyport-audit-"));
try {
  await measureAppend(join(directory, "append"));
  await measureProofs(join(directory, "proofs"));
} finally {
  rmSync(directory, { recursive: true });
}
