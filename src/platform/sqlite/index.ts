export { type DocumentStoreSettings, openDocumentStore } from "./document-store.ts";
export { type EventLogSettings, openEventLog } from "./event-log.ts";
export { type KeyStoreSettings, openKeyStore } from "./key-store.ts";
export { type DirectoryLock, lockDirectory } from "./lock.ts";
export { openStateStore, type StateStoreSettings } from "./state-store.ts";
