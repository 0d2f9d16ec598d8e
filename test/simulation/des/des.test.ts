import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import {
  arrivalsIn,
  at,
  play,
  playPrefixes,
  policies,
  predicted,
  prefixChoices,
  prefixRequests,
} from "../../../bench/eval/balancing-models.ts";
import { createBatchFleet } from "./batch-fleet.ts";
import { createEventQueue } from "./events.ts";
import { createSharingServer } from "./sharing-server.ts";

const folder = join(import.meta.dirname, "../../../../shared/data/intelligence");
const isThere = existsSync(folder);
if (!isThere) {
  console.error(`SKIPPED: no traces in ${folder}`);
  if (process.env["CI"] === "true") throw new Error("CI needs the traces");
}

describe("the event queue", () => {
  it("goes by moments, then by the order in which they were set; what was taken off does not happen", () => {
    const queue = createEventQueue();
    const seen: string[] = [];
    queue.at(20, () => seen.push("late"));
    queue.at(10, () => {
      seen.push("first");
      queue.at(5, () => seen.push("not in the past"));
    });
    queue.at(10, () => seen.push("second"));
    queue.at(15, () => seen.push("never"))();
    expect(queue.run()).toBe(4);
    expect(seen).toEqual(["first", "second", "not in the past", "late"]);
    expect(queue.now()).toBe(20);
  });
});

describe("a server that shares its speed", () => {
  it("does two things at once more slowly than one after the other would be begun", () => {
    const queue = createEventQueue();
    const server = createSharingServer(queue, 25);
    const took: number[] = [];
    // Alone: 25 / (1 + 1/24) = 24 tokens a second.
    server.serve(48, (micros) => took.push(micros));
    queue.run();
    expect(took).toEqual([2_000_000]);
    server.serve(24, (micros) => took.push(micros));
    server.serve(24, (micros) => took.push(micros));
    queue.at(queue.now() + 100, () => server.setPace(0.5));
    queue.run();
    expect(took[1]).toBeGreaterThan(2_050_000);
    expect(took[2]).toBe(took[1]);
  });
});

describe("servers that work on so many at once", () => {
  it("let others wait in a line, and refuse those for whom there is no place in it", () => {
    const queue = createEventQueue();
    const fleet = createBatchFleet(queue, { servers: 2, speed: 24, batchMax: 1, waitingMax: 2 });
    const seen: string[] = [];
    const ask = (name: string): boolean =>
      fleet.serve(23.04, {
        started: () => seen.push(`${name} begun at ${queue.now()}`),
        done: () => seen.push(`${name} done at ${queue.now()}`),
      });
    expect(["a", "b", "c", "d", "e"].map(ask)).toEqual([true, true, true, true, false]);
    expect(fleet.waiting()).toBe(2);
    queue.run();
    expect(seen).toEqual([
      ...["a begun at 0", "b begun at 0", "a done at 1000000", "c begun at 1000000"],
      ...["b done at 1000000", "d begun at 1000000", "c done at 2000000", "d done at 2000000"],
    ]);
  });

  it("stands still when it is told to, and goes on from there", () => {
    const queue = createEventQueue();
    const fleet = createBatchFleet(queue, { servers: 1, speed: 24, batchMax: 2, waitingMax: 2 });
    const seen: string[] = [];
    const ask = (name: string) => (): void => {
      fleet.serve(11.52, {
        started: () => seen.push(`${name} begun at ${queue.now()}`),
        done: () => seen.push(`${name} done at ${Math.round(queue.now() / 1e5)}`),
      });
    };
    ask("a")();
    queue.at(250_000, () => fleet.stand(true));
    queue.at(300_000, ask("b"));
    queue.at(5_250_000, () => fleet.stand(false));
    queue.run();
    expect(seen).toEqual(["a begun at 0", "b begun at 5250000", "a done at 55", "b done at 58"]);
  });
});

describe.skipIf(!isThere)("the simulation's models", () => {
  // The specification's table, to the third digit.
  it.for([
    { policy: "inTurn", hits: 0.145, mean: 108.916, p90: 268.288, imbalance: 1.078 },
    { policy: "backlog", hits: 0.15, mean: 95.062, p90: 244.191, imbalance: 1.004 },
    { policy: "matching", hits: 0.597, mean: 2.572, p90: 7.405, imbalance: 1.026 },
    { policy: "predicted", hits: 0.559, mean: 2.649, p90: 7.32, imbalance: 1.255 },
  ] as const)("comes to the same figures of model B by $policy", ({ policy, ...expected }) => {
    const figures = playPrefixes(prefixRequests(folder), prefixChoices[policy]);
    for (const name of ["hits", "mean", "p90", "imbalance"] as const)
      expect(figures[name].toFixed(3), name).toBe(expected[name].toFixed(3));
  });

  // The ranges of p99 of the specification, widened by 5 %.
  it.for([
    ["round-robin", 0.5, 266, 313],
    ["round-robin", 0.9, 456, 488],
    ["P2C least-request", 0.75, 130, 145],
    ["least-request", 0.5, 52, 60],
    ["least-request", 0.9, 212, 233],
    ["peak-EWMA P2C", 0.5, 55, 61],
    ["peak-EWMA P2C", 0.9, 195, 227],
  ] as const)("comes into the range of model A by %s at load %d", ([policy, load, least, most]) => {
    const trace = arrivalsIn(folder);
    const runs = [0, 1, 2, 3].map((seed) => at(play(trace, { load, seed, make: policies[policy] }), 0.99));
    const mean = runs.reduce((sum, seconds) => sum + seconds, 0) / runs.length;
    expect(mean).toBeGreaterThan(0.95 * least);
    expect(mean).toBeLessThan(1.05 * most);
  });

  it("gives the same times for the same seed, and others for another", () => {
    const trace = arrivalsIn(folder);
    const digest = (seed: number): string =>
      createHash("sha256")
        .update(JSON.stringify(play(trace, { load: 0.75, seed, make: predicted })))
        .digest("hex");
    expect(digest(1)).toBe(digest(1));
    expect(digest(1)).not.toBe(digest(2));
  });
});
