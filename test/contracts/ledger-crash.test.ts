import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as after } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { createSeededRandom } from "../../src/platform/memory/index.ts";
import { openLedgerStore } from "../../src/platform/sqlite/index.ts";
import { ownThreads } from "../../src/platform/threads/index.ts";
import type { WrittenEntry } from "../../src/ports/ledger-store.ts";
import { temporaryDirectory } from "./temporary-directory.ts";

const rounds = 8;
const seed = 20_261_128;

/** Runs the victim until it has promised something, lets it live on for a random moment, and kills it. */
async function killed(directory: string, first: number, lifeMs: number): Promise<Promises> {
  const victim = spawn(
    process.execPath,
    [join(import.meta.dirname, "ledger-crash-writer.ts"), directory, String(first)],
    { stdio: ["ignore", "pipe", "inherit"] },
  );
  const closed = once(victim, "close");
  await once(createInterface(victim.stdout), "line");
  await after(lifeMs);
  victim.kill("SIGKILL");
  const [, signal] = await closed;
  expect(signal).toBe("SIGKILL");
  const lines = readFileSync(join(directory, "promised"), "utf8").split("\n");
  const named = (word: string) =>
    lines.filter((line) => line.startsWith(`${word} `)).map((line) => Number(line.slice(word.length + 1)));
  return { held: named("held"), drawn: named("drawn").filter((number) => number >= first) };
}

/** Numbers of calls. */
interface Promises {
  /** Of all rounds. */
  readonly held: readonly number[];
  /** Of this one. */
  readonly drawn: readonly number[];
}

const amountOf = (number: number): number => 1_000_000 + number;

async function allEntries(directory: string) {
  const store = openLedgerStore({ directory, threads: ownThreads });
  const entries: WrittenEntry[] = [];
  for (;;) {
    const before = entries.at(-1)?.id;
    const page = await store.entries({
      budget: "all",
      limit: 5000,
      ...(before === undefined ? {} : { before }),
    });
    entries.push(...page);
    if (page.length === 0) break;
  }
  const differences = await store.check(0);
  const { totals, open, slices } = await store.open(0);
  await store.close();
  return { entries, differences, totals, open, slices };
}

describe("the ledger of budgets under kill -9", () => {
  it("has every promised reservation, none settled twice, and totals that are their sum, however often it is killed", {
    timeout: 120_000,
  }, async () => {
    const directory = temporaryDirectory();
    const random = createSeededRandom(seed);
    let first = 0;
    let uncertain = 0;
    for (let round = 0; round < rounds; round += 1) {
      const [byte = 0] = random.bytes(1);
      const { held, drawn } = await killed(directory, first, byte);
      const { entries, differences, totals, open, slices } = await allEntries(directory);
      const reserved = new Map(
        entries.filter(({ kind }) => kind === "reserve").map((entry) => [entry.request, entry]),
      );
      expect(held.length).toBeGreaterThan(round);
      expect(held.filter((number) => reserved.get(`r${number}`)?.nanoUsd !== amountOf(number))).toEqual([]);
      // What was drawn and is not in the ledger is no more than the slice that is: it is charged at the next start.
      const lost = drawn.filter((number) => !reserved.has(`r${number}`));
      const slice = slices.find(({ budget }) => budget === "all")?.nanoUsd ?? 0;
      expect(lost.reduce((total, number) => total + amountOf(number), 0)).toBeLessThanOrEqual(slice);
      uncertain += lost.length;
      const ended = entries.filter(({ kind }) => kind === "settle" || kind === "release");
      expect(new Set(ended.map(({ request, kind }) => `${kind} ${request}`)).size).toBe(ended.length);
      expect(new Set(ended.map(({ request }) => request)).size).toBe(ended.length);
      expect(ended.filter(({ request }) => !reserved.has(request))).toEqual([]);
      expect(differences).toEqual([]);
      const spent = entries.filter(({ kind }) => kind === "settle" || kind === "adjust");
      const sum = spent.reduce((total, { nanoUsd }) => total + BigInt(nanoUsd), 0n);
      const waiting = open.reduce((total, { nanoUsd }) => total + BigInt(nanoUsd), 0n);
      expect(totals.find(({ budget }) => budget === "all")).toMatchObject({
        settled: sum,
        reserved: waiting,
      });
      expect(totals).toHaveLength(2);
      first += 1_000_000;
    }
    expect(uncertain).toBeGreaterThan(0);
    const { entries } = await allEntries(directory);
    const estimated = entries.filter((entry) => entry.estimated);
    expect(estimated.filter(({ kind }) => kind === "settle").length).toBeGreaterThan(0);
    expect(estimated.filter(({ kind }) => kind === "adjust").length).toBeGreaterThan(0);
  });
});
