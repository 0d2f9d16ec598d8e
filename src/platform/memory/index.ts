export { createMemoryAuditStore, type MemoryAuditStore } from "./audit-store.ts";
export { createMemoryDocumentStore } from "./document-store.ts";
export { createMemoryEventLog, type MemoryEventLogSettings } from "./event-log.ts";
export { createMemoryKeyStore } from "./key-store.ts";
export { createMemoryNonceStore } from "./nonce-store.ts";
export { createRecordingLogger, type RecordedLine, type RecordingLogger } from "./recording-logger.ts";
export { createSeededRandom } from "./seeded-random.ts";
export { createMemoryStateStore } from "./state-store.ts";
export { createVirtualTime, type VirtualTime } from "./virtual-time.ts";
