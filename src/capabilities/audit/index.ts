export {
  printVerifier,
  readCheckpoint,
  readVerifier,
  splitNotes,
  type Verifier,
  verifierOf,
} from "./checkpoint.ts";
export { cloudEventOf } from "./cloud-event.ts";
export { evidenceOf, exportLines, readExport } from "./evidence.ts";
export { createExporter, type Exporter } from "./exporter.ts";
export { type AuditFilter, type AuditPage, readPage } from "./read-log.ts";
export { type AuditSettings, auditSettings } from "./settings.ts";
export { type Audit, type AuditControl, openAudit } from "./stage.ts";
export { auditTypes } from "./types.ts";
export { type Finding, verifyLog } from "./verify-log.ts";
