import type * as z from "zod";
import type { AuditControl, AuditPage } from "../gateway/control.ts";
import { GatewayError } from "../kernel/errors.ts";
import type { Asked } from "./answer.ts";
import { auditComponents, auditProofQuery, auditQuery } from "./audit-schemas.ts";
import { beyond } from "./within.ts";

/** What the admin API answers about the audit log. */
export const auditAnswers = (audit: AuditControl) => ({
  // Records tell of which tenant they are, and not of which project.
  listAudit: async ({ query, operator }: Asked) => {
    if (operator.project !== undefined) throw beyond(operator);
    const { tenant } = operator;
    const filter = { ...query(auditQuery), ...(tenant === undefined ? {} : { tenant }) };
    return { data: shownAudit(await audit.list(filter)) };
  },
  readAuditCheckpoint: async () => ({ data: await shownCheckpoint(audit) }),
  readAuditProof: ({ query }: Asked) => ({ data: shownProof(audit, query(auditProofQuery)) }),
  verifyAudit: async ({ body }: Asked) => {
    const { from } = await body(auditComponents.WantedAuditVerification);
    return { data: await shownFinding(audit, from) };
  },
  eraseAuditValue: async ({ name }: Asked) => {
    if (await audit.erase(name)) return { data: { id: name, erased: true as const } };
    const message = "There is no personal value of this id, or none any more.";
    throw new GatewayError("route_not_found", "no such value", { message, param: "id" });
  },
});

type Shown<Name extends keyof typeof auditComponents> = z.output<(typeof auditComponents)[Name]>;

const shownAudit = ({ records, next }: AuditPage): Shown<"AuditList"> => ({
  records: records.map(({ index, at, type, outcome, actor, tenant, facts, hashed, personal }) => ({
    ...{ index, at, type, outcome, actor, facts },
    tenant: tenant ?? null,
    personal: Object.fromEntries(Object.keys(hashed).map((field) => [field, personal[field] ?? null])),
  })),
  next: next ?? null,
});

async function shownCheckpoint(audit: AuditControl): Promise<Shown<"AuditCheckpoint">> {
  const { note, verifier } = await audit.checkpoint();
  const { checkpointSize, waiting, dropped } = audit.state();
  return { note, verifier, size: checkpointSize, waiting, dropped };
}

/** @throws GatewayError `malformed_request` when it is not said what shall be proven, or there is no such thing. */
function shownProof(
  audit: AuditControl,
  asked: {
    readonly index?: number;
    readonly size?: number;
    readonly from?: number;
    readonly to?: number;
  },
): Shown<"AuditProof"> {
  if ((asked.index === undefined) === (asked.from === undefined)) {
    const message = "Ask for a proof of `index` (and `size`), or of `from` (and `to`).";
    throw new GatewayError("malformed_request", message, { message, param: "index" });
  }
  const proof =
    asked.from === undefined
      ? { kind: "inclusion" as const, from: null, ...audit.inclusion(asked.index ?? 0, asked.size) }
      : { kind: "consistency" as const, index: null, ...audit.consistency(asked.from, asked.to) };
  return { ...proof, hashes: [...proof.hashes] };
}

async function shownFinding(audit: AuditControl, from: string | undefined): Promise<Shown<"AuditFinding">> {
  const finding = await audit.verify(from);
  if (finding.kind === "broken") {
    const { index, why } = finding;
    return { intact: false, size: null, checkpoints: null, moved_away: null, unsigned: null, index, why };
  }
  const { size, checkpoints, movedAway, unsigned } = finding;
  return { intact: true, size, checkpoints, moved_away: movedAway, unsigned, index: null, why: null };
}
