import { workerData } from "node:worker_threads";
import { openAuditWriter, readVerifier } from "../capabilities/audit/index.ts";
import { GatewayError } from "../kernel/errors.ts";
import { invariant } from "../kernel/invariant.ts";
import { openAuditFiles } from "../platform/audit-files/index.ts";
import { sha256, verifySignature } from "../platform/evidence/index.ts";
import { systemClock, systemRandom } from "../platform/system/index.ts";
import type { ThreadData } from "../ports/threads.ts";
import type { AuditAnswer, AuditJob, AuditThreadStart } from "./audit-jobs.ts";

/**
 * The writer of the audit log, in a thread of its own: printing, hashing and the disk's word take nothing from requests.
 * It is given records and nothing else: no key, no header, no text, and no environment; it does not sign either.
 */
const { data, port }: ThreadData = workerData;
const start: AuditThreadStart = JSON.parse(data);
const { directory, segmentSize } = start;

try {
  const verifier = readVerifier(start.verifier, sha256);
  invariant(verifier !== undefined, "the audit thread is told who signs");
  const store = await openAuditFiles({ directory, clock: systemClock, segmentSize });
  const writer = await openAuditWriter({
    ...{ store, sha256, verify: verifySignature, verifier, segmentSize },
    random: systemRandom(),
  });
  const work = async (job: AuditJob): Promise<Pick<AuditAnswer, "count" | "root" | "text" | "lines">> => {
    switch (job.kind) {
      case "write":
        return { count: await writer.write(JSON.parse(job.entries)) };
      case "head":
        return { root: (await writer.head()).root };
      case "note":
        await store.notes.append(job.note);
        return {};
      case "notes":
        return { text: await store.notes.read() };
      case "lines":
        return { lines: (await Array.fromAsync(store.lines(job.from, job.to))).flat() };
      case "overwrite":
        await store.overwrite(job.index, job.line);
        return {};
      case "verifier":
        await store.showVerifier(job.text);
        return {};
      case "close":
        await store.close();
        return {};
    }
  };
  const { hashes } = store;
  const tell = (answer: Pick<AuditAnswer, "id" | "error" | "found">): void => {
    const counts = { 0: hashes.count(0), 8: hashes.count(8), 16: hashes.count(16), 24: hashes.count(24) };
    port.postMessage({ ...answer, state: { size: writer.size(), bytes: store.bytes(), counts } });
  };
  port.on("message", (job: AuditJob) => {
    work(job).then(
      (done) => tell({ id: job.id, ...done }),
      (thrown: unknown) => tell({ id: job.id, error: faultOf(thrown) }),
    );
  });
  tell({ id: 0, found: writer.found });
} catch (thrown) {
  port.postMessage({ id: 0, error: faultOf(thrown) } satisfies AuditAnswer);
}

function faultOf(thrown: unknown): NonNullable<AuditAnswer["error"]> {
  const { code, detail, facts } = GatewayError.from(thrown);
  return { code, detail, ...(facts.message === undefined ? {} : { message: facts.message }) };
}
