export type { SecretRequest } from "./client-secret.ts";
export { printSecret, readSecretRequest } from "./client-secret.ts";
export { encodeRealtimeError } from "./encode-error.ts";
export type { RealtimeFact } from "./read-event.ts";
export { readEvent } from "./read-event.ts";
