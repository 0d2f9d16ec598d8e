import { setTimeout as sleep } from "node:timers/promises";
import type { Processes } from "./processes.ts";
import type { Lane, StreamRow } from "./result.ts";
import { spread } from "./spread.ts";
import { type StreamCount, type StreamPlan, streamClientProgram } from "./stream-client.ts";
import { streamUpstreamProgram } from "./stream-upstream.ts";
import type { SystemUnderTest } from "./system-under-test.ts";

export interface StreamsPlan {
  readonly rounds: number;
  /** Numbers of concurrent streams. */
  readonly counts: readonly number[];
  /** Chunks of each stream, ten a second. */
  readonly events: number;
}

/** A system on one lane. It is started anew for each measurement, since memory of the last one would count for the next. */
export interface StreamSubject {
  readonly name: SystemUnderTest["name"];
  readonly lane: Lane;
  readonly start: (upstream: string) => Promise<SystemUnderTest>;
}

/** Opened per second: few enough that no system spends the run on opening. */
const openedPerSecond = 250;

/** Measures all subjects in turn, round by round, each against the direct way in the same round. */
export async function measureStreams(
  processes: Processes,
  subjects: readonly StreamSubject[],
  plan: StreamsPlan,
): Promise<readonly StreamRow[]> {
  const upstream = await processes.start({
    program: process.execPath,
    args: [streamUpstreamProgram],
    core: 1,
  });
  const url = await upstream.line();
  const direct: SystemUnderTest = { name: "direct", pid: upstream.pid, url, headers: {}, end: upstream.end };
  const cells = plan.counts.flatMap((streams) =>
    subjects.map((subject) => ({ subject, streams, pairs: [] as Pair[] })),
  );
  for (let round = 1; round <= plan.rounds; round += 1) {
    const bases = new Map<number, StreamCount>();
    for (const { subject, streams, pairs } of cells) {
      const run = { streams, events: plan.events, lane: subject.lane };
      const base = bases.get(streams) ?? (await measureOne(processes, direct, { ...run, lane: "bytes" }));
      bases.set(streams, base);
      const system = await subject.start(url);
      await measureOne(processes, system, { streams: 50, events: 10, lane: subject.lane }); // warm-up
      await sleep(1000);
      const found = await measureOne(processes, system, run);
      await system.end();
      if (found.events === 0) throw new Error(`no event of a stream came through ${subject.name}`);
      pairs.push({ base, found });
      console.log(
        `  round ${round}, ${streams} streams, ${subject.name} (${subject.lane}): ` +
          `${((found.cpuSeconds / found.events) * 1e6).toFixed(1)} µs CPU an event, ` +
          `first event p50 ${found.firstEventMsP50.toFixed(1)} ms (direct ${base.firstEventMsP50.toFixed(1)}), ` +
          `${found.kibPerStream.toFixed(0)} KiB a stream, ${found.broken} broken`,
      );
    }
  }
  await upstream.end();
  return cells.map(({ subject, streams, pairs }) => summarise(subject, streams, pairs));
}

interface Pair {
  readonly base: StreamCount;
  readonly found: StreamCount;
}

async function measureOne(
  processes: Processes,
  system: SystemUnderTest,
  run: { readonly streams: number; readonly events: number; readonly lane: Lane },
): Promise<StreamCount> {
  const plan: StreamPlan = {
    url: system.url,
    headers: system.headers,
    dialect: run.lane === "canonical" ? "anthropic" : "openai",
    streams: run.streams,
    events: run.events,
    rampMs: (run.streams / openedPerSecond) * 1000,
    pid: system.pid,
  };
  const args = [streamClientProgram, JSON.stringify(plan)];
  return JSON.parse(await processes.run({ program: process.execPath, args, core: 1 })) as StreamCount;
}

function summarise(subject: StreamSubject, streams: number, pairs: readonly Pair[]): StreamRow {
  const found = pairs.map((pair) => pair.found);
  return {
    system: subject.name,
    lane: subject.lane,
    streams,
    eventsPerCpuSecond: spread(found.map(({ events, cpuSeconds }) => events / cpuSeconds)),
    cpuMicrosPerEvent: spread(found.map(({ events, cpuSeconds }) => (cpuSeconds / events) * 1e6)),
    addedFirstEventMsP50: spread(
      pairs.map(({ base, found: own }) => own.firstEventMsP50 - base.firstEventMsP50),
    ),
    addedFirstEventMsP99: spread(
      pairs.map(({ base, found: own }) => own.firstEventMsP99 - base.firstEventMsP99),
    ),
    kibPerStream: spread(found.map(({ kibPerStream }) => kibPerStream)),
    broken: found.reduce((sum, { broken }) => sum + broken, 0),
  };
}
