import { once } from "node:events";
import { createServer, type Server, type ServerResponse } from "node:http";
import { exportJWK, generateKeyPair, SignJWT } from "jose";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { WebSocket } from "ws";
import { type BootedGateway, bootGateway } from "../support/booted-gateway.ts";
import { echo, socketServer, type TestServer } from "../support/websocket-servers.ts";

let upstream: TestServer;
let gateway: BootedGateway;
let issuer: string;
let sign: (jti: string) => Promise<string>;
const servers: Server[] = [];
/** Answers of the provider that have begun and go on until somebody ends them. */
const endless = new Set<ServerResponse>();

const listen = async (server: Server): Promise<string> => {
  servers.push(server);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  return `http://127.0.0.1:${typeof address === "object" && address !== null ? address.port : 0}`;
};

beforeAll(async () => {
  const { publicKey, privateKey } = await generateKeyPair("ES256", { extractable: true });
  const jwk = { ...(await exportJWK(publicKey)), kid: "k1" };
  issuer = await listen(
    createServer(({ url }, answer) =>
      answer.end(
        JSON.stringify(
          url === "/.well-known/openid-configuration"
            ? { issuer, jwks_uri: `${issuer}/keys` }
            : { keys: [jwk] },
        ),
      ),
    ),
  );
  const provider = await listen(
    createServer((_, answer) => {
      endless.add(answer.once("close", () => endless.delete(answer)));
      answer.writeHead(200, { "content-type": "text/plain" }).write("first");
    }),
  );
  upstream = await socketServer((connection) => void echo(connection));
  sign = (jti) =>
    new SignJWT({ sub: "alice", org: "acme", jti })
      .setProtectedHeader({ alg: "ES256", kid: "k1" })
      .setIssuer(issuer)
      .setAudience("sallyport")
      .setIssuedAt()
      .setExpirationTime("5m")
      .sign(privateKey);
  gateway = await bootGateway(`
identity:
  issuers: [{ issuer: "${issuer}", audience: sallyport, claims: { tenant: org } }]
providers:
  any: { dialect: openai-chat, baseUrl: "${provider}/v1", models: ["*"] }
services:
  up: { baseUrl: "http://127.0.0.1:${upstream.port}" }
routes:
  tunnel: { protocol: websocket, path: /tunnel, service: up }
  inspect: { protocol: websocket, path: /inspect, service: up, websocket: { mode: inspect } }
`);
});
afterAll(async () => {
  await gateway[Symbol.asyncDispose]();
  await upstream.close();
  for (const server of servers) {
    server.closeAllConnections();
    server.close();
  }
});

const headersOf = (credential: string) => ({ authorization: `Bearer ${credential}` });
const socketOf = async (path: string, credential: string): Promise<WebSocket> => {
  const client = new WebSocket(`ws://127.0.0.1:${gateway.port}${path}`, { headers: headersOf(credential) });
  client.on("error", () => undefined);
  await once(client, "open");
  return client;
};
/** A stream of the raw lane whose first words have come. */
const rawStream = async (credential: string) => {
  const answer = await fetch(`http://127.0.0.1:${gateway.port}/p/any/endless`, {
    headers: headersOf(credential),
  });
  const reader = answer.body?.getReader();
  if (answer.status !== 200 || reader === undefined) throw new Error(`status ${answer.status}`);
  await reader.read();
  return reader;
};
const saysSomething = async (socket: WebSocket): Promise<string> => {
  const heard = once(socket, "message");
  socket.send("still here");
  const [data] = await heard;
  return String(data);
};

describe("what a credential has open that counts no more", () => {
  it("of a token that is denied ends at once, sockets and raw streams alike; another token of the same person stays", async () => {
    const [lost, kept] = [await sign("lost"), await sign("kept")];
    const [tunnel, inspected, stays] = [
      await socketOf("/tunnel", lost),
      await socketOf("/inspect", lost),
      await socketOf("/inspect", kept),
    ];
    const stream = await rawStream(lost);
    const closed = Promise.all([once(tunnel, "close"), once(inspected, "close")]);
    const { control } = gateway.booted;
    const from = performance.now();
    const { id } = await control.deniedTokens.deny({ issuer, jti: "lost" });
    const [, [code]] = await closed;
    expect(code).toBe(1008);
    // What is looked at every ten seconds would end them too.
    expect(performance.now() - from).toBeLessThan(3000);
    await expect(stream.read()).rejects.toThrow();
    await expect.poll(() => endless.size).toBe(0);
    expect(await saysSomething(stays)).toBe("still here");
    expect(control.sockets().map(({ route }) => route)).toEqual(["inspect"]);
    await expect(rawStream(lost)).rejects.toThrow("status 401");
    await control.deniedTokens.allow(id);
    const again = await socketOf("/tunnel", lost);
    again.terminate();
    stays.terminate();
  });

  it("of a key that is revoked ends a raw stream whose head is out, and says why in its record", async () => {
    const { control } = gateway.booted;
    const { key, entry } = await control.keys.create({ name: "lost" });
    const [stream, stays] = [await rawStream(key), await rawStream(gateway.key)];
    await control.keys.revoke(entry.id);
    await expect(stream.read()).rejects.toThrow();
    await expect.poll(() => endless.size).toBe(1);
    const [latest] = await control.requests.list({ limit: 1 });
    expect(latest).toMatchObject({ keyId: entry.id, outcome: "failed", code: "unauthenticated" });
    for (const answer of endless) answer.end("last");
    expect(new TextDecoder().decode((await stays.read()).value)).toBe("last");
    expect((await stays.read()).done).toBe(true);
  });

  it("of a tenant that is disabled ends at once, whoever vouches for it, and nobody comes in by a token of it", async () => {
    const { tenants, projects } = gateway.booted.control;
    await tenants.create({ id: "acme" });
    await projects.create({ id: "default", tenant: "acme", scope: { lanes: ["raw"] } });
    const token = await sign("of acme");
    const stream = await rawStream(token);
    await expect(socketOf("/tunnel", token)).rejects.toThrow("403");
    await tenants.update("acme", { isDisabled: true });
    await expect(stream.read()).rejects.toThrow();
    await expect(rawStream(token)).rejects.toThrow("status 401");
    await projects.remove("acme/default");
    await tenants.remove("acme");
  });
});
