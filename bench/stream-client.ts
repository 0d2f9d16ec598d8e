/**
 * The client of the measured streams: opens many of them over raw TCP, counts the chunks that arrive in any dialect by
 * the mark in their text, and reads the cost of the process under test meanwhile. Prints one JSON line.
 */
import { connect } from "node:net";
import { type ClientDialect, streamRequest, tick } from "./payload.ts";
import { cpuSeconds, residentMib } from "./process-cost.ts";
import { quantile } from "./spread.ts";

/** To be started as a process of its own, with a `StreamPlan` in JSON as its argument. */
export const streamClientProgram = import.meta.filename;

export interface StreamPlan {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly dialect: ClientDialect;
  readonly streams: number;
  /** Chunks of each stream. */
  readonly events: number;
  /** Time in which all of them are opened, evenly. */
  readonly rampMs: number;
  /** The process whose cost counts. */
  readonly pid: number;
}

export interface StreamCount {
  readonly events: number;
  readonly seconds: number;
  readonly cpuSeconds: number;
  /** Streams that ended before all chunks and the final event had arrived. */
  readonly broken: number;
  /** From the request to the first chunk. */
  readonly firstEventMsP50: number;
  readonly firstEventMsP99: number;
  /** Growth of the resident memory at its peak, divided by the streams, in KiB. */
  readonly kibPerStream: number;
}

interface Ended {
  readonly events: number;
  readonly firstEventMs: number | undefined;
  readonly isWhole: boolean;
}

const mark = Buffer.from(tick);
/** Longer than any gateway may take for the streams of a run. */
const patienceMs = 120_000;

async function measure(plan: StreamPlan): Promise<StreamCount> {
  const before = { at: performance.now(), cpu: cpuSeconds(plan.pid), memory: residentMib(plan.pid) };
  let peak = before.memory;
  const watch = setInterval(() => {
    peak = Math.max(peak, residentMib(plan.pid));
  }, 200);
  const ended = await Promise.all(
    Array.from({ length: plan.streams }, (_, index) =>
      openStream(plan, (index * plan.rampMs) / plan.streams),
    ),
  );
  clearInterval(watch);
  const firsts = ended
    .flatMap(({ firstEventMs }) => firstEventMs ?? [])
    .toSorted((left, right) => left - right);
  return {
    events: ended.reduce((sum, { events }) => sum + events, 0),
    seconds: (performance.now() - before.at) / 1000,
    cpuSeconds: cpuSeconds(plan.pid) - before.cpu,
    broken: ended.filter(({ isWhole }) => !isWhole).length,
    firstEventMsP50: quantile(firsts, 0.5),
    firstEventMsP99: quantile(firsts, 0.99),
    kibPerStream: ((peak - before.memory) * 1024) / plan.streams,
  };
}

function openStream(plan: StreamPlan, delayMs: number): Promise<Ended> {
  const { promise, resolve } = Promise.withResolvers<Ended>();
  const { hostname, port } = new URL(plan.url);
  const request = printRequest(plan);
  const final = Buffer.from(plan.dialect === "openai" ? "data: [DONE]" : "event: message_stop");
  setTimeout(() => {
    let sentAt = 0;
    let firstEventMs: number | undefined;
    let events = 0;
    let carried: Buffer = Buffer.alloc(0);
    const socket = connect({ host: hostname, port: Number(port), noDelay: true });
    const end = (isWhole: boolean) => {
      socket.destroy();
      resolve({ events, firstEventMs, isWhole: isWhole && events === plan.events });
    };
    socket.setTimeout(patienceMs, () => end(false));
    socket.on("error", () => end(false)).on("close", () => end(false));
    socket.on("connect", () => {
      sentAt = performance.now();
      socket.write(request);
    });
    socket.on("data", (bytes: Buffer) => {
      const text = carried.length === 0 ? bytes : Buffer.concat([carried, bytes]);
      let from = 0;
      for (let at = text.indexOf(mark); at >= 0; at = text.indexOf(mark, from)) {
        events += 1;
        from = at + mark.length;
      }
      if (events > 0) firstEventMs ??= performance.now() - sentAt;
      if (text.indexOf(final) >= 0) return end(true);
      // enough for a mark or the final event that was cut, and nothing that was counted
      carried = text.subarray(Math.max(from, text.length - final.length));
    });
  }, delayMs);
  return promise;
}

function printRequest(plan: StreamPlan): string {
  const { target, body } = streamRequest(plan.dialect, plan.events);
  const headers = {
    host: new URL(plan.url).host,
    "content-type": "application/json",
    "content-length": String(Buffer.byteLength(body)),
    ...(plan.dialect === "anthropic" ? { "anthropic-version": "2023-06-01" } : {}),
    ...plan.headers,
  };
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  return `POST ${target} HTTP/1.1\r\n${lines.join("")}\r\n${body}`;
}

if (process.argv[1] === import.meta.filename) {
  console.log(JSON.stringify(await measure(JSON.parse(process.argv[2] ?? "") as StreamPlan)));
}
