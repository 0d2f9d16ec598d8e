import { milliseconds } from "../../src/kernel/units.ts";
import { createRecordingLogger, createVirtualTime } from "../../src/platform/memory/index.ts";
import { openDocumentStore, openEventLog, openKeyStore } from "../../src/platform/sqlite/index.ts";
import { ownThreads } from "../../src/platform/threads/index.ts";
import { documentStoreContract } from "./document-store.ts";
import { eventLogContract } from "./event-log.ts";
import { keyStoreContract } from "./key-store.ts";
import { firstMoment } from "./logged-request.ts";
import { temporaryDirectory } from "./temporary-directory.ts";

eventLogContract("sqlite", () => {
  const { clock, timer } = createVirtualTime(firstMoment);
  return openEventLog({
    threads: ownThreads,
    directory: temporaryDirectory(),
    clock,
    timer,
    logger: createRecordingLogger(),
    flushInterval: milliseconds(100),
    retention: { days: 30, bytes: 2 ** 30 },
  });
});
documentStoreContract("sqlite", () => openDocumentStore({ directory: temporaryDirectory() }));
keyStoreContract("sqlite", () => openKeyStore({ directory: temporaryDirectory() }));
