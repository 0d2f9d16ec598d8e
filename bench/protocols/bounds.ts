import { execFileSync } from "node:child_process";
import { setTimeout as sleep } from "node:timers/promises";
import { closedLoop, closedStreams, openLoop } from "../http-load.ts";
import { residentMib } from "../process-cost.ts";
import type { Processes } from "../processes.ts";
import { type StartedSallyport, startGateway } from "../sallyport.ts";
import type { SystemUnderTest } from "../system-under-test.ts";
import { getAsk, grpcAsk } from "./asks.ts";
import { type BulkCount, type BulkPlan, bulkClientProgram } from "./bulk-client.ts";
import { type HoldPlan, holdClientProgram } from "./hold-client.ts";
import { attacks, type HostileCount, type HostilePlan, hostileClientProgram } from "./hostile-client.ts";
import type { BoundRow } from "./result.ts";
import { handshake } from "./socket-client.ts";
import { configOf, type Upstreams } from "./stand.ts";

interface BoundsPlan {
  readonly folder: string;
  /** Of what is wanted: 1, or less for a quick look. */
  readonly scale: number;
}

interface Parts {
  readonly processes: Processes;
  readonly upstreams: Upstreams;
  readonly plan: BoundsPlan;
}

/** The memory of a gateway of its own for each row: what one leaves behind counts for no other. */
export async function measureBounds(
  processes: Processes,
  upstreams: Upstreams,
  plan: BoundsPlan,
): Promise<readonly BoundRow[]> {
  const parts: Parts = { processes, upstreams, plan };
  const rows: BoundRow[] = [];
  for (const measure of [idleSockets, idleStreams, largeBodies, longStream, hostilePeers]) {
    const gateway = await startGateway(processes, plan.folder, configOf(upstreams, plan.folder));
    const found = await measure(gateway, parts);
    await gateway.end();
    for (const row of found) {
      console.log(
        `  ${row.what}: ${row.found.toFixed(1)} ${row.unit}${row.note === "" ? "" : `, ${row.note}`}`,
      );
      rows.push(row);
    }
  }
  return rows;
}

/** The most that `pid` holds while `work` goes on, beyond what it holds before, in MiB. */
async function growth<Answer>(
  { pid }: SystemUnderTest,
  work: () => Promise<Answer>,
): Promise<{ readonly mib: number; readonly answer: Answer }> {
  const before = residentMib(pid);
  let peak = before;
  const watch = setInterval(() => {
    peak = Math.max(peak, residentMib(pid));
  }, 20);
  try {
    const answer = await work();
    return { mib: Math.max(peak, residentMib(pid)) - before, answer };
  } finally {
    clearInterval(watch);
  }
}

const filesMax = (): number => Number(execFileSync("sh", ["-c", "ulimit -n"], { encoding: "utf8" }));
/** Descriptors that a process has besides its connections. */
const sparedFiles = 200;

/** Connections that a gateway may hold: each is one to the client and one to the service. */
const pairsMax = (wanted: number): number => Math.min(wanted, Math.floor((filesMax() - sparedFiles) / 2));

const fields = ({ headers }: SystemUnderTest): string =>
  Object.entries(headers)
    .map(([name, value]) => `${name}: ${value}\r\n`)
    .join("");

/** After which the collector has tidied up behind the opening. */
const restMs = 15_000;

/** Opens connections that rest, and lets the memory come to rest too. */
async function held(
  gateway: StartedSallyport,
  { processes }: Parts,
  plan: Omit<HoldPlan, "url">,
): Promise<{ readonly mib: number; readonly count: number }> {
  const before = residentMib(gateway.pid);
  const client = await processes.start({
    program: process.execPath,
    args: [holdClientProgram, JSON.stringify({ ...plan, url: gateway.url } satisfies HoldPlan)],
    core: 1,
  });
  const count = Number(await client.line());
  if (count < plan.count) throw new Error(`${plan.count - count} of ${plan.count} connections do not stand`);
  await sleep(restMs);
  const mib = residentMib(gateway.pid) - before;
  await client.end();
  return { mib, count };
}

/** Asks the doors some times, so that their code is there before anything is weighed. */
const warmUp = (gateway: StartedSallyport, { processes, plan }: Parts): Promise<unknown> =>
  openLoop(
    processes,
    { ...gateway, target: "/rest/orders/1" },
    {
      ...{ ratePerSecond: 500, seconds: 3, folder: plan.folder, ask: getAsk },
    },
  );

/** Works it hard: the heap has the size that a gateway at work has, so that garbage does not count for what is held. */
async function workHard(gateway: StartedSallyport, { processes, plan }: Parts): Promise<void> {
  await closedLoop(
    processes,
    { ...gateway, target: "/rest/orders/1" },
    {
      ...{ connections: 64, seconds: 4, folder: plan.folder, ask: getAsk },
    },
  );
}

async function idleSockets(gateway: StartedSallyport, parts: Parts): Promise<readonly BoundRow[]> {
  await warmUp(gateway, parts);
  const wanted = 10_000;
  const count = pairsMax(Math.round(wanted * parts.plan.scale));
  const request = handshake({ url: gateway.url, target: "/tunnel", headers: gateway.headers });
  const { mib } = await held(gateway, parts, { request, sign: "HTTP/1.1 101", count });
  return [
    {
      what: "10,000 idle WebSocket tunnels",
      found: (mib / count) * wanted,
      unit: "MiB",
      atMost: 150,
      note: `${count} stood${count === wanted ? "" : ", reckoned up"}; ${((mib * 1024) / count).toFixed(1)} KiB each`,
    },
  ];
}

async function idleStreams(gateway: StartedSallyport, parts: Parts): Promise<readonly BoundRow[]> {
  await warmUp(gateway, parts);
  const count = pairsMax(Math.round(5000 * parts.plan.scale));
  const request = `GET /bulk/idle HTTP/1.1\r\nhost: bench\r\naccept: text/event-stream\r\n${fields(gateway)}\r\n`;
  const { mib } = await held(gateway, parts, { request, sign: "data: here", count });
  return [
    {
      what: "an idle event stream",
      found: (mib * 1024) / count,
      unit: "KiB",
      atMost: 20,
      note: `${count} stood`,
    },
  ];
}

async function largeBodies(gateway: StartedSallyport, parts: Parts): Promise<readonly BoundRow[]> {
  const { processes, plan } = parts;
  const bytes = Math.round(1024 ** 3 * plan.scale);
  const pass = async (direction: "up" | "down", size: number): Promise<BulkCount> => {
    const asked: BulkPlan = {
      url: gateway.url,
      headers: gateway.headers,
      target: direction === "up" ? "/bulk/sink" : `/bulk/bytes-${size}`,
      direction,
      bytes: size,
    };
    const args = [bulkClientProgram, JSON.stringify(asked)];
    const output = await processes.run({ program: process.execPath, args, core: 1 });
    const count = JSON.parse(output) as BulkCount;
    if (count.status !== 200 || count.bytes < size) throw new Error(`${direction}: ${output}`);
    return count;
  };
  await workHard(gateway, parts);
  const rows: BoundRow[] = [];
  for (const direction of ["up", "down"] as const) {
    await pass(direction, 256 * 1024 ** 2);
    const { mib, answer } = await growth(gateway, () => pass(direction, bytes));
    rows.push({
      what: direction === "up" ? "a body of 1 GiB going up" : "an answer of 1 GiB going down",
      found: mib,
      unit: "MiB",
      atMost: 16,
      note: `${(answer.bytes / 1024 ** 2 / answer.seconds).toFixed(0)} MiB/s`,
    });
  }
  return rows;
}

async function longStream(gateway: StartedSallyport, parts: Parts): Promise<readonly BoundRow[]> {
  const { processes, plan } = parts;
  const system = { ...gateway, target: "/bench.Echo/Say" };
  const [count, size] = [20_000, 4096];
  const read = (messages: number) =>
    closedStreams(processes, system, {
      ...{ connections: 1, streams: 1, until: { requests: 1 }, folder: plan.folder },
      ...{ ask: grpcAsk(messages, size), answerBytes: messages * (5 + size) },
    });
  await workHard(gateway, parts);
  await read(count);
  const { mib, answer } = await growth(gateway, () => read(count));
  return [
    {
      what: "a gRPC stream of 20,000 messages",
      found: mib,
      unit: "MiB",
      atMost: 20,
      note: `the second such stream; ${size} bytes a message, ${Math.round(answer.requestsPerSecond * count)} messages/s`,
    },
  ];
}

/** What one hostile connection costs: memory beyond what well-behaved clients make it hold, and their patience. */
async function hostilePeers(gateway: StartedSallyport, parts: Parts): Promise<readonly BoundRow[]> {
  const { processes, plan } = parts;
  const seconds = 3;
  const good = () =>
    openLoop(
      processes,
      { ...gateway, target: "/rest/orders/1" },
      {
        ...{ ratePerSecond: 500, seconds, folder: plan.folder, ask: getAsk },
      },
    );
  await workHard(gateway, parts);
  const rows: BoundRow[] = [];
  for (const attack of attacks) {
    const alone = await good();
    const asked: HostilePlan = { port: Number(new URL(gateway.url).port), attack, seconds: seconds + 1 };
    const { mib, answer } = await growth(gateway, async () => {
      // The other core is the good clients': who floods takes what they leave.
      const flood = processes.run({
        program: "nice",
        args: ["-n", "19", process.execPath, hostileClientProgram, JSON.stringify(asked)],
        core: 1,
      });
      const among = await good();
      return { among, count: JSON.parse(await flood) as HostileCount };
    });
    const { connections, frames } = answer.count;
    const how = `${frames} frames on ${connections} connection${connections === 1 ? "" : "s"}, one after the other`;
    rows.push(
      { what: `flood of ${attack}: memory`, found: mib, unit: "MiB", atMost: 20, note: how },
      {
        what: `flood of ${attack}: p99 of others`,
        found: answer.among.latencyMsP99 / alone.latencyMsP99,
        unit: "×",
        atMost: 2,
        note: `${answer.among.latencyMsP99.toFixed(2)} ms, ${alone.latencyMsP99.toFixed(2)} ms without`,
      },
    );
  }
  return rows;
}
