import type { ReloadOutcome } from "../config/reloader.ts";
import type { Logger } from "../ports/logger.ts";

/** Tells the log what became of a changed configuration. */
export function logOutcome(outcome: ReloadOutcome, logger: Logger): void {
  const { generation } = outcome;
  if (outcome.kind === "rejected") {
    logger.error("the configuration file is not valid; the last good one goes on", {
      generation,
      problem: outcome.problems[0]?.message,
    });
    return;
  }
  if (outcome.kind === "applied")
    logger.info("configuration reloaded", { generation, changes: outcome.changes.length });
  if (outcome.waiting.length > 0)
    logger.warn("changes of the configuration file wait for a restart", {
      generation,
      paths: outcome.waiting.map(({ path }) => path).join(", "),
    });
}
