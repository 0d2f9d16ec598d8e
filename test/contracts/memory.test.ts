import { createMemoryEventLog, createMemoryKeyStore } from "../../src/platform/memory/index.ts";
import { eventLogContract } from "./event-log.ts";
import { keyStoreContract } from "./key-store.ts";

eventLogContract("memory", () => createMemoryEventLog());
keyStoreContract("memory", () => createMemoryKeyStore());
