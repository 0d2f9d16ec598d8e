export { type AuditFilesSettings, openAuditFiles, segmentsIn } from "./audit-files.ts";
export { openHashReader } from "./hash-files.ts";
export { readAuditFiles } from "./read-files.ts";
