/**
 * The client that holds connections open and lets them rest: raw TCP, nothing kept but the sockets. Prints how many stand
 * once they all do, or have failed to; then stays until it is ended.
 */
import { connect } from "node:net";

/** To be started as a process of its own, with a `HoldPlan` in JSON as its argument. */
export const holdClientProgram = import.meta.filename;

export interface HoldPlan {
  readonly url: string;
  /** Head of the request, with its empty line. */
  readonly request: string;
  /** What the answer holds once the connection stands. */
  readonly sign: string;
  readonly count: number;
}

/** Opened at the same time: no listener's queue runs over. */
const placesMax = 64;

function hold({ url, request, sign }: HoldPlan): Promise<boolean> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve) => {
    const socket = connect({ host: hostname, port: Number(port) });
    let text = "";
    socket.on("error", () => resolve(false)).on("close", () => resolve(false));
    socket.on("connect", () => socket.write(request));
    socket.on("data", (chunk: Buffer) => {
      text += chunk.toString("latin1");
      if (!text.includes(sign)) return;
      text = "";
      resolve(true);
    });
  });
}

async function holdAll(plan: HoldPlan): Promise<number> {
  let left = plan.count;
  let stand = 0;
  const place = async (): Promise<void> => {
    while (left > 0) {
      left -= 1;
      if (await hold(plan)) stand += 1;
    }
  };
  await Promise.all(Array.from({ length: placesMax }, place));
  return stand;
}

if (process.argv[1] === import.meta.filename) {
  console.log(await holdAll(JSON.parse(process.argv[2] ?? "") as HoldPlan));
}
