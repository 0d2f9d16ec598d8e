import { connect, type Socket } from "node:net";

/** What a flood was told, by status and by why it was refused. */
export interface FloodTally {
  readonly answered: number;
  /** By `x-sallyport-shed`. */
  readonly refused: Readonly<Record<string, number>>;
}

/**
 * Many connections that send one request after the other, each as soon as it has its answer; refusals are no reason to
 * wait. A connection that the server closes is opened again.
 *
 * @returns What ends the flood and tells how it went, by the names of the requests.
 */
export function flood<Name extends string>(
  port: number,
  requests: Readonly<Record<Name, string>>,
  connectionsEach: number,
): () => Readonly<Record<Name, FloodTally>> {
  const sockets = new Set<Socket>();
  const tallies = new Map<string, { answered: number; refused: Record<string, number> }>();
  let isOver = false;
  const open = (request: string, tally: { answered: number; refused: Record<string, number> }): void => {
    const socket = connect({ port, host: "127.0.0.1", noDelay: true });
    let text = "";
    sockets.add(socket);
    socket.on("error", () => undefined);
    socket.on("connect", () => socket.write(request));
    socket.on("close", () => {
      sockets.delete(socket);
      if (!isOver) setTimeout(open, 5, request, tally);
    });
    socket.on("data", (chunk) => {
      text += chunk.toString("latin1");
      const headEnd = text.indexOf("\r\n\r\n");
      if (headEnd < 0) return;
      const head = text.slice(0, headEnd).toLowerCase();
      const length = Number(/content-length: (\d+)/.exec(head)?.[1] ?? 0);
      if (text.length < headEnd + 4 + length) return;
      text = "";
      const shed = /x-sallyport-shed: ([\w-]+)/.exec(head)?.[1];
      if (head.startsWith("http/1.1 200")) tally.answered += 1;
      else tally.refused[shed ?? head.slice(9, 12)] = (tally.refused[shed ?? head.slice(9, 12)] ?? 0) + 1;
      if (head.includes("connection: close")) socket.destroy();
      else socket.write(request);
    });
  };
  for (const [name, request] of Object.entries<string>(requests)) {
    const tally = { answered: 0, refused: {} };
    tallies.set(name, tally);
    for (let count = 0; count < connectionsEach; count += 1) open(request, tally);
  }
  return () => {
    isOver = true;
    for (const socket of sockets) socket.destroy();
    const none: FloodTally = { answered: 0, refused: {} };
    const told = Object.keys(requests).map((name) => [name, tallies.get(name) ?? none] as const);
    return Object.fromEntries(told) as Record<Name, FloodTally>;
  };
}
