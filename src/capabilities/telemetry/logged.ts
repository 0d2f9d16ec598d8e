import type { RequestRecord } from "../../exchange/settlement.ts";
import type { Door, StageRecord } from "../../exchange/stage-record.ts";
import { epochMs, milliseconds } from "../../kernel/units.ts";
import type { LoggedRequest } from "../../ports/event-log.ts";

/** The record as a line of the request log: what is listed and filtered by, and the whole as text, printed once. */
export function loggedOf(record: RequestRecord): LoggedRequest {
  return {
    id: record.id,
    at: epochMs(record.at),
    status: record.status,
    outcome: record.outcome,
    model: record.model,
    provider: record.provider,
    keyId: record.keyId,
    tenant: record.tenant ?? null,
    project: record.project ?? null,
    user: record.user ?? null,
    dialect: record.dialect,
    route: record.route ?? null,
    code: record.code,
    isStream: record.isStream,
    durationMs: record.durationMs,
    inputTokens: record.usage?.input.total ?? null,
    outputTokens: record.usage?.output.total ?? null,
    costNanoUsd: record.cost?.nanoUsd ?? null,
    body: printRecord(record),
  };
}

/** A door's record as it is kept: stage, decision, reason, start and time taken, both in microseconds. */
type KeptStage = readonly [Door, string, string, number, number];

/**
 * A provider's own usage object is kept as its text, stages without the names of their fields and in whole numbers:
 * a third less to print and to store. Without a replacer: that would cost more than all the rest.
 */
function printRecord(record: RequestRecord): string {
  const { usage } = record;
  const stages = record.stages.map(keptOf);
  if (usage?.raw === undefined) return JSON.stringify({ ...record, stages });
  return JSON.stringify({ ...record, stages, usage: { ...usage, raw: usage.raw.text } });
}

/** The record behind the body of a line of the log. */
export function recordOf(body: string): RequestRecord {
  const kept: Omit<RequestRecord, "stages"> & { readonly stages: readonly KeptStage[] } = JSON.parse(body);
  return { ...kept, stages: kept.stages.map(stageOf) };
}

const keptOf = ({ stage, decision, reason, startedAt, tookMs }: StageRecord): KeptStage => [
  stage,
  decision,
  reason,
  Math.round(startedAt * 1000),
  Math.round(tookMs * 1000),
];

const stageOf = ([stage, decision, reason, startedUs, tookUs]: KeptStage): StageRecord => ({
  stage,
  decision,
  reason,
  startedAt: milliseconds(startedUs / 1000),
  tookMs: milliseconds(tookUs / 1000),
});
