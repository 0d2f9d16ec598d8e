import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { WebSocket } from "ws";
import { type Federation, startFederation } from "./federation/federation.ts";
import { openEchoServer } from "./grpc/echo-server.ts";
import { jsClient } from "./grpc/js-client.ts";
import { type NodeOrigin, nodeOrigin } from "./rest-gateway.ts";
import { type RunningGateway, runGateway } from "./running-gateway.ts";
import { echo, socketServer } from "./websocket-servers.ts";

/** A gateway in front of services of every protocol, and what their users ask. */
export interface ServicesGateway extends AsyncDisposable {
  readonly gateway: RunningGateway;
  /** One request, read to its end. @returns The id of its record. */
  readonly ask: (path: string, init?: RequestInit) => Promise<string>;
  /** One operation of GraphQL. @returns The id of its record. */
  readonly query: (path: string, text: string, variables?: unknown) => Promise<string>;
  /** A call of gRPC that ends with `fail`. @returns The code that the client was told. */
  readonly call: (fail?: number) => Promise<number>;
  /** Opens a socket, sends a message and hears it again. It is open until the gateway ends. */
  readonly chat: (message: string) => Promise<void>;
}

const config = (
  shop: NodeOrigin,
  { urls }: Federation,
  ports: { readonly chat: number; readonly echo: string },
) => `
providers: { nobody: { dialect: openai-chat, baseUrl: "http://127.0.0.1:9/v1", models: ["none"] } }
services:
  shop:
    endpoints:
      - { name: one, baseUrl: "${shop.url}/a/base/path/that/is/rather/long/for/a/narrow/window", region: eu-central-1 }
      - { name: two, baseUrl: "${shop.url}" }
  gone: { baseUrl: "http://127.0.0.1:1" }
  chat: { baseUrl: "http://127.0.0.1:${ports.chat}" }
  echo: { baseUrl: "${ports.echo}" }
${Object.entries(urls)
  .map(
    ([name, url]) =>
      `  ${name}: { baseUrl: "${name === "billing" ? "http://127.0.0.1:1" : new URL(url).origin}" }`,
  )
  .join("\n")}
routes:
  orders: { path: "/orders/*", service: shop, methods: [GET, POST] }
  people:
    path: "/people/{id}"
    rewrite: "/v2/internal/users/{id}"
    service: shop
    auth: none
    hosts: [people.example.com, people.example.org]
    when: 'http.path.endsWith("7") && header["x-robot"] == ""'
  legacy: { path: "/legacy/*", service: gone }
  chat: { protocol: websocket, path: /chat, service: chat, websocket: { mode: inspect } }
  echo: { protocol: grpc, path: "/echo.v1.EchoService/*", service: echo }
  graph: { protocol: graphql, path: /graphql, graphql: { supergraph: supergraph.graphql, limits: { depth: 5 } } }
  catalog: { protocol: graphql, path: /catalog, service: catalog, rewrite: / }
`;

export async function openServicesGateway(directory: string): Promise<ServicesGateway> {
  await using undo = new AsyncDisposableStack();
  const shop = undo.use(
    await nodeOrigin((request, response) => {
      request.resume();
      response
        .writeHead(200, { "content-type": "application/json" })
        .end(JSON.stringify({ path: request.url }));
    }),
  );
  const federation = undo.adopt(await startFederation(), ({ close }) => close());
  const chat = undo.adopt(await socketServer((connection) => void echo(connection)), ({ close }) => close());
  const grpc = undo.adopt(await openEchoServer(), ({ close }) => close());
  writeFileSync(join(directory, "supergraph.graphql"), federation.supergraph);
  const text = config(shop, federation, { chat: chat.port, echo: grpc.origin });
  const gateway = undo.use(await runGateway({ config: text, directory }));
  const authorization = `Bearer ${gateway.clientKey}`;
  const client = undo.adopt(jsClient(gateway.url, gateway.clientKey), ({ close }) => close());
  const ask = async (path: string, init: RequestInit = {}): Promise<string> => {
    const response = await fetch(gateway.url + path, { headers: { authorization }, ...init });
    await response.text();
    return response.headers.get("x-sallyport-request-id") ?? "";
  };
  const opened = undo.move();
  return {
    gateway,
    ask,
    query: (path, query, variables) =>
      ask(path, {
        method: "POST",
        headers: { authorization, "content-type": "application/json" },
        body: JSON.stringify({ query, variables }),
      }),
    call: async (fail) => {
      const { code } = await client.ask({
        kind: "unary",
        messages: [{ text: "hi", ...(fail === undefined ? {} : { fail }) }],
      });
      return code;
    },
    chat: (message) =>
      new Promise((resolve, reject) => {
        const socket = new WebSocket(`${gateway.url.replace("http", "ws")}/chat`, {
          headers: { authorization },
        });
        socket.once("open", () => socket.send(message));
        socket.once("message", () => resolve());
        socket.once("error", reject);
        opened.defer(() => socket.terminate());
      }),
    [Symbol.asyncDispose]: () => opened.disposeAsync(),
  };
}
