export { type AuditFilesSettings, openAuditFiles } from "./audit-files.ts";
export { readAuditFiles } from "./read-files.ts";
