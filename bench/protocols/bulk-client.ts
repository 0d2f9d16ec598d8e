/**
 * The client of one large body, on raw TCP: sends it, or reads it, as fast as the other side allows. Prints the bytes
 * that passed, and in how many seconds, as one JSON line.
 */
import { connect } from "node:net";

/** To be started as a process of its own, with a `BulkPlan` in JSON as its argument. */
export const bulkClientProgram = import.meta.filename;

export interface BulkPlan {
  readonly url: string;
  readonly target: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly direction: "up" | "down";
  readonly bytes: number;
}

export interface BulkCount {
  readonly bytes: number;
  readonly seconds: number;
  readonly status: number;
}

const piece = Buffer.alloc(64 * 1024, "A container is lifted. ");

function pass({ url, target, headers, direction, bytes }: BulkPlan): Promise<BulkCount> {
  const { hostname, port, host } = new URL(url);
  const { promise, resolve, reject } = Promise.withResolvers<BulkCount>();
  const socket = connect({ host: hostname, port: Number(port), noDelay: true });
  const begunAt = performance.now();
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  const framing = direction === "up" ? `content-length: ${bytes}\r\n` : "";
  let head = "";
  let status = 0;
  let received = 0;
  let remaining = direction === "up" ? bytes : 0;
  const pump = (): void => {
    while (remaining > 0) {
      const part = remaining >= piece.length ? piece : piece.subarray(0, remaining);
      remaining -= part.length;
      if (!socket.write(part) && remaining > 0) return void socket.once("drain", pump);
    }
  };
  const finish = (passed: number): void => {
    socket.destroy();
    resolve({ bytes: passed, seconds: (performance.now() - begunAt) / 1000, status });
  };
  socket.on("error", reject).on("close", () => reject(new Error(`cut after ${received} bytes`)));
  socket.on("connect", () => {
    socket.write(
      `${direction === "up" ? "POST" : "GET"} ${target} HTTP/1.1\r\nhost: ${host}\r\n${framing}${lines.join("")}\r\n`,
    );
    pump();
  });
  socket.on("data", (chunk: Buffer) => {
    received += chunk.length;
    if (status !== 0) return void (direction === "down" && received >= bytes && finish(received));
    head += chunk.toString("latin1");
    const end = head.indexOf("\r\n\r\n");
    if (end < 0) return;
    status = Number(head.slice(9, 12));
    received = head.length - end - 4;
    if (direction === "up" || status !== 200) finish(bytes - remaining);
  });
  return promise;
}

if (process.argv[1] === import.meta.filename) {
  console.log(JSON.stringify(await pass(JSON.parse(process.argv[2] ?? "") as BulkPlan)));
}
