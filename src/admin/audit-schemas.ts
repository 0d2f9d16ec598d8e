import * as z from "zod";
import { auditTypes } from "../gateway/control.ts";

const types = z.string().refine((text) => Object.hasOwn(auditTypes, text), "must be a type of record");
const base64 = z.string().max(100);

const auditRecord = z.strictObject({
  index: z.int().min(0).describe("Its place in the log."),
  at: z.string().describe("RFC 3339, in UTC."),
  type: types.describe(
    "What happened: `request.*` are decisions on requests, the others what was done to the gateway.",
  ),
  outcome: z.enum(["done", "denied", "failed"]),
  actor: z.string().describe("`key:ID`, `admin:bearer`, `admin:session`, `gateway`, `nobody`."),
  tenant: z.string().nullable(),
  facts: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()])),
  personal: z
    .record(z.string(), z.string().nullable())
    .describe("What tells who a person is; `null`: it was erased."),
});

const auditList = z.strictObject({
  records: z.array(auditRecord).describe("Newest first."),
  next: z.int().min(0).nullable().describe("`before` of the next page; `null`: there is none."),
});

const auditCheckpoint = z.strictObject({
  note: z.string().describe("C2SP tlog-checkpoint, as a signed note."),
  verifier: z.string().describe("The key that signs, as a signed-note verifier key."),
  size: z.int().min(0),
  waiting: z.int().min(0).describe("Records that are not durable yet."),
  dropped: z.int().min(0).describe("Records of requests that could not be kept."),
});

const auditProof = z.strictObject({
  kind: z.enum(["inclusion", "consistency"]),
  index: z.int().min(0).nullable().describe("Of the record, for an inclusion proof."),
  from: z.int().min(1).nullable().describe("The smaller size, for a consistency proof."),
  size: z.int().min(1).describe("Of the tree that it leads to."),
  root: base64,
  hashes: z.array(base64).describe("Base64, as RFC 6962 orders them."),
});

const wantedAuditVerification = z.strictObject({
  from: z
    .exactOptional(z.string().min(1).max(10_000))
    .describe("A signed checkpoint that was kept elsewhere: the log must go on from it."),
});

const auditFinding = z.strictObject({
  intact: z.boolean(),
  size: z.int().min(0).nullable().describe("Records that were looked at; `null`: it is broken."),
  checkpoints: z.int().min(0).nullable(),
  moved_away: z.int().min(0).nullable().describe("Records that are kept elsewhere: their hashes fit."),
  unsigned: z.int().min(0).nullable().describe("Records that no checkpoint covers yet."),
  index: z.int().min(0).nullable().describe("The first record that is not what was signed; `null`: all are."),
  why: z.string().nullable(),
});

const erasedAuditValue = z.strictObject({ id: z.string(), erased: z.literal(true) });

/** What answers and bodies of the audit log are called in the OpenAPI document. */
export const auditComponents = {
  AuditCheckpoint: auditCheckpoint,
  AuditFinding: auditFinding,
  AuditList: auditList,
  AuditProof: auditProof,
  AuditRecord: auditRecord,
  ErasedAuditValue: erasedAuditValue,
  WantedAuditVerification: wantedAuditVerification,
} as const satisfies Record<string, z.ZodType>;

const name = z.string().min(1).max(200);
const size = z.coerce.number().int().min(0).max(Number.MAX_SAFE_INTEGER);
const moment = z.iso.datetime({ precision: 3 });

/** What `GET /api/gateway/audit` may be asked. */
export const auditQuery = z.strictObject({
  limit: z.coerce.number().int().min(1).max(500).default(50),
  before: z.exactOptional(size).describe("Only records before this index, for paging."),
  since: z.exactOptional(moment).describe("Not older: `2026-11-28T12:00:00.000Z`."),
  until: z.exactOptional(moment).describe("Not as young."),
  type: z.exactOptional(name).describe("A type, or the beginning of some: `key.`."),
  tenant: z.exactOptional(name),
  actor: z.exactOptional(name).describe("`key:ID`, `admin:bearer`, …"),
  index: z.exactOptional(size).describe("One record."),
});

/** What `GET /api/gateway/audit/proof` may be asked: an `index`, or `from`. */
export const auditProofQuery = z.strictObject({
  index: z.exactOptional(size).describe("That this record is in the log."),
  size: z.exactOptional(size).describe("Of the tree; all of it by default."),
  from: z.exactOptional(size).describe("That the tree of this size is the beginning of a larger one."),
  to: z.exactOptional(size).describe("The larger one; all of it by default."),
});
