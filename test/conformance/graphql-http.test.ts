import { createClient as createSseClient } from "graphql-sse";
import { createClient as createSocketClient } from "graphql-ws";
import { afterAll, beforeAll, expect, it } from "vitest";
import { WebSocket } from "ws";
import { runGraphqlAudits } from "../support/graphql-audits.ts";
import { startGraphqlServer } from "../support/graphql-server.ts";

let server: Awaited<ReturnType<typeof startGraphqlServer>>;
beforeAll(async () => {
  server = await startGraphqlServer();
});
afterAll(() => server.close());

const counting = { query: "subscription { count(to: 3) }" };
const counted = [1, 2, 3].map((count) => ({ data: { count } }));

it("passes all audits of GraphQL over HTTP, with limits on", async () => {
  expect(await runGraphqlAudits(server.url)).toEqual({ count: 61, unmet: [] });
});

it("serves a subscription to the client of graphql-sse", async () => {
  const client = createSseClient({ url: server.url });
  expect(await Array.fromAsync(client.iterate(counting))).toEqual(counted);
  client.dispose();
});

it("serves subscriptions and queries to the client of graphql-ws", async () => {
  const client = createSocketClient({ url: server.url.replace("http", "ws"), webSocketImpl: WebSocket });
  expect(await Array.fromAsync(client.iterate(counting))).toEqual(counted);
  expect(await Array.fromAsync(client.iterate({ query: "{ hello }" }))).toEqual([
    { data: { hello: "world" } },
  ]);
  await expect(Array.fromAsync(client.iterate({ query: "{ nothing }" }))).rejects.toMatchObject([
    { extensions: { code: "GRAPHQL_VALIDATION_FAILED" } },
  ]);
  await client.dispose();
});
