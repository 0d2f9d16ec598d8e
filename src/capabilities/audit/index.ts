export {
  printVerifier,
  readVerifier,
  splitNotes,
  type Verifier,
  verifierOf,
} from "./checkpoint.ts";
export { cloudEventOf } from "./cloud-event.ts";
export { exportLines, readExport } from "./evidence.ts";
export { createExporter, type Exporter } from "./exporter.ts";
export { type AuditType, auditTypes } from "./kinds.ts";
export type { AuditPage } from "./read-log.ts";
export { type AuditSettings, auditSettings } from "./settings.ts";
export { type Audit, type AuditControl, type AuditParts, openAudit } from "./stage.ts";
export { type EvidenceSource, type Finding, verifyLog } from "./verify-log.ts";
