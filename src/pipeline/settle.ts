import type { Cost, RequestRecord } from "../exchange/settlement.ts";
import type { Usage } from "../exchange/usage.ts";
import { tokens } from "../kernel/units.ts";
import type { Clock } from "../ports/clock.ts";
import { type Ending, sinceArrival, type Trail } from "./trail.ts";

/** What door 10 needs. */
export interface SettlePorts<Snapshot> {
  readonly clock: Clock;
  readonly generationOf: (snapshot: Snapshot) => number;
  readonly priceOf: (trail: Trail<Snapshot>, usage: Usage | undefined) => Cost | undefined;
  /** Gives back the place of door 3. */
  readonly release: () => void;
  /** Log, metrics, series: whatever keeps the record. Must not throw; if it does, the client does not hear of it. */
  readonly keep: (record: RequestRecord) => void;
  readonly onFault: (fault: unknown) => void;
}

const bytesPerToken = 4;

/**
 * Door 10: what became of the request, exactly once, when its body has ended, however it ended.
 * A second call for the same trail does nothing.
 */
export function settle<Snapshot>(trail: Trail<Snapshot>, ending: Ending, ports: SettlePorts<Snapshot>): void {
  if (trail.isSettled) return;
  trail.isSettled = true;
  if (trail.isAdmitted) ports.release();
  try {
    trail.usage ??= estimatedUsage(trail, ending);
    trail.cost ??= trail.usage === undefined ? undefined : ports.priceOf(trail, trail.usage);
    trail.stages.record("settle", ending.outcome, reasonOf(trail, ending));
    ports.keep(recordOf(trail, ending, ports));
  } catch (fault) {
    ports.onFault(fault);
  }
}

/**
 * What a cut call consumed: the upstream's last snapshot where it gave one, else the prompt by its bytes; the
 * completion by the text that was relayed. Never for a call that no upstream began to answer.
 */
function estimatedUsage(trail: Trail<unknown>, ending: Ending): Usage | undefined {
  const wasSent = trail.attempts.some((attempt) => attempt.code === null);
  if (!wasSent && ending.outcome !== "aborted") return undefined;
  if (trail.funded === undefined) return undefined;
  if (ending.outcome === "completed") return undefined;
  const input = tokens(Math.ceil(trail.bytesIn / bytesPerToken));
  const output = tokens(Math.ceil((trail.textBytes?.() ?? 0) / bytesPerToken));
  return { input: { total: input, uncached: input }, output: { total: output }, basis: "estimated" };
}

function reasonOf(trail: Trail<unknown>, ending: Ending): string {
  const cost =
    trail.cost === undefined || trail.cost.nanoUsd === null
      ? "no price known"
      : `${trail.cost.nanoUsd} nano-USD`;
  switch (ending.outcome) {
    case "completed":
      return trail.usage === undefined ? "answered, no usage told" : `answered, ${cost}`;
    case "refused":
      return ending.error?.code ?? "refused";
    case "failed":
      return ending.error?.code ?? "failed";
    case "aborted":
      return "the client went before the end";
  }
}

function recordOf<Snapshot>(
  trail: Trail<Snapshot>,
  ending: Ending,
  ports: SettlePorts<Snapshot>,
): RequestRecord {
  const { received, candidate } = trail;
  const isAborted = ending.outcome === "aborted";
  return {
    id: trail.id,
    at: trail.at,
    method: trail.method,
    path: received?.path ?? pathOnly(trail.target),
    dialect: received?.route.codec.dialect ?? null,
    keyId: trail.identified?.keyId ?? null,
    keyName: trail.identified?.name ?? null,
    model: trail.facts?.model ?? null,
    provider: candidate?.target.provider ?? null,
    upstreamModel: candidate?.target.model ?? null,
    answerModel: trail.answerModel ?? null,
    lane: candidate?.lane ?? null,
    isStream: trail.facts?.isStream ?? false,
    status: isAborted && trail.status === 0 ? 499 : trail.status,
    outcome: ending.outcome,
    code: ending.error?.code ?? (isAborted ? "client_closed" : null),
    detail: ending.error?.detail ?? null,
    generation: ports.generationOf(trail.snapshot),
    durationMs: Math.round(sinceArrival(trail, ports.clock.monotonic()) * 1000) / 1000,
    firstByteMs: trail.firstByteMs === undefined ? null : Math.round(trail.firstByteMs * 1000) / 1000,
    bytesIn: trail.bytesIn,
    bytesOut: trail.bytesOut,
    events: trail.events,
    finish: trail.finish?.reason ?? null,
    usage: trail.usage ?? null,
    cost: trail.cost ?? null,
    warnings: trail.warnings,
    attempts: trail.attempts,
    stages: trail.stages.records(),
  };
}

/** A query may hold a key: it is never kept. */
const pathOnly = (target: string): string => target.split("?", 1)[0]?.slice(0, 512) ?? "";
