import type { Logger } from "../ports/logger.ts";

/** Whom a fault of the gateway itself is told: who asked learns no more than that there was one. */
export const onFaultOf =
  (logger: Logger) =>
  (fault: unknown): void =>
    logger.error("a request met a fault of the gateway", { fault: describe(fault) });

function describe(fault: unknown): string {
  if (!(fault instanceof Error)) return String(fault);
  const { cause } = fault;
  return cause instanceof Error
    ? `${fault.message} (${cause.stack ?? cause.message})`
    : (fault.stack ?? fault.message);
}
