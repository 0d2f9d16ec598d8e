import { mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createVirtualTime } from "../memory/index.ts";
import { systemTimer } from "../system/index.ts";
import { createFileConfig } from "./file-config.ts";

let directory = "";
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "sallyport-config-"));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

/** A watched file `sallyport.yaml` with the text `one`, read once; time stands still until it is moved. */
async function watched(files: readonly string[] = []) {
  const file = join(directory, "sallyport.yaml");
  writeFileSync(file, "one");
  const time = createVirtualTime();
  const config = createFileConfig(file, time.timer);
  await config.source.read();
  for (const name of files) config.readReference(name);
  config.source.follow(files);
  let changes = 0;
  const end = config.source.watch(() => {
    changes += 1;
  });
  return { ...config, file, time, end, changes: () => changes };
}

describe("read", () => {
  it("gives the text, without a byte order mark", async () => {
    const file = join(directory, "a.yaml");
    writeFileSync(file, "\ufefftext");
    expect(await createFileConfig(file, systemTimer).source.read()).toEqual({ kind: "text", text: "text" });
  });

  it.for<{ name: string; make: (file: string) => void; reason: string }>([
    { name: "there is no file", make: () => {}, reason: "there is no such file" },
    { name: "it is a directory", make: (file) => mkdirSync(file), reason: "it is a directory" },
    {
      name: "it is a device",
      make: (file) => symlinkSync("/dev/null", file),
      reason: "it is not a regular file",
    },
    {
      name: "its links lead in a circle",
      make: (file) => symlinkSync(file, file),
      reason: "its links lead in a circle",
    },
    {
      name: "it is not UTF-8",
      make: (file) => writeFileSync(file, Uint8Array.of(0xff, 0xfe, 0x00)),
      reason: "it is not UTF-8 text",
    },
    {
      name: "it is too large",
      make: (file) => writeFileSync(file, "x".repeat(4 * 1024 ** 2 + 1)),
      reason: "it is larger than 4194304 bytes",
    },
  ])("says why there is no text when $name", async ({ make, reason }) => {
    const file = join(directory, "a.yaml");
    make(file);
    expect(await createFileConfig(file, systemTimer).source.read()).toEqual({ kind: "unreadable", reason });
  });
});

describe("readReference", () => {
  it("starts at the directory of the configuration file", () => {
    mkdirSync(join(directory, "secrets"));
    writeFileSync(join(directory, "secrets/key"), "sk\n");
    const { readReference } = createFileConfig(join(directory, "sallyport.yaml"), systemTimer);
    expect(readReference("secrets/key")).toEqual({ kind: "text", text: "sk\n" });
    expect(readReference(join(directory, "secrets/key"))).toEqual({ kind: "text", text: "sk\n" });
    expect(readReference("secrets/none")).toEqual({ kind: "unreadable", reason: "there is no such file" });
  });
});

describe("watch", () => {
  it("tells of a new text once it has held still for 250 ms, and once only", async () => {
    const { file, time, changes } = await watched();
    writeFileSync(file, "two");
    time.advance(1000);
    expect(changes()).toBe(0);
    time.advance(250);
    expect(changes()).toBe(1);
    time.advance(10_000);
    expect(changes()).toBe(1);
  });

  it("does not tell of a text that is still being written", async () => {
    const { file, time, changes } = await watched();
    writeFileSync(file, "two, first ha");
    time.advance(1000);
    writeFileSync(file, "two, first half and second");
    time.advance(250);
    expect(changes()).toBe(0);
    time.advance(250);
    expect(changes()).toBe(1);
  });

  it("does not tell of a text that came back to what it was", async () => {
    const { file, time, changes } = await watched();
    writeFileSync(file, "two");
    time.advance(1000);
    writeFileSync(file, "one");
    time.advance(10_000);
    expect(changes()).toBe(0);
  });

  it("tells of a file that is gone, and of its return", async () => {
    const { file, time, changes } = await watched();
    rmSync(file);
    time.advance(1250);
    expect(changes()).toBe(1);
    time.advance(5000);
    expect(changes()).toBe(1);
    writeFileSync(file, "one");
    time.advance(1250);
    expect(changes()).toBe(2);
  });

  it("sees the swap of a symbolic link as Kubernetes makes it", async () => {
    for (const [revision, text] of [
      ["1", "one"],
      ["2", "two"],
    ] as const) {
      mkdirSync(join(directory, `..${revision}`));
      writeFileSync(join(directory, `..${revision}`, "sallyport.yaml"), text);
    }
    symlinkSync("..1", join(directory, "..data"));
    const file = join(directory, "sallyport.yaml");
    symlinkSync(join("..data", "sallyport.yaml"), file);
    const time = createVirtualTime();
    const { source } = createFileConfig(file, time.timer);
    await source.read();
    let changes = 0;
    source.watch(() => {
      changes += 1;
    });
    symlinkSync("..2", join(directory, "..data_tmp"));
    renameSync(join(directory, "..data_tmp"), join(directory, "..data"));
    time.advance(1250);
    expect(changes).toBe(1);
    expect(await source.read()).toEqual({ kind: "text", text: "two" });
  });

  it("tells of a followed file that changes or appears", async () => {
    writeFileSync(join(directory, "key"), "sk-1");
    const { time, changes } = await watched(["key", "later"]);
    time.advance(5000);
    expect(changes()).toBe(0);
    writeFileSync(join(directory, "key"), "sk-2");
    time.advance(1250);
    expect(changes()).toBe(1);
    writeFileSync(join(directory, "later"), "sk-3");
    time.advance(1250);
    expect(changes()).toBe(2);
  });

  it("does not miss a followed file that changed between its reading and the call of follow", async () => {
    const { source, readReference, time, changes } = await watched();
    writeFileSync(join(directory, "key"), "sk-1");
    readReference("key");
    writeFileSync(join(directory, "key"), "sk-2");
    source.follow(["key"]);
    time.advance(1250);
    expect(changes()).toBe(1);
  });

  it("does not tell again of files that whoever listens does not read by itself", async () => {
    writeFileSync(join(directory, "key"), "sk-1");
    const { source, time, changes } = await watched();
    source.follow(["key"]);
    writeFileSync(join(directory, "key"), "sk-2");
    time.advance(1250);
    expect(changes()).toBe(1);
    source.follow(["key"]);
    time.advance(5000);
    expect(changes()).toBe(1);
  });

  it("tells nothing after its end, and leaves no timer behind", async () => {
    const { file, time, end, changes } = await watched();
    end();
    writeFileSync(file, "two");
    time.advance(5000);
    expect(changes()).toBe(0);
    expect(time.pending()).toBe(0);
  });

  it("hears of a change by the events of the directory, before any poll", async () => {
    const { file, time, changes } = await watched();
    const pending = time.pending();
    writeFileSync(file, "two");
    await expect.poll(() => time.pending(), { timeout: 5000 }).toBeGreaterThan(pending);
    await expect
      .poll(
        () => {
          time.advance(250);
          return changes();
        },
        { timeout: 5000 },
      )
      .toBe(1);
    expect(time.clock.now() - Date.UTC(2026, 0, 1)).toBeLessThan(1000);
  });

  it("polls where there is no directory yet", async () => {
    const file = join(directory, "later", "sallyport.yaml");
    const time = createVirtualTime();
    const { source } = createFileConfig(file, time.timer);
    await source.read();
    let changes = 0;
    source.watch(() => {
      changes += 1;
    });
    mkdirSync(join(directory, "later"));
    writeFileSync(file, "one");
    time.advance(1250);
    expect(changes).toBe(1);
  });

  it("works on the machine's own clock", async () => {
    const file = join(directory, "sallyport.yaml");
    writeFileSync(file, "one");
    const { source } = createFileConfig(file, systemTimer);
    await source.read();
    const changed = Promise.withResolvers<void>();
    const end = source.watch(changed.resolve);
    writeFileSync(file, "two");
    await changed.promise;
    end();
    expect(await source.read()).toEqual({ kind: "text", text: "two" });
  });
});
