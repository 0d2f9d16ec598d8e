export { type AuditFilesSettings, openAuditFiles } from "./audit-files.ts";
