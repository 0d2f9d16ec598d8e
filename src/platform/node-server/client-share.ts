import type { Server, Socket } from "node:net";

/** Closes the connections that one client address has above its share, at once. Trusted proxies speak for many clients. */
export function limitClients(
  server: Server,
  perClientMax: number,
  isTrusted: (address: string) => boolean,
): void {
  const counts = new Map<string, number>();
  server.on("connection", (socket: Socket) => {
    const client = socket.remoteAddress ?? "";
    if (isTrusted(client)) return;
    const count = (counts.get(client) ?? 0) + 1;
    if (count > perClientMax) {
      socket.destroy();
      return;
    }
    counts.set(client, count);
    socket.once("close", () => {
      const left = (counts.get(client) ?? 1) - 1;
      if (left === 0) counts.delete(client);
      else counts.set(client, left);
    });
  });
}
