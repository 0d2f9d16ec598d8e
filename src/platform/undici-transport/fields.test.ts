import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { hear, pushedBody } from "../../../test/support/heard-answer.ts";
import { type RawCall, rawUpstream } from "../../../test/support/raw-upstream.ts";
import { milliseconds } from "../../kernel/units.ts";
import type { Transport, UpstreamRequest } from "../../ports/transport.ts";
import { createTransport } from "./index.ts";

let transport: Transport;
beforeEach(() => {
  transport = createTransport({ connectTimeoutMs: 1000, keepAliveMs: 1000, endOfTurn: setImmediate });
});
afterEach(async () => transport.close());

const say =
  (...texts: readonly string[]) =>
  ({ socket }: RawCall): void => {
    for (const text of texts) socket.write(text);
  };

/** By both ways: undici's, and the one of `node:http`. */
const ways: { way: string; change: Partial<UpstreamRequest> }[] = [
  { way: "undici", change: {} },
  { way: "node:http", change: { expectsContinue: true, body: undefined } },
];

describe.for(ways)("what comes by $way", ({ change }) => {
  it("keeps the lines as they came, in order, and repeated ones apart", async () => {
    await using upstream = await rawUpstream(
      say(
        "HTTP/1.1 200 OK\r\nSet-Cookie: a=1\r\nX-B: b\r\nset-cookie: a=2\r\n1: one\r\nContent-Length: 0\r\n\r\n",
      ),
    );
    const heard = hear(transport, { origin: upstream.url, ...change });
    await heard.over;
    expect(heard.head()?.list).toEqual([
      "set-cookie",
      "a=1",
      "x-b",
      "b",
      "set-cookie",
      "a=2",
      "1",
      "one",
      "content-length",
      "0",
    ]);
    expect(heard.head()?.headers.get("set-cookie")).toBe("a=1, a=2");
  });

  it("tells interim answers with their fields, before the answer", async () => {
    await using upstream = await rawUpstream(
      say(
        "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\nLink: </b>\r\n\r\n",
        "HTTP/1.1 102 Processing\r\n\r\n",
        "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok",
      ),
    );
    const heard = hear(transport, { origin: upstream.url, ...change });
    await heard.over;
    expect(heard.told).toEqual(["103", "102", "head 200", "data", "end"]);
    expect(heard.interims[0]?.list).toEqual(["link", "</a>", "link", "</b>"]);
  });

  it("tells the trailers with the end", async () => {
    await using upstream = await rawUpstream(
      say(
        "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2\r\nok\r\n",
        "0\r\nX-Sum: 1\r\nx-sum: 2\r\nServer-Timing: a\r\n\r\n",
      ),
    );
    const heard = hear(transport, { origin: upstream.url, ...change });
    await heard.over;
    expect(heard.trailers()).toEqual(["x-sum", "1", "x-sum", "2", "server-timing", "a"]);
    const plain = hear(transport, { origin: upstream.url, ...change });
    await plain.over;
    expect(plain.body().toString()).toBe("ok");
  });

  it.for([
    { name: "10,000 fields", head: "a: b\r\n".repeat(10_000) },
    { name: "257 fields", head: "a: b\r\n".repeat(257) },
    { name: "a field of 64 KiB", head: `a: ${"b".repeat(65_536)}\r\n` },
  ])("refuses $name", async ({ head }) => {
    await using upstream = await rawUpstream(say(`HTTP/1.1 200 OK\r\n${head}content-length: 0\r\n\r\n`));
    const heard = hear(transport, { origin: upstream.url, ...change });
    expect(await heard.over).toBe("failed upstream_malformed_response");
    await (await upstream.call(0)).closedAt;
  });

  it("refuses interim answers without end", async () => {
    await using upstream = await rawUpstream(say("HTTP/1.1 103 Early Hints\r\n\r\n".repeat(1000)));
    const heard = hear(transport, { origin: upstream.url, ...change });
    expect(await heard.over).toBe("failed upstream_malformed_response");
    expect(heard.interims.length).toBeLessThanOrEqual(64);
    await (await upstream.call(0)).closedAt;
  });

  it("takes 256 fields, and a body in pieces of one byte", async () => {
    const body = Array.from("hello").map((byte) => `1\r\n${byte}\r\n`);
    await using upstream = await rawUpstream(({ socket }) => {
      const head = `HTTP/1.1 200 OK\r\n${"a: b\r\n".repeat(255)}transfer-encoding: chunked\r\n\r\n`;
      const bytes = Array.from([head, ...body, "0\r\n\r\n"].join(""));
      const next = (): void => {
        const byte = bytes.shift();
        if (byte !== undefined && !socket.destroyed) socket.write(byte, () => setImmediate(next));
      };
      next();
    });
    const heard = hear(transport, { origin: upstream.url, ...change });
    expect(await heard.over).toBe("end");
    expect(heard.body().toString()).toBe("hello");
    expect(heard.head()?.list).toHaveLength(512);
  });

  it.for([
    { name: "a body shorter than it said", act: "HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nhello" },
    {
      name: "a body shorter than it said, on a connection that was to be closed",
      act: "HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: 9\r\n\r\nhello",
    },
    {
      name: "chunks without end",
      act: "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\nhello\r\n",
    },
  ])("calls $name broken", async ({ act }) => {
    await using upstream = await rawUpstream(({ socket }) => void socket.end(act));
    const heard = hear(transport, { origin: upstream.url, ...change });
    expect(await heard.over).toBe("failed upstream_stream_broken");
    expect(heard.told).toEqual(["head 200", "data", "failed upstream_stream_broken"]);
  });

  it("does not take what follows a body for the answer to the next request", async () => {
    let count = 0;
    await using upstream = await rawUpstream(({ socket }) => {
      count += 1;
      const smuggled = count === 1 ? "HTTP/1.1 200 OK\r\ncontent-length: 3\r\n\r\nbad" : "";
      socket.write(`HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok${smuggled}`);
    });
    expect(await hear(transport, { origin: upstream.url, ...change }).over).toBe("end");
    const next = hear(transport, { origin: upstream.url, ...change });
    expect(await next.over).toBe("end");
    expect(next.body().toString()).toBe("ok");
  });
});

/** Reads all requests whole, trailers too. */
async function readingServer(
  answer: (request: IncomingMessage, response: ServerResponse) => unknown,
): Promise<{ server: Server; origin: string } & AsyncDisposable> {
  const take = (request: IncomingMessage, response: ServerResponse): void => void answer(request, response);
  const server = createServer(take);
  server.on("checkContinue", take);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    server,
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function bytesOf(request: IncomingMessage): Promise<string> {
  const pieces: Buffer[] = [];
  for await (const piece of request) pieces.push(piece);
  return Buffer.concat(pieces).toString();
}

describe("what goes up", () => {
  it("sends trailers after a body in pieces, and keeps the connection", async () => {
    const seen: unknown[] = [];
    const sockets = new Set<unknown>();
    await using upstream = await readingServer(async (request, response) => {
      sockets.add(request.socket);
      seen.push(await bytesOf(request), request.rawTrailers, request.headers["transfer-encoding"]);
      response.end("ok");
    });
    for (const round of ["1", "2"]) {
      const body = pushedBody();
      let sum = "";
      const heard = hear(transport, {
        origin: upstream.origin,
        body: body.body,
        headers: ["trailer", "x-sum"],
        trailers: () => ["x-sum", sum, "x-sum", "again"],
      });
      body.push("hel");
      body.push("lo");
      sum = round;
      body.end();
      expect(await heard.over).toBe("end");
    }
    expect(seen.slice(0, 3)).toEqual(["hello", ["x-sum", "1", "x-sum", "again"], "chunked"]);
    expect(seen.slice(3, 5)).toEqual(["hello", ["x-sum", "2", "x-sum", "again"]]);
    expect(sockets.size).toBe(1);
  });

  it("waits for the 100 before it sends the body", async () => {
    const asked = Promise.withResolvers<ServerResponse>();
    await using upstream = await readingServer(async (request, response) => {
      expect(request.headers["expect"]).toBe("100-continue");
      asked.resolve(response);
      response.end(await bytesOf(request));
    });
    const body = pushedBody();
    const heard = hear(transport, { origin: upstream.origin, body: body.body, expectsContinue: true });
    body.push("hello");
    body.end();
    (await asked.promise).writeContinue();
    expect(await heard.over).toBe("end");
    expect(heard.told).toEqual(["100", "head 200", "data", "end"]);
    expect(heard.body().toString()).toBe("hello");
  });

  it("sends the body after a second without a 100", async () => {
    await using upstream = await readingServer(async (request, response) => {
      response.end(await bytesOf(request));
    });
    const before = performance.now();
    const heard = hear(transport, { origin: upstream.origin, body: "hello", expectsContinue: true });
    expect(await heard.over).toBe("end");
    expect(performance.now() - before).toBeGreaterThan(950);
    expect(heard.body().toString()).toBe("hello");
  });

  it("does not send the body when the answer comes in the place of the 100", async () => {
    await using upstream = await rawUpstream();
    const body = pushedBody();
    const heard = hear(transport, { origin: upstream.url, body: body.body, expectsContinue: true });
    body.push("hello");
    const call = await upstream.call(0);
    call.socket.write("HTTP/1.1 417 No\r\ncontent-length: 0\r\n\r\n");
    expect(await heard.over).toBe("end");
    await call.closedAt;
    expect(upstream.calls()).toHaveLength(1);
  });

  it.for([
    { way: "undici", change: {} },
    { way: "node:http", change: { trailers: () => [] } },
  ])("ends the upstream's request when its body fails on the way, by $way", async ({ change }) => {
    const closed = Promise.withResolvers<boolean>();
    const begun = Promise.withResolvers<void>();
    await using upstream = await readingServer((request) => {
      request.once("data", () => begun.resolve());
      request.once("error", () => undefined);
      request.once("close", () => closed.resolve(request.complete));
    });
    const body = pushedBody();
    const heard = hear(transport, { origin: upstream.origin, body: body.body, ...change });
    body.push("hello");
    await begun.promise;
    body.fail(new Error("the client is gone"));
    expect(await heard.over).toMatch("failed");
    expect(heard.failure()?.wasSent).toBe(true);
    expect(await closed.promise).toBe(false);
  });

  it.for([
    { way: "undici", change: {} },
    { way: "node:http", change: { trailers: () => [] } },
  ])(
    "tells an answer that comes before the whole request, and sends no more, by $way",
    async ({ change }) => {
      const closed = Promise.withResolvers<void>();
      await using upstream = await readingServer((request, response) => {
        request.once("data", () => response.writeHead(413, { connection: "close" }).end("no"));
        request.once("error", () => undefined);
        request.socket.once("close", () => closed.resolve());
      });
      const body = pushedBody();
      const heard = hear(transport, { origin: upstream.origin, body: body.body, ...change });
      body.push("hello");
      expect(await heard.over).toBe("end");
      expect(heard.head()?.status).toBe(413);
      await Promise.all([closed.promise, body.returned]);
    },
  );

  it("does not call an upstream silent while the body's own pieces do not come", async () => {
    await using upstream = await readingServer(async (request, response) => {
      response.end(await bytesOf(request));
    });
    const body = pushedBody();
    const slow = { origin: upstream.origin, body: body.body, headTimeout: milliseconds(50) };
    const heard = hear(transport, { ...slow, trailers: () => [] });
    body.push("a");
    // Another request with the same limit is over by now.
    await using silent = await rawUpstream();
    await hear(transport, { ...slow, origin: silent.url, body: undefined }).over;
    await hear(transport, { ...slow, origin: silent.url, body: undefined }).over;
    expect(heard.told).toEqual([]);
    body.end();
    expect(await heard.over).toBe("end");
  });
});

describe("a server that says 100 unasked", () => {
  it("loses its first request, and is heard from then on", async () => {
    await using upstream = await rawUpstream(
      say("HTTP/1.1 100 Continue\r\nx-a: b\r\n\r\nHTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok"),
    );
    expect(await hear(transport, { origin: upstream.url }).over).toBe("failed upstream_unreachable");
    for (const method of ["POST", "GET"]) {
      const heard = hear(transport, { origin: upstream.url, method });
      expect(await heard.over).toBe("end");
      expect(heard.told).toEqual(["100", "head 200", "data", "end"]);
    }
  });
});
