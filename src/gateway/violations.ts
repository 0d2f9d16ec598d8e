import type { AttemptPorts } from "../pipeline/one-try.ts";
import type { Logger } from "../ports/logger.ts";
import type { RequestMetrics } from "./metrics.ts";
import type { Snapshot } from "./snapshot.ts";

/** Who is told when a stream breaks the grammar of its dialect, where streams are verified. */
export function createViolations(
  snapshot: () => Snapshot,
  metrics: Pick<RequestMetrics, "streamViolation">,
  logger: Logger,
): AttemptPorts["violations"] {
  return ({ target, lane }, client) =>
    snapshot().verifiesStreams
      ? (fault) => {
          metrics.streamViolation(client);
          const { provider, model } = target;
          logger.warn("a stream breaks the grammar of its dialect", { client, lane, provider, model, fault });
        }
      : undefined;
}
