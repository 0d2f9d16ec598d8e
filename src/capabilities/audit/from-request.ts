import { knownNanoUsd, type RequestRecord } from "../../exchange/settlement.ts";
import { epochMs } from "../../kernel/units.ts";
import type { AuditType } from "./kinds.ts";
import type { AuditEntry } from "./record.ts";

/** Which requests are recorded. */
export type RecordedRequests = true | "denials" | false;

const outcomes = { completed: "done", refused: "denied", failed: "failed", aborted: "failed" } as const;
const forbidden: ReadonlySet<string> = new Set([
  "policy_denied",
  "model_not_found",
  "residency_violation",
  "constraints_unsatisfiable",
]);
const flagged: ReadonlySet<string> = new Set(["content_refused", "guardrail_blocked"]);

/**
 * The decision on one request: who asked for what, what was decided, by which configuration, at what cost. Nothing of what
 * was said. `undefined`: it is not recorded.
 */
export function entryOfRequest(record: RequestRecord, recorded: RecordedRequests): AuditEntry | undefined {
  const isDenial = record.outcome === "refused";
  if (recorded === false || (recorded === "denials" && !isDenial)) return undefined;
  const { id, at, status, code, reason, route, model, provider, generation, tenant, project, user } = record;
  return {
    at: epochMs(at),
    type: typeOf(record),
    outcome: outcomes[record.outcome],
    actor: actorOf(record),
    ...(tenant === undefined ? {} : { tenant }),
    ...(user === undefined ? {} : { personal: { user } }),
    facts: {
      request: id,
      status,
      code: code ?? undefined,
      reason,
      route,
      project,
      model: model ?? undefined,
      provider: provider ?? undefined,
      generation,
      nanoUsd: record.cost === null ? undefined : knownNanoUsd(record.cost),
    },
  };
}

function actorOf({ aside, keyId }: RequestRecord): string {
  if (aside !== undefined) return "gateway";
  return keyId === null ? "nobody" : `key:${keyId}`;
}

function typeOf({ outcome, code }: RequestRecord): AuditType {
  switch (outcome) {
    case "completed":
      return "request.served";
    case "failed":
      return "request.failed";
    case "aborted":
      return "request.aborted";
    case "refused":
      if (code === "unauthenticated") return "request.unauthenticated";
      if (code !== null && forbidden.has(code)) return "request.forbidden";
      return code !== null && flagged.has(code) ? "request.flagged" : "request.denied";
  }
}
