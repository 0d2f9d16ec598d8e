/**
 * The client of the measured WebSockets, on raw TCP: each socket has one message out at a time, made beforehand. Prints
 * one JSON line.
 *
 *   closed   the next message as soon as the echo is there
 *   open     messages at a fixed rate over all sockets, timed from when they are sent
 *   opening  handshakes, one after the other in each of the places
 */
import { connect, type Socket } from "node:net";
import { quantile } from "../spread.ts";

/** To be started as a process of its own, with a `SocketPlan` in JSON as its argument. */
export const socketClientProgram = import.meta.filename;

export interface SocketPlan {
  readonly url: string;
  readonly target: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly mode: "closed" | "open" | "opening";
  readonly sockets: number;
  readonly seconds: number;
  /** Messages a second, of the mode `open`. */
  readonly ratePerSecond: number;
}

export interface SocketCount {
  /** Echoes, or handshakes. */
  readonly count: number;
  readonly seconds: number;
  readonly latencyMsP50: number;
  readonly latencyMsP99: number;
  /** Sockets that ended before they should. */
  readonly failed: number;
}

const payload = Buffer.from("A container is lifted, stacked, "); // 32 bytes
const mask = Buffer.from([0x37, 0xfa, 0x21, 0x3d]);
/** A text frame with a mask: RFC 6455, section 5.7. */
const message = Buffer.concat([
  Buffer.from([0x81, 0x80 | payload.length]),
  mask,
  payload.map((byte, at) => byte ^ (mask[at % mask.length] ?? 0)),
]);
const echoBytes = 2 + payload.length;

interface Opened {
  readonly socket: Socket;
  /** Called for each whole echo. */
  echoed: () => void;
  closed: () => void;
  isWaiting: boolean;
}

/** The request that asks for a socket. */
export function handshake({ url, target, headers }: Pick<SocketPlan, "url" | "target" | "headers">): string {
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  return `GET ${target} HTTP/1.1\r\nhost: ${new URL(url).host}\r\nupgrade: websocket\r\nconnection: Upgrade\r\nsec-websocket-version: 13\r\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n${lines.join("")}\r\n`;
}

/** Opens one socket. Rejects when it is refused. */
function open(plan: SocketPlan): Promise<Opened> {
  const { hostname, port } = new URL(plan.url);
  const { promise, resolve, reject } = Promise.withResolvers<Opened>();
  const socket = connect({ host: hostname, port: Number(port), noDelay: true });
  const opened: Opened = { socket, echoed: () => undefined, closed: () => undefined, isWaiting: false };
  let head = "";
  let read = 0;
  socket.on("error", reject);
  socket.on("close", () => {
    reject(new Error(`refused: ${head.slice(0, 300)}`));
    opened.closed();
  });
  socket.on("connect", () => socket.write(handshake(plan)));
  const readHead = (chunk: Buffer): void => {
    head += chunk.toString("latin1");
    if (!head.includes("\r\n\r\n")) return;
    if (!head.startsWith("HTTP/1.1 101")) return void socket.destroy();
    socket.off("data", readHead);
    socket.on("data", (bytes: Buffer) => {
      read += bytes.length;
      if (read < echoBytes) return;
      read -= echoBytes;
      opened.echoed();
    });
    resolve(opened);
  };
  socket.on("data", readHead);
  return promise;
}

async function exchange(plan: SocketPlan): Promise<SocketCount> {
  const sockets = await Promise.all(Array.from({ length: plan.sockets }, () => open(plan)));
  const times: number[] = [];
  let failed = 0;
  let isOver = false;
  const send = (one: Opened): void => {
    const sentAt = performance.now();
    one.isWaiting = true;
    one.echoed = () => {
      one.isWaiting = false;
      times.push(performance.now() - sentAt);
      if (plan.mode === "closed" && !isOver) send(one);
    };
    one.socket.write(message);
  };
  for (const one of sockets)
    one.closed = () => {
      if (!isOver) failed += 1;
    };
  const begunAt = performance.now();
  let timer: NodeJS.Timeout | undefined;
  if (plan.mode === "closed") for (const one of sockets) send(one);
  else {
    let sent = 0;
    let next = 0;
    timer = setInterval(() => {
      const due = ((performance.now() - begunAt) / 1000) * plan.ratePerSecond;
      // A socket that still waits is passed over: the others keep the rate.
      for (let tries = 0; sent < due && tries < sockets.length; tries += 1) {
        const one = sockets[next++ % sockets.length];
        if (one === undefined || one.isWaiting) continue;
        sent += 1;
        send(one);
      }
    }, 1);
  }
  await new Promise((resolve) => setTimeout(resolve, plan.seconds * 1000));
  isOver = true;
  clearInterval(timer);
  const seconds = (performance.now() - begunAt) / 1000;
  for (const { socket } of sockets) socket.destroy();
  return summary(times, { seconds, failed });
}

async function opening(plan: SocketPlan): Promise<SocketCount> {
  const times: number[] = [];
  let failed = 0;
  const begunAt = performance.now();
  const until = begunAt + plan.seconds * 1000;
  const place = async (): Promise<void> => {
    while (performance.now() < until) {
      const from = performance.now();
      try {
        const { socket } = await open(plan);
        times.push(performance.now() - from);
        socket.destroy();
      } catch {
        failed += 1;
      }
    }
  };
  await Promise.all(Array.from({ length: plan.sockets }, place));
  return summary(times, { seconds: (performance.now() - begunAt) / 1000, failed });
}

function summary(times: readonly number[], told: { readonly seconds: number; readonly failed: number }) {
  const sorted = Float64Array.from(times).toSorted();
  return {
    ...told,
    count: times.length,
    latencyMsP50: quantile(sorted, 0.5),
    latencyMsP99: quantile(sorted, 0.99),
  };
}

if (process.argv[1] === import.meta.filename) {
  const plan = JSON.parse(process.argv[2] ?? "") as SocketPlan;
  console.log(JSON.stringify(await (plan.mode === "opening" ? opening(plan) : exchange(plan))));
}
