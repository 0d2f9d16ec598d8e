import { epochMs } from "../../src/kernel/units.ts";
import {
  createMemoryDocumentStore,
  createMemoryEventLog,
  createMemoryKeyStore,
  createMemoryLedgerStore,
  createMemoryNonceStore,
  createMemoryStateStore,
} from "../../src/platform/memory/index.ts";
import { documentStoreContract } from "./document-store.ts";
import { eventLogContract } from "./event-log.ts";
import { keyStoreContract } from "./key-store.ts";
import { ledgerStoreContract } from "./ledger-store.ts";
import { nonceStoreContract } from "./nonce-store.ts";
import { stateStoreContract } from "./state-store.ts";

documentStoreContract("memory", () => createMemoryDocumentStore());
eventLogContract("memory", () => createMemoryEventLog());
keyStoreContract("memory", () => createMemoryKeyStore());
nonceStoreContract("memory", (entriesMax) => {
  let at = 1_700_000_000_000;
  const clock = {
    now: () => epochMs(at),
    pass: (ms: number) => {
      at += ms;
    },
  };
  return { clock, store: createMemoryNonceStore(clock, entriesMax) };
});
stateStoreContract("memory", () => createMemoryStateStore());
ledgerStoreContract("memory", () => createMemoryLedgerStore());
