/** `npm run bench`: what a request and an event of a stream cost, beside nginx and the peer. See docs/performance.md. */
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";
import { benchDecisions } from "./decisions.ts";
import { benchGraphqlDocuments } from "./graphql-documents.ts";
import { closedLoop } from "./http-load.ts";
import { benchLanes } from "./lanes.ts";
import { measureLatency } from "./latency.ts";
import { commit, load, machine, versionOf } from "./machine.ts";
import { nginxProgram, startMock, startProxy } from "./nginx.ts";
import { installPortkey, portkeyVersion, startPortkey } from "./portkey.ts";
import { residentMib } from "./process-cost.ts";
import { createProcesses, type Processes } from "./processes.ts";
import { printProtocols, writeProtocolPage } from "./protocols/page.ts";
import type { ProtocolResult } from "./protocols/result.ts";
import { benchProtocols } from "./protocols/run.ts";
import { printResult, writeReport } from "./report.ts";
import type { BenchResult, LatencyRow, MemoryRow, StreamRow, ThroughputRow } from "./result.ts";
import { buildSallyport, startSallyport } from "./sallyport.ts";
import { measureStreams, type StreamSubject } from "./streams.ts";
import type { SystemName, SystemUnderTest } from "./system-under-test.ts";
import { measureThroughput } from "./throughput.ts";

const root = join(import.meta.dirname, "..");

const usage = `usage: npm run bench -- [options]
       npm run bench -- lanes      the lanes alone, without sockets: writes docs/performance-lanes.md
       npm run bench -- decisions  circuit breaker and routing decision, beside an empty loop
       npm run bench -- graphql    documents of GraphQL that are made to be slow, each against its bound
       npm run bench -- protocols  a request of each protocol, beside nginx: writes docs/performance-protocols.md
  --quick         one round of two seconds, few streams; the result is kept as bench/results/local-….json
  --rounds N      rounds, 3 unless given
  --only PART     requests, streams or protocols
  --local         keep the results as local-….json and the pages as they are
  --report        measure nothing: write the pages from the newest results
Needs Linux with two cores, taskset, nginx, wrk and h2load (Debian: nginx wrk nghttp2-client).`;

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    quick: { type: "boolean", default: false },
    rounds: { type: "string" },
    only: { type: "string" },
    local: { type: "boolean", default: false },
    report: { type: "boolean", default: false },
    help: { type: "boolean", default: false },
  },
});

const only = positionals[0] === "protocols" ? "protocols" : options.only;
const isLocal = options.quick || options.local;

interface Plan {
  readonly rounds: number;
  readonly seconds: number;
  readonly warmUpSeconds: number;
  /** How long after the last request the memory is read. */
  readonly restSeconds: number;
  readonly streamCounts: readonly number[];
  readonly streamEvents: number;
}

const full: Plan = {
  rounds: 3,
  seconds: 5,
  warmUpSeconds: 4,
  restSeconds: 60,
  streamCounts: [200, 1000],
  streamEvents: 100,
};
const quick: Plan = {
  rounds: 1,
  seconds: 2,
  warmUpSeconds: 2,
  restSeconds: 5,
  streamCounts: [200],
  streamEvents: 20,
};

interface Requests {
  readonly throughput: readonly ThroughputRow[];
  readonly memory: readonly MemoryRow[];
  readonly latency: readonly LatencyRow[];
  readonly startMs: number;
}

/** Systems to compare, the peer's server file included when it could be installed. */
interface Bench {
  readonly processes: Processes;
  readonly folder: string;
  readonly portkey: string | undefined;
  readonly plan: Plan;
}

async function measureRequests({ processes, folder, portkey, plan }: Bench): Promise<Requests> {
  const direct = await startMock(processes, folder);
  const sallyport = await startSallyport(processes, folder, direct.url);
  const systems: readonly SystemUnderTest[] = [
    await startProxy(processes, folder, direct.url),
    sallyport,
    ...(portkey === undefined ? [] : [await startPortkey(processes, portkey, direct.url)]),
  ];
  const ceiling = await closedLoop(processes, direct, { connections: 32, seconds: plan.seconds, folder });
  console.log(`mock upstream alone, sharing its core with wrk: ${ceiling.requestsPerSecond.toFixed(0)}/s`);

  const { rows, memory } = await measureThroughput(processes, systems, {
    ...plan,
    connections: [32, 256],
    folder,
  });
  const half = (name: SystemName) => {
    const row = rows.find(({ system, connections }) => system === name && connections === 32);
    return Math.round((row?.requestsPerSecond.median ?? 0) / 2);
  };
  const cells = systems.map((system) => ({
    system,
    ratePerSecond: half(system.name === "portkey" ? "portkey" : "sallyport"),
  }));
  const latency = await measureLatency(processes, { direct, cells }, { ...plan, folder });
  await checkLog(sallyport);
  console.log(`resting ${plan.restSeconds} s ...`);
  await sleep(plan.restSeconds * 1000);
  const after = new Map(systems.map(({ name, pid }) => [name, residentMib(pid)]));
  await Promise.all([...systems, direct].map((system) => system.end()));
  return {
    throughput: rows,
    memory: memory.map((row) => ({
      ...row,
      afterMib: after.get(row.system) ?? 0,
      afterSeconds: plan.restSeconds,
    })),
    latency,
    startMs: Math.round(sallyport.startMs),
  };
}

/** Proves that the gateway did all of its work while it was measured: the newest requests are logged with their cost. */
async function checkLog({
  adminUrl,
  adminToken,
}: {
  readonly adminUrl: string;
  readonly adminToken: string;
}): Promise<void> {
  await sleep(500); // the log is written behind the requests
  const response = await fetch(`${adminUrl}/api/gateway/requests?limit=5`, {
    headers: { authorization: `Bearer ${adminToken}` },
  });
  const text = await response.text();
  if (!response.ok || !/"costNanoUsd": ?"?[1-9]/.test(text)) {
    throw new Error(
      `the request log has no cost for the last requests: ${response.status} ${text.slice(0, 500)}`,
    );
  }
}

async function measureAllStreams({ processes, folder, portkey, plan }: Bench): Promise<readonly StreamRow[]> {
  const subjects: readonly StreamSubject[] = [
    { name: "nginx", lane: "bytes", start: (upstream) => startProxy(processes, folder, upstream) },
    { name: "sallyport", lane: "bytes", start: (upstream) => startSallyport(processes, folder, upstream) },
    {
      name: "sallyport",
      lane: "canonical",
      start: (upstream) => startSallyport(processes, folder, upstream),
    },
    ...(portkey === undefined
      ? []
      : [
          {
            name: "portkey",
            lane: "bytes",
            start: (upstream: string) => startPortkey(processes, portkey, upstream),
          } as const,
        ]),
  ];
  return measureStreams(processes, subjects, {
    rounds: plan.rounds,
    counts: plan.streamCounts,
    events: plan.streamEvents,
  });
}

async function main(plan: Plan): Promise<void> {
  const before = load();
  const here = machine();
  const at = new Date().toISOString();
  const tree = commit(root);
  console.log(
    `load average ${before.average.toFixed(2)}; ${here.processor}, ${here.cores} cores, ${here.memoryGib} GiB; commit ${tree.hash}${tree.isChanged ? " with changes" : ""}`,
  );
  if (before.isBusy)
    console.warn("WARNING: others use this machine now. Ratios will be rough, absolute figures worthless.");
  execFileSync("taskset", ["-a", "-p", "-c", "1", String(process.pid)], { stdio: "ignore" });

  const folder = mkdtempSync(join(tmpdir(), "sallyport-bench-"));
  await using processes = createProcesses();
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => process.exit(1)); // ends all of them
  process.once("exit", () => rmSync(folder, { recursive: true, force: true }));
  await buildSallyport(processes);
  const conditions = (hasPortkey: boolean) => ({
    format: 1 as const,
    at,
    commit: tree,
    machine: here,
    load: { before: before.average, after: load().average, isBusy: before.isBusy },
    versions: versions(hasPortkey),
    rounds: plan.rounds,
    secondsPerRun: plan.seconds,
  });
  if (only !== "protocols") {
    const bench: Bench = { processes, folder, portkey: await installPortkey(processes), plan };
    const measured = await measure(bench);
    keep({ ...conditions(bench.portkey !== undefined), ...measured }, isLocal || only !== undefined);
  }
  if (only === undefined || only === "protocols") {
    const seconds = Math.min(plan.seconds, protocolSecondsMax);
    const measured = await benchProtocols(processes, {
      ...{ rounds: plan.rounds, seconds, folder, isQuick: options.quick },
    });
    keepProtocols({ ...conditions(false), secondsPerRun: seconds, ...measured }, isLocal);
  }
}

/** There are many rows: three rounds of all stay below twelve minutes. */
const protocolSecondsMax = 2;

type Measured = Pick<BenchResult, "throughput" | "memory" | "latency" | "startMs" | "streams">;

async function measure(bench: Bench): Promise<Measured> {
  const nothing = { throughput: [], memory: [], latency: [], startMs: undefined };
  const requests = only === "streams" ? nothing : await measureRequests(bench);
  return { ...requests, streams: only === "requests" ? [] : await measureAllStreams(bench) };
}

function versions(hasPortkey: boolean): Readonly<Record<string, string>> {
  const found = {
    Node: process.versions.node,
    nginx: versionOf(nginxProgram, "-v"),
    wrk: versionOf("wrk", "-v"),
    h2load: versionOf("h2load", "--version"),
    Portkey: hasPortkey ? portkeyVersion : undefined,
  };
  return Object.fromEntries(
    Object.entries(found).flatMap(([name, version]) => (version === undefined ? [] : [[name, version]])),
  );
}

function keep(result: BenchResult, keptLocal: boolean): void {
  console.log(`\n${printResult(result)}\n`);
  save(result, keptLocal ? "local-" : "");
  if (!keptLocal && writeReport(root) !== undefined) console.log("written: docs/performance.md");
}

function keepProtocols(result: ProtocolResult, keptLocal: boolean): void {
  console.log(`\n${printProtocols(result)}\n`);
  save(result, keptLocal ? "local-protocols-" : "protocols-");
  if (!keptLocal && writeProtocolPage(root) !== undefined)
    console.log("written: docs/performance-protocols.md");
}

function save(result: BenchResult | ProtocolResult, prefix: string): void {
  mkdirSync(join(root, "bench/results"), { recursive: true });
  const name = `${prefix}${result.at.slice(0, 10)}-${result.commit.hash}.json`;
  writeFileSync(join(root, "bench/results", name), `${JSON.stringify(result, null, 2)}\n`);
  console.log(`written: bench/results/${name}`);
}

if (options.help) console.log(usage);
else if (positionals[0] === "lanes") benchLanes();
else if (positionals[0] === "decisions") await benchDecisions();
else if (positionals[0] === "graphql") benchGraphqlDocuments();
else if (options.report) {
  for (const path of [writeReport(root), writeProtocolPage(root)])
    console.log(`written from ${path ?? "nothing: there is no result"}`);
} else {
  const plan = options.quick ? quick : full;
  await main({ ...plan, rounds: Number(options.rounds ?? plan.rounds) });
}
