import type { RequestRecord } from "../../exchange/settlement.ts";
import { epochMs } from "../../kernel/units.ts";
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
    dialect: record.dialect,
    code: record.code,
    isStream: record.isStream,
    durationMs: record.durationMs,
    inputTokens: record.usage?.input.total ?? null,
    outputTokens: record.usage?.output.total ?? null,
    costNanoUsd: record.cost?.nanoUsd ?? null,
    body: printRecord(record),
  };
}

/** A provider's own usage object is kept as its text. Without a replacer: that would cost more than all the rest. */
function printRecord(record: RequestRecord): string {
  const { usage } = record;
  if (usage?.raw === undefined) return JSON.stringify(record);
  return JSON.stringify({ ...record, usage: { ...usage, raw: usage.raw.text } });
}
