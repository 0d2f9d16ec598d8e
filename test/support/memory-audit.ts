import { type Audit, openAudit } from "../../src/capabilities/audit/index.ts";
import { sha256, signingKeyOf, verifySignature } from "../../src/platform/evidence/index.ts";
import { createMemoryAuditStore } from "../../src/platform/memory/index.ts";
import type { Clock } from "../../src/ports/clock.ts";
import type { Logger } from "../../src/ports/logger.ts";
import type { Random } from "../../src/ports/random.ts";
import type { Timer } from "../../src/ports/timer.ts";

/** An audit log that is gone with the test. */
export const memoryAudit = (ports: {
  readonly clock: Clock;
  readonly timer: Timer;
  readonly random: Random;
  readonly logger: Logger;
}): Promise<Audit> =>
  openAudit({
    ...ports,
    store: createMemoryAuditStore(100_000),
    sha256,
    verify: verifySignature,
    key: signingKeyOf("test"),
    origin: "sallyport/test",
    segmentSize: 100_000,
    settings: { requests: true, checkpoint: { everyMs: 10_000, records: 1000 } },
  });
