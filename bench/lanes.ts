/**
 * `npm run bench -- lanes`: what the lanes themselves cost, without sockets: reading frames, tapping or translating them,
 * scanning and translating requests, on recorded traffic. Process CPU time, one thread.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { AnswerContext, ClientCodec, DecodeContext, UpstreamCodec } from "../src/exchange/codec.ts";
import type { ChatDialect, UpstreamDialect } from "../src/exchange/dialect.ts";
import { createEventStreamReader } from "../src/framing/aws-event-stream.ts";
import { scanObject } from "../src/framing/json-scan.ts";
import { spliceObject } from "../src/framing/json-splice.ts";
import { createSseReader } from "../src/framing/sse.ts";
import { clientCodecs, upstreamCodecOf } from "../src/gateway/codecs.ts";
import { epochMs } from "../src/kernel/units.ts";
import type { FrameReader } from "../src/pipeline/live-stream.ts";
import {
  bytesLane,
  canonicalLane,
  createAnswerWriter,
  type StreamLane,
} from "../src/pipeline/stream-lane.ts";
import { hasRecordedTraffic, type Recorded, recordedTraffic } from "../test/support/recorded-traffic.ts";
import { commit, load, machine } from "./machine.ts";
import { type Spread, spread } from "./spread.ts";

const root = join(import.meta.dirname, "..");
const rounds = 3;
const cpuMsPerCell = 300;
const eventsMin = 200;
const smallBytes = 8 * 1024;

/** What the recordings call the dialects. */
const recordedAs = {
  "openai-chat": "openai.chat",
  "openai-responses": "openai.responses",
  "anthropic-messages": "anthropic.messages",
  "gemini-generate": "gemini.generateContent",
  "bedrock-converse": "bedrock.converse",
  "cohere-chat": "cohere.chat",
  "mistral-chat": "mistral.chat",
} as const satisfies Partial<Record<UpstreamDialect, string>>;
type Measured = keyof typeof recordedAs;
const clients = ["openai-chat", "openai-responses", "anthropic-messages", "gemini-generate"] as const;

interface Row {
  readonly what: string;
  readonly upstream: string;
  readonly client: string;
  readonly cpuMicros: Spread;
  readonly target: number;
}

/** CPU time of `work` in microseconds for each of the things that one run of it counts. */
function cost(work: () => number): Spread {
  const until = (ms: number): { readonly micros: number; readonly count: number } => {
    const start = process.cpuUsage();
    let count = 0;
    for (;;) {
      count += work();
      const { user, system } = process.cpuUsage(start);
      if (user + system >= ms * 1000) return { micros: user + system, count };
    }
  };
  until(cpuMsPerCell);
  return spread(
    Array.from({ length: rounds }, () => {
      const { micros, count } = until(cpuMsPerCell);
      return micros / count;
    }),
  );
}

const isEventStream = ({ dialect, isStream, response }: Recorded): boolean =>
  dialect === recordedAs["bedrock-converse"] ? response[0] === 0 : isStream;

function streamsOf(dialect: Measured): readonly Buffer[] {
  return recordedTraffic(recordedAs[dialect])
    .filter((record) => record.status < 300 && isEventStream(record))
    .map(({ response }) => response);
}

const readerOf = (dialect: Measured): FrameReader =>
  dialect === "bedrock-converse" ? createEventStreamReader() : createSseReader();

/**
 * The stream as it arrives, one chunk an event. A recording of a short answer is made as long as answers are: its first
 * event that is nothing but a piece of text is repeated. What it costs to begin and to end a stream is in it, too.
 */
function chunksOf(dialect: Measured, stream: Buffer): readonly Uint8Array[] {
  const reader = readerOf(dialect);
  const decoder = upstreamCodecOf(dialect).decodeStream();
  const frames = [...reader.push(stream), ...reader.end()];
  const isText = frames.map((frame) => {
    const parts = decoder.push(frame);
    return parts.length > 0 && parts.every(({ kind }) => kind === "text-delta" || kind === "usage");
  });
  const text = isText.indexOf(true);
  return frames.flatMap(({ bytes }, index) => {
    const times = index === text ? Math.max(1, eventsMin - frames.length + 1) : 1;
    // Buffers, as sockets give them.
    return Array.from({ length: times }, () => Buffer.from(bytes));
  });
}

/** Events that went through; a stream that its decoder refuses counts as far as it was read. */
function relay(lane: StreamLane, reader: FrameReader, chunks: readonly Uint8Array[]): number {
  let events = 0;
  for (const chunk of chunks) {
    for (const frame of reader.push(chunk)) {
      events += 1;
      if (lane.push(frame) === "error") return events;
      lane.output();
    }
  }
  lane.finish();
  return events;
}

const context: DecodeContext = { target: { model: "m" } };
const answered = (client: ClientCodec): AnswerContext => ({
  requestId: "0",
  startedAt: epochMs(0),
  streamForm: "sse",
  wrap: () => "sp1.k.e30.m",
  call: {
    source: client.dialect,
    model: "m",
    instructions: [],
    turns: [],
    tools: [],
    sampling: {},
    isStream: true,
    wantsUsage: true,
    extensions: new Map(),
  },
});
const nobody = { onWhole: () => undefined, onTold: () => undefined };

function measureStreams(dialect: Measured): readonly Row[] {
  const upstream = upstreamCodecOf(dialect);
  const streams = streamsOf(dialect)
    .map((stream) => chunksOf(dialect, stream))
    .filter(({ length }) => length >= eventsMin);
  if (streams.length === 0) return [];
  const through = (laneOf: () => StreamLane) => () =>
    streams.reduce((events, chunks) => events + relay(laneOf(), readerOf(dialect), chunks), 0);
  const rows: Row[] = [];
  for (const name of clients) {
    const client = clientCodecs[name];
    const isOwn = name === dialect;
    const laneOf = isOwn
      ? () => bytesLane(upstream.tapStream({ hidesUsage: false }), nobody.onTold, () => "")
      : () =>
          canonicalLane(
            upstream.decodeStream(),
            createAnswerWriter(
              { client, emulation: undefined, delivered: undefined },
              answered(client),
              nobody,
            ),
            { askedModel: "m" },
          );
    rows.push({
      what: isOwn ? "event, bytes" : "event, canonical",
      upstream: dialect,
      client: name,
      cpuMicros: cost(through(laneOf)),
      target: isOwn ? 2 : 10,
    });
  }
  return rows;
}

function measureRequests(name: ChatDialect & Measured): readonly Row[] {
  const client = clientCodecs[name];
  const bodies = recordedTraffic(recordedAs[name])
    .map(({ request }) => request)
    .filter((body) => body.length <= smallBytes && client.read(body, context.target).kind === "facts");
  if (bodies.length === 0) return [];
  const own = upstreamCodecOf(name);
  // A view of its own each time: what is known of one body does not help the next.
  const bytes = (): number => {
    for (const body of bodies.map((one) => one.subarray())) {
      const reading = client.read(body, context.target);
      if (reading.kind === "facts") splice(body, own, reading.facts);
    }
    return bodies.length;
  };
  const translated = (upstream: UpstreamCodec) => (): number => {
    for (const body of bodies.map((one) => one.subarray())) {
      client.read(body, context.target);
      const decoding = client.decode(body, context);
      if (decoding.kind === "call") upstream.encodeRequest(decoding.call, { model: "m" });
    }
    return bodies.length;
  };
  const others = (Object.keys(recordedAs) as Measured[]).filter((dialect) => dialect !== name);
  return [
    { what: "request, bytes", upstream: name, client: name, cpuMicros: cost(bytes), target: 10 },
    ...others.map((dialect) => ({
      what: "request, canonical",
      upstream: dialect,
      client: name,
      cpuMicros: cost(translated(upstreamCodecOf(dialect))),
      target: 100,
    })),
  ];
}

function splice(
  body: Uint8Array,
  upstream: UpstreamCodec,
  facts: Parameters<UpstreamCodec["splices"]>[0],
): Uint8Array {
  const splices = upstream.splices(facts, { model: "other" });
  const scan = splices.length === 0 ? undefined : scanObject(body);
  return scan?.kind === "object" ? spliceObject(body, scan, splices) : body;
}

/** Gigabytes a second through the scanner of top-level members, on a body with a large image. */
function scanRate(): number {
  const image = "A".repeat(10 * 1024 ** 2);
  const body = Buffer.from(`{"model":"m","messages":[{"role":"user","content":"${image}"}],"stream":true}`);
  const perByte = cost(() => {
    scanObject(body.subarray());
    return body.length;
  });
  return 1 / (perByte.median * 1000);
}

/** What this machine takes for a known thing now: `JSON.parse` of an event of Chat, in microseconds. */
function yardstick(): Spread {
  const events = streamsOf("openai-chat").flatMap((stream) =>
    createSseReader()
      .push(stream)
      .map(({ data }) => data)
      .filter((data) => data.startsWith("{")),
  );
  return cost(() => {
    for (const data of events) JSON.parse(data);
    return events.length;
  });
}

function print(
  rows: readonly Row[],
  { gigabytes, parsing }: { readonly gigabytes: number; readonly parsing: Spread },
): string {
  const here = machine();
  const tree = commit(root);
  const { average } = load();
  const lines = rows.map(({ what, upstream, client, cpuMicros, target }) => {
    const { median, min, max } = cpuMicros;
    const isMet = median <= target ? "yes" : "**no**";
    return `| ${what} | ${upstream} | ${client} | ${median.toFixed(2)} (${min.toFixed(2)}–${max.toFixed(2)}) | ≤ ${target} | ${isMet} |`;
  });
  return `# What the lanes cost

<!-- Generated by \`npm run bench -- lanes\`. Do not edit. -->

CPU of one event of a stream and of one request of at most 8 KiB beyond HTTP, in microseconds of one thread: frames are cut,
tapped or translated, requests are read, spliced or translated; sockets, log and metrics are not in it. Recorded traffic of real
providers, an event a chunk, short answers made 200 events long by repeating a piece of their text; medians of ${rounds} rounds, the least and the most in brackets.

Taken ${new Date().toISOString().slice(0, 16).replace("T", " ")} UTC at commit ${tree.hash}${tree.isChanged ? " with changes" : ""}, on ${here.processor}, ${here.cores} cores, ${here.system}; load average ${average.toFixed(2)}; Node ${process.versions.node}.

| what | upstream | client | CPU µs | target | met |
|---|---|---|--:|--:|---|
${lines.join("\n")}

For scale, taken in the same run: \`JSON.parse\` alone takes ${parsing.median.toFixed(2)} µs (${parsing.min.toFixed(2)}–${parsing.max.toFixed(2)}) for one of the Chat
events.

The scanner of top-level members reads ${gigabytes.toFixed(1)} GB/s of a body with a 10 MiB image (target: at least 1).
`;
}

/** Measures and writes docs/performance-lanes.md. */
export function benchLanes(): void {
  if (!hasRecordedTraffic()) return;
  const dialects = Object.keys(recordedAs) as Measured[];
  const rows = [...dialects.flatMap(measureStreams), ...clients.flatMap(measureRequests)];
  const page = print(rows, { gigabytes: scanRate(), parsing: yardstick() });
  const path = join(root, "docs/performance-lanes.md");
  writeFileSync(path, page);
  console.log(readFileSync(path, "utf8"));
}
