/**
 * The victim of `crash.test.ts`: appends records as fast as it may and says, after each interval, how many the log
 * calls written. Arguments: the data directory, the number of the first record.
 */

import { writeSync } from "node:fs";
import { milliseconds } from "../../src/kernel/units.ts";
import { createRecordingLogger } from "../../src/platform/memory/index.ts";
import { openEventLog } from "../../src/platform/sqlite/index.ts";
import { systemClock, systemTimer } from "../../src/platform/system/index.ts";
import { ownThreads } from "../../src/platform/threads/index.ts";
import { crashRecord } from "./crash-record.ts";

const [directory = "", first = "0"] = process.argv.slice(2);
const log = openEventLog({
  threads: ownThreads,
  directory,
  clock: systemClock,
  timer: systemTimer,
  logger: createRecordingLogger(),
  flushInterval: milliseconds(100),
  retention: { days: 100_000, bytes: Number.MAX_SAFE_INTEGER },
});
const queuedMax = 4000;
let next = Number(first);
let told = 0;
setInterval(() => {
  const { written, queued } = log.state();
  // Never more than the queue holds: a dropped record is rightly missing, which is not what the test is about.
  if (queued < queuedMax) for (let count = 0; count < 40; count += 1) log.append(crashRecord(next++));
  if (written === told) return;
  told = written;
  writeSync(1, `${Number(first) + written}\n`);
}, 1);
