/**
 * Runs under a limit on the size of files, which fails writes as a full disk does: appends until the log tells an error,
 * goes on for a while, closes, and prints what the log says of itself. Argument: the data directory.
 */

import { milliseconds } from "../../src/kernel/units.ts";
import { createRecordingLogger } from "../../src/platform/memory/index.ts";
import { openEventLog } from "../../src/platform/sqlite/index.ts";
import { systemClock, systemTimer } from "../../src/platform/system/index.ts";
import { ownThreads } from "../../src/platform/threads/index.ts";
import { crashRecord } from "./crash-record.ts";

const [directory = ""] = process.argv.slice(2);
const logger = createRecordingLogger();
const log = openEventLog({
  threads: ownThreads,
  directory,
  clock: systemClock,
  timer: systemTimer,
  logger,
  flushInterval: milliseconds(100),
  retention: { days: 100_000, bytes: Number.MAX_SAFE_INTEGER },
});
let appended = 0;
while (log.state().lastError === undefined && appended < 10_000) {
  for (let count = 0; count < 50; count += 1) log.append(crashRecord(appended++));
  await log.flush();
}
const { lastError } = log.state();
for (let count = 0; count < 50; count += 1) log.append(crashRecord(appended++));
await log.flush();
await log.close();
const errors = logger.lines().filter(({ level }) => level === "error").length;
console.log(JSON.stringify({ ...log.state(), appended, lastError, errors }));
