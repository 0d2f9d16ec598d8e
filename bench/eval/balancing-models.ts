import { readFileSync } from "node:fs";
import { join } from "node:path";
import { createPlacement } from "../../src/capabilities/load-balancing/index.ts";
import { explored, type Rankable, rank } from "../../src/capabilities/routing/learned.ts";
import { promptWork } from "../../src/exchange/work.ts";
import { createEventQueue } from "../../test/simulation/des/events.ts";
import { createPrefixNode } from "../../test/simulation/des/prefix-node.ts";
import { createSharingServer, type SharingServer } from "../../test/simulation/des/sharing-server.ts";
import { seeded } from "./result.ts";
import { mean } from "./rows.ts";

export const conversations = "azure_llm_2023_conv.csv";
export const prefixes = "mooncake_synthetic_trace.jsonl";
const speeds = [60, 60, 60, 36, 36, 36, 36, 21, 21, 21] as const;
const servedMax = 12_000;
const capacity = 9288;
const microsPerSecond = 1e6;
const slowPace = 0.3;
const slowSeconds = 30;

export interface Arrival {
  readonly at: number;
  readonly work: number;
}

/** What sends requests to servers; asked at each arrival. */
export interface Policy {
  readonly choose: (work: number, now: number) => number;
  readonly begun: (server: number, work: number, now: number) => (now: number) => void;
}
export type PolicyMaker = (servers: readonly SharingServer[], random: () => number) => Policy;

export function arrivalsIn(folder: string): { readonly rows: readonly Arrival[]; readonly offered: number } {
  const lines = readFileSync(join(folder, conversations), "utf8").trim().split("\n").slice(1);
  const rows = lines.map((line): Arrival => {
    const [time = "", input = "", output = ""] = line.split(",");
    const [, minute = 0, second = 0] = (time.split(" ")[1] ?? "").split(":").map(Number);
    const hour = Number(time.slice(11, 13));
    return { at: 3600 * hour + 60 * minute + second, work: Number(output) + promptWork * Number(input) };
  });
  const [first] = rows;
  const from = first?.at ?? 0;
  const span = (rows.at(-1)?.at ?? 0) - from;
  const offered = rows.reduce((sum, { work }) => sum + work, 0) / span;
  return { rows: rows.map(({ at, work }) => ({ at: at - from, work })), offered };
}

/** Seconds of each request, sorted. Each part has its own random numbers, so that all policies meet the same faults. */
export function play(
  { rows, offered }: ReturnType<typeof arrivalsIn>,
  { load, seed, make }: { readonly load: number; readonly seed: number; readonly make: PolicyMaker },
): readonly number[] {
  const queue = createEventQueue();
  const servers = speeds.map((speed) => createSharingServer(queue, speed));
  const policy = make(servers, seeded(seed));
  const faults = seeded(1000 + seed);
  const stretch = offered / (capacity * load);
  const seconds = (): number => queue.now() / microsPerSecond;
  const took: number[] = [];
  const served = rows.slice(0, servedMax);
  for (const { at, work } of served) {
    queue.at(at * stretch * microsPerSecond, () => {
      const chosen = policy.choose(work, seconds());
      const ended = policy.begun(chosen, work, seconds());
      servers[chosen]?.serve(work, (micros) => {
        took.push(micros / microsPerSecond);
        ended(seconds());
      });
    });
  }
  const last = (served.at(-1)?.at ?? 0) * stretch;
  for (let from = slowSeconds; from < last; from += 2 * slowSeconds) {
    const slow = Math.floor(faults() * servers.length);
    queue.at(from * microsPerSecond, () => servers[slow]?.setPace(slowPace));
    queue.at((from + slowSeconds) * microsPerSecond, () => servers[slow]?.setPace(1));
  }
  queue.run();
  return took.toSorted((left, right) => left - right);
}

export const at = (sorted: readonly number[], share: number): number =>
  sorted[Math.floor(share * (sorted.length - 1))] ?? Number.NaN;

const untold: Policy["begun"] = () => () => undefined;

const roundRobin: PolicyMaker = (servers) => {
  let next = -1;
  return {
    choose: () => {
      next = (next + 1) % servers.length;
      return next;
    },
    begun: untold,
  };
};

function two(count: number, random: () => number): readonly [number, number] {
  const first = Math.floor(random() * count);
  const other = Math.floor(random() * (count - 1));
  return [first, other >= first ? other + 1 : other];
}

export const leastOf = (members: readonly number[], cost: (member: number) => number): number =>
  members.reduce((best, member) => (cost(member) < cost(best) ? member : best));

const powerOfTwo: PolicyMaker = (servers, random) => ({
  choose: () => leastOf(two(servers.length, random), (member) => servers[member]?.inFlight() ?? 0),
  begun: untold,
});

const leastRequest: PolicyMaker = (servers) => ({
  choose: () => leastOf([...servers.keys()], (member) => servers[member]?.inFlight() ?? 0),
  begun: untold,
});

/** As Finagle and linkerd have it: the peak counts at once and fades over ten seconds. */
const peakEwma: PolicyMaker = (servers, random) => {
  const costs = servers.map(() => ({ cost: 0, at: 0 }));
  return {
    choose: () =>
      leastOf(
        two(servers.length, random),
        (member) => (costs[member]?.cost ?? 0) * ((servers[member]?.inFlight() ?? 0) + 1),
      ),
    begun: (member, _, began) => (now) => {
      const known = costs[member];
      if (known === undefined) return;
      const rtt = now - began;
      known.cost = rtt > known.cost ? rtt : rtt + (known.cost - rtt) * Math.exp(-(now - known.at) / 10);
      known.at = now;
    },
  };
};

/** The product's own: its lines, its ranking. */
export const predicted: PolicyMaker = (servers, random) => {
  const placement = createPlacement();
  const names = servers.map((_, server) => String(server));
  const others = (): readonly string[] => names;
  const alike: Omit<Rankable, "name" | "doneMs"> = {
    tier: 0,
    weight: 1,
    costNanoUsd: null,
    costHighNanoUsd: null,
    latencyMs: 0,
    latencyHighMs: 0,
    inFlight: 0,
    health: 1,
    quality: 1,
    answers: 1,
  };
  const rules = { strategy: "predicted", weights: { cost: 0, latency: 0, health: 0, quality: 0 } } as const;
  return {
    choose: (work, now) => {
      const members = names.map(
        (name): Rankable => ({
          ...alike,
          name,
          doneMs: 1000 * placement.predict(name, { work, others }, now),
        }),
      );
      const ranked = rank(members, rules, { random, turns: new Map() });
      return Number((explored(ranked, random) ?? ranked)[0]?.target.name);
    },
    begun: (member, work, began) => {
      const placed = placement.begin(String(member), began);
      return (now) => placed.succeeded(work, now);
    },
  };
};

/** What nobody can do: it sees how fast each server is now. */
const told: PolicyMaker = (servers) => ({
  choose: () => leastOf([...servers.keys()], (member) => 1 / (servers[member]?.rateOfNext() ?? 1)),
  begun: untold,
});

export const policies = {
  "round-robin": roundRobin,
  "P2C least-request": powerOfTwo,
  "least-request": leastRequest,
  "peak-EWMA P2C": peakEwma,
  "told all speeds": told,
} as const;

export interface PrefixRequest {
  readonly at: number;
  readonly blocks: readonly number[];
}

export function prefixRequests(folder: string): readonly PrefixRequest[] {
  return readFileSync(join(folder, prefixes), "utf8")
    .trim()
    .split("\n")
    .map((line) => {
      const row: { readonly timestamp: number; readonly hash_ids: readonly number[] } = JSON.parse(line);
      return { at: row.timestamp / 1000, blocks: row.hash_ids };
    });
}

export const nodesCount = 8;
const nodeBlocks = 3000;

export interface PrefixFigures {
  readonly hits: number;
  readonly mean: number;
  readonly p90: number;
  readonly imbalance: number;
}

export type Nodes = readonly ReturnType<typeof createPrefixNode>[];

export function playPrefixes(
  requests: readonly PrefixRequest[],
  choose: (nodes: Nodes, request: PrefixRequest, index: number) => number,
): PrefixFigures {
  const nodes = Array.from({ length: nodesCount }, () => createPrefixNode(nodeBlocks));
  let hits = 0;
  let blocks = 0;
  const took = requests.map((request, index) => {
    const node = nodes[choose(nodes, request, index)];
    if (node === undefined) return Number.NaN;
    hits += node.matching(request.blocks);
    blocks += request.blocks.length;
    return node.serve(request.at, request.blocks) - request.at;
  });
  const sorted = took.toSorted((left, right) => left - right);
  const busy = nodes.map((node) => node.busy());
  return {
    hits: hits / blocks,
    mean: mean(took),
    p90: sorted[Math.floor(0.9 * sorted.length)] ?? Number.NaN,
    imbalance: Math.max(...busy) / mean(busy),
  };
}

export const indexes = Array.from({ length: nodesCount }, (_, index) => index);
/** When it would be done: what is before it, and the blocks it lacks. */
export const doneIn = (nodes: Nodes, { at: now, blocks }: PrefixRequest, node: number): number =>
  Math.max(0, (nodes[node]?.freeAt() ?? 0) - now) +
  0.1 * (blocks.length - (nodes[node]?.matching(blocks) ?? 0));

/** Which node gets a request. */
export const prefixChoices = {
  inTurn: (_: Nodes, __: PrefixRequest, index: number): number => index % nodesCount,
  backlog: (nodes: Nodes): number => leastOf(indexes, (node) => nodes[node]?.freeAt() ?? 0),
  matching: (nodes: Nodes, { blocks }: PrefixRequest): number =>
    leastOf(indexes, (node) => -1e9 * (nodes[node]?.matching(blocks) ?? 0) + (nodes[node]?.freeAt() ?? 0)),
  predicted: (nodes: Nodes, request: PrefixRequest): number =>
    leastOf(indexes, (node) => doneIn(nodes, request, node)),
} as const;
