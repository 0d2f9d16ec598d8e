import {
  createMemoryEventLog,
  createMemoryKeyStore,
  createMemoryStateStore,
} from "../../src/platform/memory/index.ts";
import { eventLogContract } from "./event-log.ts";
import { keyStoreContract } from "./key-store.ts";
import { stateStoreContract } from "./state-store.ts";

eventLogContract("memory", () => createMemoryEventLog());
keyStoreContract("memory", () => createMemoryKeyStore());
stateStoreContract("memory", () => createMemoryStateStore());
