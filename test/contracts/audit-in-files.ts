import { type Audit, openAudit, printVerifier, verifierOf } from "../../src/capabilities/audit/index.ts";
import { openAuditThread } from "../../src/cli/audit-writer.ts";
import { sha256, signingKeyOf, verifySignature } from "../../src/platform/evidence/index.ts";
import { systemClock, systemRandom, systemTimer } from "../../src/platform/system/index.ts";
import { ownThreads } from "../../src/platform/threads/index.ts";
import type { Logger } from "../../src/ports/logger.ts";
import type { Threads } from "../../src/ports/threads.ts";

/** Small, so that a test goes over the ends of some. */
export const segmentSize = 3000;
export const origin = "sallyport/crash";
export const key = signingKeyOf("crash");

/** An audit log in files, written by its thread, with the system's time. */
export async function auditInFiles(
  directory: string,
  logger: Logger,
  {
    onCheckpoint = () => {},
    threads = ownThreads,
  }: { readonly onCheckpoint?: (note: string) => void; readonly threads?: Threads } = {},
): Promise<Audit> {
  const verifier = printVerifier(verifierOf(origin, key.publicKey, sha256));
  return openAudit({
    ...(await openAuditThread({ directory, segmentSize, verifier }, threads)),
    clock: systemClock,
    timer: systemTimer,
    random: systemRandom(),
    logger,
    sha256,
    verify: verifySignature,
    key,
    origin,
    segmentSize,
    settings: { requests: true, checkpoint: { everyMs: 1000, records: 500 } },
    onCheckpoint,
  });
}
