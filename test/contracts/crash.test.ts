import { type ChildProcessByStdio, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import { setTimeout as after } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { milliseconds } from "../../src/kernel/units.ts";
import {
  createRecordingLogger,
  createSeededRandom,
  createVirtualTime,
  type RecordingLogger,
} from "../../src/platform/memory/index.ts";
import { openEventLog } from "../../src/platform/sqlite/index.ts";
import { ownThreads } from "../../src/platform/threads/index.ts";
import { crashRecord } from "./crash-record.ts";
import { storedBodies } from "./stored-bodies.ts";
import { temporaryDirectory } from "./temporary-directory.ts";

const rounds = 6;
const seed = 20_261_125;

/** Runs the victim until it has acknowledged something, lets it live on for a random moment, and kills it. */
async function killedWriter(directory: string, first: number, lifeMs: number): Promise<number> {
  const victim: ChildProcessByStdio<null, Readable, null> = spawn(
    process.execPath,
    [join(import.meta.dirname, "crash-writer.ts"), directory, String(first)],
    { stdio: ["ignore", "pipe", "inherit"] },
  );
  const closed = once(victim, "close");
  let acknowledged = first;
  const lines = createInterface(victim.stdout);
  lines.on("line", (line) => {
    acknowledged = Number(line);
  });
  await once(lines, "line");
  await after(lifeMs);
  victim.kill("SIGKILL");
  const [, signal] = await closed;
  expect(signal).toBe("SIGKILL");
  return acknowledged;
}

/** Opens and closes the log as the next start does, on the day that was being written. */
async function reopened(directory: string, at: number): Promise<RecordingLogger> {
  const { clock, timer } = createVirtualTime(at);
  const logger = createRecordingLogger();
  const log = openEventLog({
    threads: ownThreads,
    directory,
    clock,
    timer,
    logger,
    flushInterval: milliseconds(100),
    retention: { days: 100_000, bytes: Number.MAX_SAFE_INTEGER },
  });
  await log.close();
  return logger;
}

describe("the request log under kill -9", () => {
  it("has every acknowledged record, whole and in order, however often it is killed", {
    timeout: 60_000,
  }, async () => {
    const directory = temporaryDirectory();
    const random = createSeededRandom(seed);
    let stored = 0;
    for (let round = 0; round < rounds; round += 1) {
      const [byte = 0] = random.bytes(1);
      const acknowledged = await killedWriter(directory, stored, byte * 1.5);
      expect(acknowledged).toBeGreaterThan(stored);
      const logger = await reopened(directory, crashRecord(acknowledged).at);
      expect(logger.lines().filter(({ level }) => level === "error")).toEqual([]);

      const bodies = storedBodies(directory);
      expect(bodies.length).toBeGreaterThanOrEqual(acknowledged);
      // A prefix of what was appended, each body byte for byte: nothing missing, nothing half.
      bodies.forEach((body, index) => {
        if (body !== crashRecord(index).body)
          expect.fail(`record ${index} of round ${round} is not what was appended`);
      });
      stored = bodies.length;
    }
  });
});
