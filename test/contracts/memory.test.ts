import {
  createMemoryDocumentStore,
  createMemoryEventLog,
  createMemoryKeyStore,
  createMemoryStateStore,
} from "../../src/platform/memory/index.ts";
import { documentStoreContract } from "./document-store.ts";
import { eventLogContract } from "./event-log.ts";
import { keyStoreContract } from "./key-store.ts";
import { stateStoreContract } from "./state-store.ts";

documentStoreContract("memory", () => createMemoryDocumentStore());
eventLogContract("memory", () => createMemoryEventLog());
keyStoreContract("memory", () => createMemoryKeyStore());
stateStoreContract("memory", () => createMemoryStateStore());
