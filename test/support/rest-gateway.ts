import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { type BootedGateway, bootGateway } from "./booted-gateway.ts";

/** A gateway in front of ordinary services only. @param text The sections `services` and `routes`, and what else there is. */
export const restGateway = (text: string): Promise<BootedGateway> =>
  bootGateway(`providers: { nobody: { dialect: openai-chat, baseUrl: "http://127.0.0.1:9/v1", models: ["none"] } }
${text}`);

/** An origin by node:http. */
export interface NodeOrigin extends AsyncDisposable {
  readonly url: string;
  readonly server: Server;
}

export async function nodeOrigin(listener: RequestListener): Promise<NodeOrigin> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    server,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** A request as text: `head` has a line each. */
export const requestText = (line: string, head: readonly string[] = [], body = ""): string =>
  `${line} HTTP/1.1\r\n${["host: gate", ...head].map((field) => `${field}\r\n`).join("")}\r\n${body}`;

/** The head of a message and what follows it. */
export function splitMessage(text: string): { readonly head: string; readonly body: string } {
  const end = text.indexOf("\r\n\r\n");
  return { head: text.slice(0, end), body: text.slice(end + 4) };
}

/** The values of a header in a head. */
export const valuesOf = (head: string, name: string): readonly string[] =>
  head
    .split("\r\n")
    .slice(1)
    .flatMap((line) =>
      line.toLowerCase().startsWith(`${name}:`) ? [line.slice(name.length + 1).trim()] : [],
    );

/** A port on which nobody listens. */
export async function deadPort(): Promise<number> {
  await using origin = await nodeOrigin(() => undefined);
  return Number(new URL(origin.url).port);
}
