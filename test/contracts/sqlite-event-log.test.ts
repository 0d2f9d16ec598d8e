import {
  appendFileSync,
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { describe, expect, it, vi } from "vitest";
import { GatewayError } from "../../src/kernel/errors.ts";
import { milliseconds } from "../../src/kernel/units.ts";
import { createRecordingLogger, createVirtualTime } from "../../src/platform/memory/index.ts";
import { openEventLog } from "../../src/platform/sqlite/index.ts";
import { ownThreads } from "../../src/platform/threads/index.ts";
import { firstMoment, loggedRequest } from "./logged-request.ts";
import { temporaryDirectory } from "./temporary-directory.ts";

const firstDay = "2026-03-14";
const secondDay = "2026-03-15";
const dayMs = 86_400_000;

function setUp(
  changes: { directory?: string; days?: number; bytes?: number; flushMs?: number; start?: number } = {},
) {
  const directory = changes.directory ?? temporaryDirectory();
  const time = createVirtualTime(changes.start ?? firstMoment);
  const logger = createRecordingLogger();
  const open = () =>
    openEventLog({
      threads: ownThreads,
      directory,
      clock: time.clock,
      timer: time.timer,
      logger,
      flushInterval: milliseconds(changes.flushMs ?? 100),
      retention: { days: changes.days ?? 30, bytes: changes.bytes ?? 2 ** 30 },
    });
  const events = join(directory, "events");
  const errors = () => logger.lines().filter(({ level }) => level === "error");
  return {
    directory,
    events,
    time,
    logger,
    open,
    errors,
    fileOf: (day: string) => join(events, `${day}.db`),
  };
}

const modeOf = (path: string): number => statSync(path).mode & 0o777;

describe("openEventLog", () => {
  it("writes what was appended one flush interval later, without being asked", async () => {
    const { open, time } = setUp();
    const log = open();
    log.append(loggedRequest(0));
    time.advance(99);
    expect(log.state()).toMatchObject({ queued: 1, written: 0 });
    time.advance(1);
    expect(log.state()).toMatchObject({ queued: 0, written: 1 });
    await log.close();
  });

  it("keeps what was written over a restart, in one file for each UTC day of the ids", async () => {
    const { open, events } = setUp();
    const first = open();
    for (const index of [0, 5, 6, 7]) first.append(loggedRequest(index));
    await first.close();
    expect(readdirSync(events).toSorted()).toEqual([`${firstDay}.db`, `${secondDay}.db`]);
    const again = open();
    expect((await again.list({ limit: 9 })).map(({ id }) => id)).toEqual(
      [7, 6, 5, 0].map((index) => loggedRequest(index).id),
    );
    expect(await again.read(loggedRequest(0).id)).toEqual(loggedRequest(0));
    await again.close();
  });

  it("lets nobody else read what it keeps: directories 0700, files 0600, the WAL too", async () => {
    const { open, events, fileOf } = setUp({ directory: join(temporaryDirectory(), "deep", "data") });
    const log = open();
    log.append(loggedRequest(0));
    await log.flush();
    expect(modeOf(join(events, ".."))).toBe(0o700);
    expect(modeOf(events)).toBe(0o700);
    for (const suffix of ["", "-wal", "-shm"]) expect(modeOf(`${fileOf(firstDay)}${suffix}`)).toBe(0o600);
    await log.close();
  });

  it("reads a day that was begun before records had routes and tenants, and goes on with it", async () => {
    const { open, events, fileOf } = setUp();
    mkdirSync(events, { recursive: true });
    for (const day of [firstDay, secondDay]) {
      const { route: _, tenant: _1, project: _2, user: _3, ...old } = loggedRequest(day === firstDay ? 0 : 6);
      const database = new DatabaseSync(fileOf(day));
      database.exec(`CREATE TABLE request (
        seq INTEGER PRIMARY KEY, id TEXT NOT NULL, at INTEGER NOT NULL, status INTEGER NOT NULL, outcome TEXT NOT NULL,
        model TEXT, provider TEXT, key_id TEXT, dialect TEXT, code TEXT, is_stream INTEGER NOT NULL,
        duration_ms REAL NOT NULL, input_tokens INTEGER, output_tokens INTEGER, cost_nano_usd INTEGER, body TEXT NOT NULL);
        CREATE UNIQUE INDEX request_by_id ON request (id);
        CREATE TRIGGER request_keeps_rows BEFORE UPDATE ON request
          BEGIN SELECT RAISE (ABORT, 'the request log is append-only'); END;
        PRAGMA user_version = 1;`);
      const values = Object.values(old).map((value) => (typeof value === "boolean" ? Number(value) : value));
      database
        .prepare(`INSERT INTO request VALUES (NULL, ${values.map(() => "?").join(", ")})`)
        .run(...values);
      database.close();
    }
    const log = open();
    const without = (index: number) => ({
      ...loggedRequest(index),
      ...{ route: null, tenant: null, project: null, user: null },
    });
    expect(await log.read(loggedRequest(0).id)).toEqual(without(0));
    expect(await log.list({ limit: 9, route: "orders" })).toEqual([]);
    expect(await log.list({ limit: 9, tenant: "default" })).toEqual([]);
    log.append(loggedRequest(10));
    await log.flush();
    expect(await log.read(loggedRequest(6).id)).toEqual(without(6));
    expect((await log.list({ limit: 9, route: "orders" })).map(({ id }) => id)).toEqual([
      loggedRequest(10).id,
    ]);
    expect(await log.list({ limit: 9 })).toHaveLength(3);
    await log.close();
  });

  it("refuses to change or delete a record, whoever asks", async () => {
    const { open, fileOf } = setUp();
    const log = open();
    log.append(loggedRequest(0));
    await log.close();
    const database = new DatabaseSync(fileOf(firstDay));
    expect(() => database.exec("UPDATE request SET status = 200")).toThrow(/append-only/);
    expect(() => database.exec("DELETE FROM request")).toThrow(/append-only/);
    database.close();
  });

  it("holds 10,000 records and drops, counts and tells of what comes beyond", async () => {
    const { open, logger } = setUp();
    const log = open();
    for (let index = 0; index < 10_003; index += 1) log.append(loggedRequest(index, { body: "{}" }, 1));
    expect(log.state()).toMatchObject({ queued: 10_000, dropped: 3 });
    expect(logger.lines().filter(({ message }) => message.includes("dropped"))).toHaveLength(1);
    await log.flush();
    expect(log.state()).toMatchObject({ queued: 0, written: 10_000, dropped: 3 });
    expect(await log.read(loggedRequest(9999, {}, 1).id)).toBeDefined();
    expect(await log.read(loggedRequest(10_000, {}, 1).id)).toBeUndefined();
    await log.close();
  });

  it("holds 16 MiB of records, and takes smaller ones again when there is room", async () => {
    const { open } = setUp();
    const log = open();
    const body = JSON.stringify("x".repeat(5 * 1024 * 1024));
    for (let index = 0; index < 5; index += 1) log.append(loggedRequest(index, { body }));
    expect(log.state()).toMatchObject({ queued: 3, dropped: 2 });
    log.append(loggedRequest(5));
    expect(log.state()).toMatchObject({ queued: 4, dropped: 2 });
    await log.flush();
    expect(log.state()).toMatchObject({ queued: 0, written: 4 });
    expect(await log.read(loggedRequest(2).id)).toEqual(loggedRequest(2, { body }));
    await log.close();
  });

  it("gives the event loop back between the transactions of one flush", async () => {
    const { open } = setUp();
    const log = open();
    for (let index = 0; index < 5000; index += 1) log.append(loggedRequest(index, {}, 1));
    const seen: number[] = [];
    const watch = setInterval(() => seen.push(log.state().queued), 0);
    const flushed = log.flush();
    expect(log.state().queued).toBeGreaterThanOrEqual(4000);
    await flushed;
    clearInterval(watch);
    expect(seen.some((queued) => queued > 0 && queued < 5000)).toBe(true);
    expect(log.state().queued).toBe(0);
    await log.close();
  });

  it("finds the few that fit among many, looking at them a slice at a time", async () => {
    const { open } = setUp();
    const log = open();
    const rare = [10, 2500, 7000];
    for (let index = 0; index < 9000; index += 1) {
      log.append(loggedRequest(index, { body: "{}", code: rare.includes(index) ? "overloaded" : null }, 1));
    }
    await log.flush();
    const found = await log.list({ search: "overloaded", limit: 10 });
    expect(found.map(({ id }) => id)).toEqual(
      rare.toReversed().map((index) => loggedRequest(index, {}, 1).id),
    );
    const forward = await log.list({ search: "overloaded", after: loggedRequest(10, {}, 1).id, limit: 1 });
    expect(forward.map(({ id }) => id)).toEqual([loggedRequest(2500, {}, 1).id]);
    await log.close();
  });
});

describe("retention of the request log", () => {
  it("deletes the days that are too old, whole, and keeps the rest", async () => {
    const { open, events, time } = setUp({ days: 2, flushMs: 60_000 });
    const log = open();
    for (const day of [0, 1, 2, 3]) {
      log.append(loggedRequest(0, {}, 0));
      log.append(loggedRequest(day, {}, dayMs));
      time.advance(dayMs);
    }
    await log.flush();
    writeFileSync(join(events, `${firstDay}.db.corrupt-x`), "");
    time.advance(60_000);
    expect(readdirSync(events).filter((name) => name.startsWith(firstDay))).toEqual([]);
    expect(await log.read(loggedRequest(0, {}, 0).id)).toBeUndefined();
    expect(await log.read(loggedRequest(3, {}, dayMs).id)).toBeDefined();
    await log.close();
    expect(readdirSync(events)).toEqual(["2026-03-17.db"]);
  });

  it("deletes the oldest days until the rest fits, but never today's", async () => {
    const { open, events, time } = setUp({ bytes: 100_000, flushMs: 60_000, start: firstMoment - dayMs / 2 });
    const first = open();
    const body = JSON.stringify("x".repeat(60_000));
    for (const day of [0, 1, 2]) {
      first.append(loggedRequest(day, { body }, dayMs));
      await first.flush();
      time.advance(day === 2 ? 0 : dayMs);
    }
    await first.close();
    const again = open();
    expect(readdirSync(events).filter((name) => name.endsWith(".db"))).toEqual(["2026-03-16.db"]);
    for (let index = 0; index < 5; index += 1) again.append(loggedRequest(172_800 + index, { body }, 1000));
    await again.flush();
    time.advance(60_000);
    expect(await again.list({ limit: 9 })).toHaveLength(6);
    expect(again.state().bytes).toBeGreaterThan(100_000);
    await again.close();
  });
});

describe("the request log when its store fails", () => {
  it("keeps records, tells the error, tries again by itself and recovers", async () => {
    const { open, events, time, errors } = setUp();
    const log = open();
    rmSync(events, { recursive: true });
    writeFileSync(events, "a file where the directory was");
    log.append(loggedRequest(0));
    time.advance(100);
    expect(log.state()).toMatchObject({
      queued: 1,
      written: 0,
      dropped: 0,
      lastError: expect.stringMatching(/EEXIST/),
    });
    expect(await log.list({ limit: 5 })).toHaveLength(1);
    time.advance(1000);
    expect(errors()).toHaveLength(1);
    rmSync(events);
    await log.flush();
    expect(log.state()).toMatchObject({ queued: 0, written: 1, lastError: undefined });
    expect(await log.read(loggedRequest(0).id)).toEqual(loggedRequest(0));
    await log.close();
  });

  it("tries more and more rarely, up to every 5 s, while the failure lasts", async () => {
    const { open, events, time } = setUp();
    const log = open();
    rmSync(events, { recursive: true });
    writeFileSync(events, "");
    log.append(loggedRequest(0));
    time.advance(60_000);
    await Promise.resolve();
    rmSync(events);
    time.advance(5100);
    await log.flush();
    expect(log.state()).toMatchObject({ queued: 0, written: 1 });
    await log.close();
  });

  it("counts what it could not write as dropped when it is closed", async () => {
    const { open, events, errors } = setUp();
    const log = open();
    rmSync(events, { recursive: true });
    writeFileSync(events, "");
    log.append(loggedRequest(0));
    await log.close();
    expect(log.state()).toMatchObject({ queued: 0, written: 0, dropped: 1 });
    expect(errors().map(({ message }) => message)).toContain("request records are lost at the end");
  });

  it("begins a new file when someone has deleted the one it writes", async () => {
    const { open, fileOf } = setUp();
    const log = open();
    log.append(loggedRequest(0));
    await log.flush();
    for (const suffix of ["", "-wal", "-shm"]) rmSync(`${fileOf(firstDay)}${suffix}`);
    log.append(loggedRequest(1));
    await log.flush();
    expect(existsSync(fileOf(firstDay))).toBe(true);
    expect((await log.list({ limit: 5 })).map(({ id }) => id)).toEqual([loggedRequest(1).id]);
    await log.close();
  });

  it("says what to do when the directory cannot be used at the start", () => {
    const directory = join(temporaryDirectory(), "file");
    writeFileSync(directory, "");
    const { open } = setUp({ directory });
    expect(open).toThrow(GatewayError);
    expect(open).toThrow(expect.objectContaining({ code: "storage_unavailable" }));
    expect(() => open()).toThrow(
      expect.objectContaining({ publicMessage: expect.stringMatching(/cannot be used.*--data-dir/) }),
    );
  });

  it.skipIf(process.getuid?.() === 0)("says so too when it may not write there", () => {
    const directory = temporaryDirectory();
    chmodSync(directory, 0o500);
    expect(setUp({ directory }).open).toThrow(expect.objectContaining({ code: "storage_unavailable" }));
  });

  it("refuses a day file of a newer version, naming both", () => {
    const { open, events, fileOf } = setUp();
    mkdirSync(events);
    const database = new DatabaseSync(fileOf(firstDay));
    database.exec("PRAGMA user_version = 7");
    database.close();
    expect(open).toThrow(/has schema 7; this version of the gateway knows up to 3/);
  });
});

describe("the request log after damage", () => {
  it("sets a file aside that is no database, says so, and begins a new one", async () => {
    const { open, events, fileOf, errors } = setUp();
    mkdirSync(events);
    writeFileSync(fileOf(firstDay), "not a database, but long enough to look at ".repeat(100));
    const log = open();
    log.append(loggedRequest(0));
    await log.flush();
    expect(await log.list({ limit: 5 })).toHaveLength(1);
    const [kept = ""] = readdirSync(events).filter((name) => name.includes(".db.corrupt-"));
    expect(readFileSync(join(events, kept), "utf8")).toMatch(/^not a database/);
    expect(errors()).toEqual([
      expect.objectContaining({ fields: expect.objectContaining({ file: fileOf(firstDay) }) }),
    ]);
    await log.close();
  });

  it("checks the file that a killed process left, and sets it aside when a page is damaged", async () => {
    const { open, events, fileOf, errors } = setUp();
    const log = open();
    for (let index = 0; index < 1000; index += 1) log.append(loggedRequest(index, {}, 10));
    await log.close();
    const whole = readFileSync(fileOf(firstDay));
    whole.fill(0xff, 4096 * 8, 4096 * 9);
    writeFileSync(fileOf(firstDay), whole);
    // A WAL is left behind only by a process that did not come to its end.
    writeFileSync(`${fileOf(firstDay)}-wal`, "");
    const again = open();
    expect(errors()).toHaveLength(1);
    expect(readdirSync(events).some((name) => name.startsWith(`${firstDay}.db.corrupt-`))).toBe(true);
    again.append(loggedRequest(0));
    await again.flush();
    expect(again.state()).toMatchObject({ written: 1, lastError: undefined });
    await again.close();
  });

  it("keeps the WAL small: what is written moves into the file, and the WAL begins anew", async () => {
    const { open, fileOf } = setUp();
    const log = open();
    const body = JSON.stringify("x".repeat(20_000));
    const sizeOf = (suffix: string): number => statSync(`${fileOf(firstDay)}${suffix}`).size;
    const megabytes = 1_000_000;
    for (let round = 1; round <= 7; round += 1) {
      for (let index = 0; index < 500; index += 1)
        log.append(loggedRequest(round * 500 + index, { body }, 1));
      await log.flush();
      // 10 MB have come, so at least 8 of each round are on their way.
      await vi.waitFor(() => expect(sizeOf("")).toBeGreaterThan(round * 8 * megabytes), 10_000);
    }
    expect(log.state()).toMatchObject({ written: 3500, queued: 0, lastError: undefined });
    // 70 MB went through it; on a busy machine the copy lags behind by a round or two.
    expect(sizeOf("-wal")).toBeLessThan(50 * megabytes);
    await log.close();
  });

  it("takes a WAL with a torn end: what was whole is there, nothing is set aside", async () => {
    const { open, directory, fileOf, errors } = setUp();
    const log = open();
    for (let index = 0; index < 50; index += 1) log.append(loggedRequest(index, {}, 10));
    await log.flush();
    const copy = setUp({ directory: join(directory, "copy") });
    mkdirSync(copy.events, { recursive: true });
    for (const suffix of ["", "-wal"]) {
      writeFileSync(`${copy.fileOf(firstDay)}${suffix}`, readFileSync(`${fileOf(firstDay)}${suffix}`));
    }
    appendFileSync(`${copy.fileOf(firstDay)}-wal`, Buffer.alloc(1500, 0xab));
    const again = copy.open();
    expect(await again.list({ limit: 100 })).toHaveLength(50);
    expect(copy.errors()).toEqual([]);
    expect(errors()).toEqual([]);
    await again.close();
    await log.close();
  });

  it("leaves an old file that cannot be read out of the list, and says so once", async () => {
    const { open, events, errors } = setUp();
    const log = open();
    log.append(loggedRequest(0));
    await log.flush();
    writeFileSync(join(events, "2026-03-01.db"), "x".repeat(5000));
    expect(await log.list({ limit: 5 })).toHaveLength(1);
    expect(await log.list({ limit: 5 })).toHaveLength(1);
    expect(errors()).toHaveLength(1);
    await log.close();
  });
});
