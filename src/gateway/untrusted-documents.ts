import { createLru } from "../kernel/lru.ts";
import { elapsed, type MonotonicMs } from "../kernel/units.ts";
import type { Clock } from "../ports/clock.ts";
import type { KnownOperation } from "../ports/graphql.ts";
import type { Logger } from "../ports/logger.ts";
import type { Meter } from "../ports/meter.ts";

/** Told of an operation that is run though its document is not trusted; `idOf`: under which a manifest would have it. */
export type UntrustedNotes = (route: string, operation: KnownOperation, idOf: () => string) => void;

const documentsMax = 5000;
const linesPerMinute = 30;
const minuteMs = 60_000;
const digestDigits = 12;

/**
 * Counts what is not trusted where a route only looks (`trustedDocuments.mode: log`), and names each document once: what an
 * operator has to add before nothing else is run. Clients choose documents, so the lines of a minute are bounded; what was
 * left out is named when it comes again.
 */
export function createUntrustedNotes({
  meter,
  logger,
  clock,
}: {
  readonly meter: Meter;
  readonly logger: Pick<Logger, "warn">;
  readonly clock: Pick<Clock, "monotonic">;
}): UntrustedNotes {
  const counter = meter.counter({
    name: "sallyport_graphql_untrusted_total",
    help: "Operations of GraphQL that were run though their document is not trusted, where that is only noted.",
    labels: ["route"],
  });
  const named = createLru<true>(documentsMax);
  let minute: { readonly from: MonotonicMs; lines: number } | undefined;
  const hasRoom = (): boolean => {
    const now = clock.monotonic();
    if (minute === undefined || elapsed(minute.from, now) >= minuteMs) minute = { from: now, lines: 0 };
    if (minute.lines >= linesPerMinute) return false;
    minute.lines += 1;
    return true;
  };
  return (route, { type, name, hash }, idOf) => {
    counter.series({ route }).add(1);
    const key = `${route} ${hash}`;
    if (named.get(key) !== undefined || !hasRoom()) return;
    named.set(key, true, 1);
    logger.warn("a document that is not trusted was run", {
      ...{ route, type, operation: name?.slice(0, 100) ?? null },
      digest: hash.slice(0, digestDigits),
      documentId: `sha256:${idOf()}`,
    });
  };
}
