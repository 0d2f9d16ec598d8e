import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import type { Recorded } from "./recorded-traffic.ts";

/** A real HTTP server that answers every request with the exchange that was put on it. */
export interface ReplayUpstream extends AsyncDisposable {
  readonly url: string;
  readonly put: (record: Pick<Recorded, "status" | "headers" | "response">) => void;
  /** Bodies as they were received, oldest first. */
  readonly received: () => readonly Buffer[];
}

export async function replayUpstream(): Promise<ReplayUpstream> {
  let current: Pick<Recorded, "status" | "headers" | "response"> | undefined;
  const received: Buffer[] = [];
  const server: Server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      received.push(Buffer.concat(chunks));
      if (current === undefined) response.writeHead(500).end();
      else response.writeHead(current.status, { ...current.headers }).end(current.response);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    put: (record) => {
      current = record;
    },
    received: () => received,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
