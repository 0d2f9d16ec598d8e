import { createServer, type Server } from "node:https";
import type { AddressInfo } from "node:net";
import { TLSSocket } from "node:tls";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type KeyPair, type TestAuthority, testAuthority } from "../../../test/support/certificates.ts";
import { hear } from "../../../test/support/heard-answer.ts";
import { rawUpstream } from "../../../test/support/raw-upstream.ts";
import { milliseconds } from "../../kernel/units.ts";
import type { Transport, UpstreamRequest } from "../../ports/transport.ts";
import { createTransport } from "./index.ts";

let authority: TestAuthority;
let client: KeyPair;
let server: Server;
let origin: string;
beforeAll(async () => {
  authority = testAuthority();
  client = authority.issue("client", ["DNS:client.example"]);
  const own = authority.issue("server", ["IP:127.0.0.1", "DNS:a.example"]);
  server = createServer(
    { ...own, ca: authority.ca, requestCert: true, rejectUnauthorized: false },
    (request, response) => {
      const { socket } = request;
      const peer = socket instanceof TLSSocket ? socket.getPeerCertificate().subject?.CN : undefined;
      const asked = socket instanceof TLSSocket ? socket.servername : undefined;
      response.end(JSON.stringify({ peer: peer ?? "", asked: asked || "" }));
    },
  );
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  origin = `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  authority[Symbol.dispose]();
});

let transport: Transport;
beforeEach(() => {
  transport = createTransport({ connectTimeoutMs: 5000, keepAliveMs: 1000, endOfTurn: setImmediate });
});
afterEach(async () => transport.close());

describe.for<{ way: string; change: Partial<UpstreamRequest> }>([
  { way: "undici", change: {} },
  { way: "node:http", change: { expectsContinue: true, body: undefined } },
])("TLS by $way", ({ change }) => {
  it("believes nobody whom the system does not know", async () => {
    expect(await hear(transport, { origin, ...change }).over).toBe("failed upstream_unreachable, not sent");
  });

  it.for<{ name: string; tls: () => NonNullable<UpstreamRequest["tls"]>; answer: unknown }>([
    { name: "an authority of ours", tls: () => ({ ca: authority.ca }), answer: { peer: "", asked: "" } },
    {
      name: "another name",
      tls: () => ({ ca: authority.ca, serverName: "a.example" }),
      answer: { peer: "", asked: "a.example" },
    },
    { name: "whoever answers", tls: () => ({ isUnverified: true }), answer: { peer: "", asked: "" } },
    {
      name: "a certificate of our own",
      tls: () => ({ ca: authority.ca, ...client }),
      answer: { peer: "client", asked: "" },
    },
  ])("knows the server by $name", async ({ tls, answer }) => {
    const heard = hear(transport, { origin, tls: tls(), headers: ["host", "b.example"], ...change });
    expect(await heard.over).toBe("end");
    expect(JSON.parse(heard.body().toString())).toEqual(answer);
  });

  it("refuses a server of another name, before anything is sent", async () => {
    const tls = { ca: authority.ca, serverName: "b.example" };
    const heard = hear(transport, { origin, tls, ...change });
    expect(await heard.over).toBe("failed upstream_unreachable, not sent");
  });

  it("keeps connections of two settings apart", async () => {
    const known = { ca: authority.ca, ...client };
    const peers: unknown[] = [];
    for (const tls of [known, { ca: authority.ca }, known]) {
      const heard = hear(transport, { origin, tls, ...change });
      await heard.over;
      peers.push(JSON.parse(heard.body().toString()).peer);
    }
    expect(peers).toEqual(["client", "", "client"]);
  });

  it("gives up a server that does not shake hands in time", async () => {
    await using silent = await rawUpstream();
    const heard = hear(transport, {
      origin: silent.url.replace("http:", "https:"),
      connectTimeout: milliseconds(100),
      ...change,
    });
    const before = performance.now();
    expect(await heard.over).toBe("failed upstream_unreachable, not sent");
    expect(performance.now() - before).toBeLessThan(4000);
  });
});
