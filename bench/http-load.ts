import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { chatRequest } from "./payload.ts";
import type { Processes } from "./processes.ts";
import { quantile } from "./spread.ts";
import type { SystemUnderTest } from "./system-under-test.ts";

const chatTarget = "/v1/chat/completions";

/** What is asked again and again. */
export interface HttpAsk {
  readonly method: "GET" | "POST";
  /** Of a POST. */
  readonly body: string;
  readonly contentType: string;
}

const chatAsk: HttpAsk = { method: "POST", body: chatRequest, contentType: "application/json" };

export interface ClosedLoop {
  readonly requests: number;
  readonly requestsPerSecond: number;
  /** Requests that failed or took longer than ten seconds. */
  readonly failed: number;
  readonly latencyMsP99: number;
}

/**
 * As many requests as the system answers, over `connections` connections for `seconds` seconds (wrk).
 *
 * @throws When more than one request in a hundred failed: such a figure says nothing.
 */
export async function closedLoop(
  processes: Processes,
  system: SystemUnderTest,
  run: {
    readonly connections: number;
    readonly seconds: number;
    readonly folder: string;
    /** Absent: a chat completion. */
    readonly ask?: HttpAsk;
  },
): Promise<ClosedLoop> {
  const script = join(run.folder, `${system.name}.lua`);
  writeFileSync(script, luaScript(system, run.ask ?? chatAsk));
  const output = await processes.run({
    program: "wrk",
    args: [
      "-t1",
      `-c${run.connections}`,
      `-d${run.seconds}s`,
      "--timeout",
      "10s",
      "-s",
      script,
      system.url + (system.target ?? chatTarget),
    ],
    core: 1,
  });
  const found = /^bench (\S+) (\S+) (\S+) (\S+)$/m.exec(output);
  if (found === null) throw new Error(`wrk said something else: ${output}`);
  const [requests = 0, microseconds = 0, failed = 0, p99 = 0] = found.slice(1).map(Number);
  if (failed > 0 || requests === 0)
    throw new Error(`${failed} of ${requests} requests failed at ${system.name}`);
  return {
    requests,
    requestsPerSecond: (requests / microseconds) * 1e6,
    failed,
    latencyMsP99: p99 / 1000,
  };
}

/** What goes with a request. */
const headersOf = (system: SystemUnderTest, { method, contentType }: HttpAsk): [string, string][] =>
  Object.entries({ ...(method === "POST" ? { "content-type": contentType } : {}), ...system.headers });

function luaScript(system: SystemUnderTest, ask: HttpAsk): string {
  const headers = headersOf(system, ask);
  return `wrk.method = ${JSON.stringify(ask.method)}
${ask.method === "POST" ? `wrk.body = [==[${ask.body}]==]` : ""}
${headers.map(([name, value]) => `wrk.headers[${JSON.stringify(name)}] = ${JSON.stringify(value)}`).join("\n")}
function done(summary, latency)
  local e = summary.errors
  io.write(string.format("bench %d %d %d %d\\n", summary.requests, summary.duration,
    e.connect + e.read + e.write + e.status + e.timeout, latency:percentile(99)))
end
`;
}

export interface OpenLoop {
  /** What was really sent, per second. */
  readonly requestsPerSecond: number;
  readonly latencyMsP50: number;
  readonly latencyMsP99: number;
}

/** Requests a second and connection: few, so that hardly any falls due while the one before it is still out. */
const requestsPerConnection = 50;
/** Connections start one after another at this distance, so that their requests are spread evenly over time. */
const staggerMs = 7;

/**
 * Requests at a fixed rate, however long the answers take (h2load). Only what is sent after the last
 * connection has started counts.
 *
 * A request is timed from when it is sent. Each connection has one at a time, so one that is late holds up the next of
 * its own connection after 20 ms at the earliest; all others go out as planned.
 */
export async function openLoop(
  processes: Processes,
  system: SystemUnderTest,
  run: {
    readonly ratePerSecond: number;
    readonly seconds: number;
    readonly folder: string;
    /** Absent: a chat completion. */
    readonly ask?: HttpAsk;
    /** Absent: HTTP/1.1. */
    readonly speaks?: "http2";
  },
): Promise<OpenLoop> {
  const ask = run.ask ?? chatAsk;
  const clients = Math.max(8, Math.round(run.ratePerSecond / requestsPerConnection));
  const each = run.ratePerSecond / clients;
  const rampSeconds = (clients * staggerMs) / 1000;
  const log = join(run.folder, `${system.name}.log`);
  const body = join(run.folder, "request.json");
  rmSync(log, { force: true });
  writeFileSync(body, ask.body, "latin1");
  await processes.run({
    program: "h2load",
    args: [
      ...(run.speaks === "http2" ? [] : ["--h1"]),
      ...["-t1", `-c${clients}`, "-r1", `--rate-period=${staggerMs}ms`, `--rps=${each.toFixed(2)}`],
      ...[
        `-n${Math.round(clients * each * (run.seconds + rampSeconds + 0.5))}`,
        ...(ask.method === "POST" ? ["-d", body] : []),
        `--log-file=${log}`,
      ],
      ...headersOf(system, ask).flatMap(([name, value]) => ["-H", `${name}: ${value}`]),
      system.url + (system.target ?? chatTarget),
    ],
    core: 1,
  });
  return summarise(readFileSync(log, "latin1"), { system, rampSeconds, seconds: run.seconds });
}

/** Requests by streams of HTTP/2, as many as the system answers (h2load). */
export async function closedStreams(
  processes: Processes,
  system: SystemUnderTest,
  run: {
    readonly connections: number;
    readonly streams: number;
    /** How long, or how many requests. */
    readonly until: { readonly seconds: number } | { readonly requests: number };
    readonly folder: string;
    readonly ask: HttpAsk;
    /** Bytes of an answer's body: an answer of another length is a fault. */
    readonly answerBytes: number;
  },
): Promise<Pick<ClosedLoop, "requests" | "requestsPerSecond" | "failed">> {
  const body = join(run.folder, "request.bin");
  const { until } = run;
  writeFileSync(body, run.ask.body, "latin1");
  const output = await processes.run({
    program: "h2load",
    args: [
      ...["-t1", `-c${run.connections}`, `-m${run.streams}`],
      ...("seconds" in until ? ["-D", String(until.seconds)] : [`-n${until.requests}`]),
      ...(run.ask.method === "POST" ? ["-d", body] : []),
      ...headersOf(system, run.ask).flatMap(([name, value]) => ["-H", `${name}: ${value}`]),
      system.url + (system.target ?? chatTarget),
    ],
    core: 1,
  });
  const counts = /^requests: .* (\d+) done, (\d+) succeeded, (\d+) failed/m.exec(output);
  const rate = /^finished in .*?, ([\d.]+) req\/s/m.exec(output);
  const data = /\((\d+)\) data$/m.exec(output);
  if (counts === null || rate === null || data === null)
    throw new Error(`h2load said something else: ${output}`);
  const [done = 0, succeeded = 0] = counts.slice(1).map(Number);
  // What is under way at the end counts among the bytes and not among the requests.
  const isWhole = Number(data[1]) >= succeeded * run.answerBytes;
  if (succeeded === 0 || succeeded < done || !isWhole)
    throw new Error(`answers are missing or wrong at ${system.name}: ${output}`);
  return { requests: succeeded, requestsPerSecond: Number(rate[1]), failed: done - succeeded };
}

function summarise(
  log: string,
  run: { readonly system: SystemUnderTest; readonly rampSeconds: number; readonly seconds: number },
): OpenLoop {
  const rows = log
    .trimEnd()
    .split("\n")
    .map((line) => line.split("\t").map(Number));
  const first = rows.reduce((least, [start = 0]) => Math.min(least, start), Number.POSITIVE_INFINITY);
  const from = first + run.rampSeconds * 1e6;
  const counted = rows.filter(([start = 0]) => start >= from && start < from + run.seconds * 1e6);
  const failed = counted.filter(([, status]) => status !== 200).length;
  if (failed > counted.length / 100 || counted.length === 0) {
    throw new Error(`${failed} of ${counted.length} requests failed at ${run.system.name}`);
  }
  const sorted = Float64Array.from(counted, ([, , microseconds = 0]) => microseconds).toSorted();
  return {
    requestsPerSecond: counted.length / run.seconds,
    latencyMsP50: quantile(sorted, 0.5) / 1000,
    latencyMsP99: quantile(sorted, 0.99) / 1000,
  };
}
