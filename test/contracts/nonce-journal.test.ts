import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { epochMs } from "../../src/kernel/units.ts";
import { createMemoryNonceStore } from "../../src/platform/memory/index.ts";
import { openNonceJournal } from "../../src/platform/nonce-journal/index.ts";
import { nonceStoreContract } from "./nonce-store.ts";
import { temporaryDirectory } from "./temporary-directory.ts";

const createTime = () => {
  let at = 1_700_000_000_000;
  return {
    now: () => epochMs(at),
    pass: (ms: number) => {
      at += ms;
    },
  };
};
type Time = ReturnType<typeof createTime>;
const open = (directory: string, clock: Time, { entriesMax = 1000, bytesMax = 1000 } = {}) =>
  openNonceJournal({ directory, memory: createMemoryNonceStore(clock, entriesMax) }, clock, bytesMax);

nonceStoreContract("a journal", (entriesMax) => {
  const clock = createTime();
  return { clock, store: open(temporaryDirectory(), clock, { entriesMax }) };
});

describe("a journal of nonces", () => {
  const claimIn = (store: ReturnType<typeof open>, clock: Time) => (nonce: string) =>
    store.claim({ keyId: "k", nonce }, epochMs(clock.now() + 420_000));

  it("knows after a restart what was used before it, though nobody has closed it, until its time", () => {
    const [directory, clock] = [temporaryDirectory(), createTime()];
    expect(claimIn(open(directory, clock), clock)("a")).toBe("fresh");
    clock.pass(419_999);
    expect(claimIn(open(directory, clock), clock)("a")).toBe("seen");
    clock.pass(1);
    expect(claimIn(open(directory, clock), clock)("a")).toBe("fresh");
  });

  it("passes over the half line of a killed process, and writes no line into it", () => {
    const [directory, clock] = [temporaryDirectory(), createTime()];
    writeFileSync(join(directory, "nonces.log"), `${clock.now() + 5000} k a\n${clock.now() + 5000} k`);
    const claim = claimIn(open(directory, clock), clock);
    expect(claim("a")).toBe("seen");
    expect(claim("b")).toBe("fresh");
    expect(claimIn(open(directory, clock), clock)("b")).toBe("seen");
  });

  it("keeps no more on the disk than what counts and what is as old again, for its owner alone", () => {
    const [directory, clock] = [temporaryDirectory(), createTime()];
    const claim = claimIn(open(directory, clock), clock);
    for (let count = 0; count < 1000; count += 1) {
      claim(`nonce-${count}`);
      clock.pass(42_000);
    }
    const files = readdirSync(directory).map((name) => join(directory, name));
    expect(files).toHaveLength(2);
    for (const file of files) expect(statSync(file)).toMatchObject({ mode: 0o100_600 });
    expect(files.reduce((sum, file) => sum + statSync(file).size, 0)).toBeLessThan(2500);
    const again = claimIn(open(directory, clock), clock);
    expect(["nonce-999", "nonce-991", "nonce-990"].map(again)).toEqual(["seen", "seen", "fresh"]);
    expect(readFileSync(join(directory, "nonces.log"), "utf8").split("\n")).toHaveLength(11);
  });

  it("lets nobody pass whose nonce it cannot write down, nor starts where it cannot read", () => {
    const [directory, clock] = [temporaryDirectory(), createTime()];
    const store = open(directory, clock);
    store.close();
    expect(() => claimIn(store, clock)("a")).toThrow("storage_unavailable");
    const other = temporaryDirectory();
    mkdirSync(join(other, "nonces.log"));
    expect(() => open(other, clock)).toThrow("storage_unavailable");
  });
});
