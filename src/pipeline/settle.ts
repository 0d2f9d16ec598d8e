import type { Received } from "../exchange/exchange.ts";
import type { ServiceTarget } from "../exchange/service-target.ts";
import type { Cost, PolicyRecord, RequestRecord } from "../exchange/settlement.ts";
import type { Candidate } from "../exchange/target.ts";
import type { Usage } from "../exchange/usage.ts";
import type { Clock } from "../ports/clock.ts";
import { bookEgress, type EgressPorts } from "./book-egress.ts";
import { addPieces, usageOfCut } from "./cut-usage.ts";
import { isEvidence } from "./failure-class.ts";
import { warnOfPrice } from "./price-warning.ts";
import { type Ending, sinceArrival, type Trail } from "./trail.ts";

/** What door 10 needs. */
export interface SettlePorts<Snapshot> extends EgressPorts<Snapshot> {
  readonly clock: Clock;
  readonly generationOf: (snapshot: Snapshot) => number;
  readonly priceOf: (trail: Trail<Snapshot>, usage: Usage | undefined) => Cost | undefined;
  /** Gives back the place of door 3. */
  readonly release: () => void;
  /** Log, metrics, series: whatever keeps the record. Must not throw; if it does, the client does not hear of it. */
  readonly keep: (record: RequestRecord) => void;
  readonly onFault: (fault: unknown) => void;
}

/**
 * Door 10: what became of the request, exactly once, when its body has ended, however it ended.
 * A second call for the same trail does nothing.
 */
export function settle<Snapshot>(trail: Trail<Snapshot>, ending: Ending, ports: SettlePorts<Snapshot>): void {
  if (trail.isSettled) return;
  trail.isSettled = true;
  trail.stages.prolong("encode");
  if (trail.isAdmitted) ports.release();
  tellTarget(trail, ending);
  try {
    if (ending.outcome !== "completed" || trail.isCut) trail.usage = usageOfCut(trail, ending);
    if (trail.cost === undefined && trail.usage !== undefined) trail.cost = ports.priceOf(trail, trail.usage);
    addPieces(trail, ports);
    bookEgress(trail, ports);
    if (trail.events > 0) warnOfPrice(trail);
    trail.lateLook?.();
    trail.stages.record("settle", ending.outcome, reasonOf(trail, ending));
    const record = recordOf(trail, ending, ports);
    tellHolds(trail, record, ports.onFault);
    ports.keep(record);
    tellReader(trail, ending);
  } catch (fault) {
    ports.onFault(fault);
  }
}

/** One that fails takes nothing from the others. */
function tellHolds(
  { holds }: Trail<unknown>,
  record: RequestRecord,
  onFault: (fault: unknown) => void,
): void {
  for (const hold of holds) {
    try {
      hold.settled(record);
    } catch (fault) {
      onFault(fault);
    }
  }
}

/** How its answer ended is news of the target. */
function tellTarget(trail: Trail<unknown>, ending: Ending): void {
  if (isBroken(ending)) {
    trail.onBroken?.();
    trail.load?.failed();
  }
  if (ending.outcome === "completed" && !trail.isCut) trail.load?.answered(trail.usage);
  else trail.load?.left();
}

/** Who reads the answer besides the client is told the whole of it. */
function tellReader({ check, isCut, onAnswered }: Trail<unknown>, { outcome }: Ending): void {
  if (onAnswered === undefined || outcome !== "completed" || isCut) return;
  const answer = check?.answer();
  if (answer !== undefined) onAnswered(answer);
}

/** By the fault of its target. */
const isBroken = ({ outcome, error }: Ending): boolean =>
  outcome === "failed" && error !== undefined && isEvidence(error.code);

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
  return {
    ...asked(trail),
    ...sent(trail),
    ...ended(trail, ending),
    generation: ports.generationOf(trail.snapshot),
    durationMs: toMicroseconds(sinceArrival(trail, ports.clock.monotonic())),
    ...toldBy(trail.policy?.()),
    attempts: trail.attempts,
    stages: trail.stages.records(),
  };
}

const toldBy = (policy: PolicyRecord | undefined): Pick<RequestRecord, "policy"> =>
  policy === undefined ? {} : { policy };

/** Who asked for what. */
function asked({ id, at, method, target, received, identified, facts, bytesIn, aside }: Trail<unknown>) {
  return {
    id,
    at,
    ...(aside === undefined ? {} : { aside }),
    method,
    path: received?.path ?? pathOnly(target),
    ...routed(received),
    keyId: identified?.keyId ?? null,
    keyName: identified?.name ?? null,
    ...ownedBy(identified),
    isStream: facts?.isStream ?? false,
    bytesIn,
  };
}

/** Whom the request belongs to. */
function ownedBy(by: Trail<unknown>["identified"]): Pick<RequestRecord, "tenant" | "project" | "user"> {
  if (by === undefined) return {};
  const { tenant, project, user } = by;
  return user === undefined ? { tenant, project } : { tenant, project, user };
}

/** How the client speaks, and by which route of the configuration it came to a service. */
const routed = (received: Received | undefined): Pick<RequestRecord, "dialect" | "route"> => ({
  dialect: received?.route.codec.dialect ?? null,
  ...(received?.route.kind === "service" ? { route: received.route.id } : {}),
});

/** For which model, where that led, and what it consumed. */
function sent({ facts, candidate, service, answerModel, usage, cost, warnings }: Trail<unknown>) {
  return {
    model: facts?.model ?? null,
    ...(service === undefined ? reached(candidate) : served(service)),
    answerModel: answerModel ?? null,
    usage: usage ?? null,
    cost: cost ?? null,
    warnings,
  };
}

const nobody = { provider: null, upstreamModel: null, upstreamDialect: null, lane: null };

function reached(candidate: Candidate | undefined) {
  if (candidate === undefined) return nobody;
  const { target, endpoint, lane } = candidate;
  return {
    provider: target.provider,
    upstreamModel: target.model,
    // The raw lane does not read what is spoken.
    upstreamDialect: lane === "raw" ? null : endpoint.codec.dialect,
    lane,
  };
}

const served = ({ provider }: ServiceTarget) => ({ ...nobody, provider, lane: "service" as const });

function contractOf(check: Trail<unknown>["check"]): Pick<RequestRecord, "contract"> {
  const verdict = check?.verdict();
  return verdict === undefined ? {} : { contract: verdict.fault ?? "kept" };
}

/** What the client got. */
function ended(
  { status, grpcStatus, firstByteMs, bytesOut, events, finish, check }: Trail<unknown>,
  { outcome, error }: Ending,
) {
  const isAborted = outcome === "aborted";
  return {
    status: isAborted && status === 0 ? 499 : status,
    outcome,
    code: error?.code ?? (isAborted ? "client_closed" : null),
    detail: error?.detail ?? null,
    ...refinedBy(error?.facts.reason, grpcStatus),
    firstByteMs: firstByteMs === undefined ? null : toMicroseconds(firstByteMs),
    bytesOut,
    events,
    finish: finish?.reason ?? null,
    ...contractOf(check),
  };
}

/** What says more exactly than a code how it ended. */
const refinedBy = (
  reason: string | undefined,
  grpcStatus: number | undefined,
): Pick<RequestRecord, "reason" | "grpcStatus"> => ({
  ...(reason === undefined ? {} : { reason }),
  ...(grpcStatus === undefined ? {} : { grpcStatus }),
});

/** Milliseconds with three decimals: no reader needs more. */
const toMicroseconds = (durationMs: number): number => Math.round(durationMs * 1000) / 1000;

/** A query may hold a key: it is never kept. */
const pathOnly = (target: string): string => target.split("?", 1)[0]?.slice(0, 512) ?? "";
