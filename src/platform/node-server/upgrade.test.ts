import { once } from "node:events";
import { connect as connectRaw } from "node:net";
import { connect as connectTls } from "node:tls";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { describe, expect, it } from "vitest";
import { ask } from "../../../test/support/any-version-client.ts";
import { rawExchange } from "../../../test/support/http-client.ts";
import { listenersOfTest } from "../../../test/support/open-listener.ts";
import { testTls } from "../../../test/support/test-tls.ts";
import type { InboundRequest } from "../../ports/server.ts";

const tls = { cert: testTls.serverCert, key: testTls.serverKey };
setFlagsFromString("--expose-gc");
const collectGarbage = runInNewContext("gc") as () => void;
const asking = (more: string): string => `GET / HTTP/1.1\r\nhost: a\r\nconnection: upgrade\r\n${more}\r\n`;

describe("an upgrade", () => {
  const open = listenersOfTest();

  it("gives the connection away, with the bytes behind the head, and breaks it at the end of a drain", async () => {
    const { port, engine } = await open(({ upgrade }) => {
      const taken = upgrade?.take(["upgrade", "echo"]);
      taken?.socket.write(`${upgrade?.protocol} ${String(taken.early)}`);
      taken?.socket.on("data", (chunk) => taken.socket.write(chunk));
      taken?.socket.resume();
    });
    const client = connectRaw(port, "127.0.0.1", () => client.write(`${asking("upgrade: Echo\r\n")}early`));
    let text = "";
    const ended = new Promise((resolve) => client.once("close", resolve));
    client.on("error", () => undefined);
    client.on("data", (chunk) => {
      text += String(chunk);
      if (text.endsWith("early")) client.write(" later");
      if (text.endsWith("later")) void engine.drain(50);
    });
    await ended;
    expect(text).toMatch(/^HTTP\/1\.1 101 Switching Protocols\r\nupgrade: echo\r\n\r\necho early later$/);
  });

  it("holds nothing of the request that it began with, once it is taken", async () => {
    const replies: WeakRef<InboundRequest["reply"]>[] = [];
    const { port } = await open(({ upgrade, reply }) => {
      replies.push(new WeakRef(reply));
      reply.onGone(() => reply.destroy());
      upgrade?.take([]);
    });
    const client = connectRaw(port, "127.0.0.1", () => client.write(asking("upgrade: websocket\r\n")));
    await once(client, "data");
    await expect
      .poll(() => {
        collectGarbage();
        return replies.map((reply) => reply.deref());
      })
      .toEqual([undefined]);
    client.destroy();
  });

  it("may be answered like any request, whole or in pieces; the connection ends with it", async () => {
    const { port } = await open(({ target, reply }) => {
      reply.head(target === "/" ? 403 : 200, ["x-a", "b"]);
      for (let at = 0; at < 40; at++) reply.write("x".repeat(10_000));
      reply.end();
    });
    const text = await rawExchange(port, { send: asking("upgrade: websocket\r\n") });
    expect(text).toMatch(/^HTTP\/1\.1 403 Forbidden\r\nx-a: b\r\n/);
    expect(text.toLowerCase()).toContain("connection: close");
    expect(text).toMatch(/\r\n0\r\n\r\n$/);
    expect(text.length).toBeGreaterThan(400_000);
  });

  it.for([
    { name: "h2c", more: "upgrade: h2c\r\n" },
    {
      name: "a body behind it",
      more: "upgrade: websocket\r\ncontent-length: 0\r\ntransfer-encoding: chunked\r\n",
    },
  ])("to $name is none", async ({ more }) => {
    const { port } = await open(({ upgrade, reply }) =>
      reply.whole(200, [], upgrade === undefined ? "none" : "one"),
    );
    const text = await rawExchange(port, { send: asking(more), until: /none$|400/ });
    expect(text).toMatch(
      more.includes("h2c") ? /^HTTP\/1\.1 200 [^]*keep-alive[^]*none$/i : /^HTTP\/1\.1 400 /,
    );
  });
});

describe("a listener", () => {
  const open = listenersOfTest();
  const whoAsks = (request: InboundRequest): void =>
    request.reply.whole(200, [], `${request.remoteAddress} ${request.clientCertificate?.subject}`);
  const get = "GET / HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n";

  it("renews its certificate while it runs", async () => {
    const { port, engine } = await open(whoAsks, { tls });
    const shown = (): Promise<string> =>
      new Promise((resolve, reject) => {
        const socket = connectTls({ port, host: "127.0.0.1", ca: testTls.authority }, () => {
          resolve(String(socket.getPeerCertificate().subject.CN));
          socket.destroy();
        });
        socket.on("error", reject);
      });
    expect(await shown()).toBe("localhost");
    engine.renewTls({ cert: testTls.renewedCert, key: testTls.renewedKey });
    expect(await shown()).toBe("renewed");
    expect(() => engine.renewTls({ cert: "nonsense", key: "nonsense" })).toThrow();
    expect(await shown()).toBe("renewed");
  });

  it("serves only clients that prove who they are, when it knows their authorities", async () => {
    const { port } = await open(whoAsks, { tls: { ...tls, clientCa: testTls.authority } });
    await expect(ask("https/1.1", port, {})).rejects.toThrow();
    const text = await new Promise<string>((resolve, reject) => {
      const socket = connectTls(
        { port, host: "127.0.0.1", ca: testTls.authority, cert: testTls.clientCert, key: testTls.clientKey },
        () => socket.write(get),
      );
      let told = "";
      socket.on("data", (chunk) => {
        told += String(chunk);
      });
      socket.on("error", reject).on("close", () => resolve(told));
    });
    expect(text).toMatch(/127\.0\.0\.1 CN=alice$/);
  });

  it.for([
    {
      name: "believes a trusted proxy",
      isTrusted: true,
      header: "PROXY TCP4 192.0.2.7 192.0.2.1 1 2\r\n",
      told: /192\.0\.2\.7/,
    },
    { name: "closes on a broken PROXY header", isTrusted: true, header: "PROXY TCP4 nobody\r\n", told: /^$/ },
    {
      name: "reads none from a stranger",
      isTrusted: false,
      header: "PROXY TCP4 192.0.2.7 192.0.2.1 1 2\r\n",
      told: /^HTTP\/1\.1 400/,
    },
  ])("$name", async ({ isTrusted, header, told }) => {
    const { port } = await open(whoAsks, { isTrusted: () => isTrusted, proxyProtocol: "any" });
    expect(await rawExchange(port, { send: header + get })).toMatch(told);
  });

  it("ends a connection of HTTP/2 with its last answer when it drains", async () => {
    const { port, engine } = await open(({ reply }) => {
      void engine.drain(10_000);
      setImmediate(() => reply.whole(200, [], "last"));
    });
    expect(await ask("h2c", port, {})).toMatchObject({ status: 200, body: "last", isWhole: true });
  });

  it("refuses a CONNECT, and lets no client hold its connection by leaving its own side open", async () => {
    const { port } = await open(({ reply }) => reply.whole(200, [], "ok"), { limits: { connectionsMax: 1 } });
    const client = connectRaw({ port, host: "127.0.0.1", allowHalfOpen: true });
    let text = "";
    client.on("data", (chunk) => {
      text += String(chunk);
    });
    client.on("error", () => undefined);
    client.write("CONNECT a:1 HTTP/1.1\r\nhost: a\r\n\r\n");
    await once(client, "end");
    expect(text).toMatch(/^HTTP\/1\.1 405 /);
    const next = (): Promise<string> =>
      rawExchange(port, { send: "GET / HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n" }).catch(String);
    await expect.poll(next, { timeout: 5000, interval: 100 }).toMatch(/ok$/);
    client.destroy();
  });
});
