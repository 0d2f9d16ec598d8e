import {
  constants,
  createSecureServer,
  createServer,
  type Http2Server,
  type SecureServerOptions,
  type ServerHttp2Session,
  type ServerHttp2Stream,
} from "node:http2";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { testAuthority } from "../../../test/support/certificates.ts";
import { hear, pushedBody } from "../../../test/support/heard-answer.ts";
import { dataOf, frame, okHead, rawHttp2, resetOf } from "../../../test/support/raw-http2.ts";
import { rawUpstream } from "../../../test/support/raw-upstream.ts";
import { milliseconds } from "../../kernel/units.ts";
import type { Transport } from "../../ports/transport.ts";
import { createHttp2Transport } from "./index.ts";

let transport: Transport;
beforeEach(() => {
  transport = createHttp2Transport({
    connectTimeoutMs: 2000,
    keepAliveMs: 1000,
    endOfTurn: setImmediate,
    pingEveryMs: 60,
    pingTimeoutMs: 60,
  });
});
afterEach(async () => transport.close());

interface Upstream extends AsyncDisposable {
  readonly origin: string;
  readonly server: Http2Server;
  readonly sessions: readonly ServerHttp2Session[];
}

async function upstreamOf(
  answer: (stream: ServerHttp2Stream, headers: Record<string, unknown>) => unknown,
  options: SecureServerOptions = {},
): Promise<Upstream> {
  const isSecure = options.cert !== undefined;
  const server = isSecure ? createSecureServer(options) : createServer(options);
  const sessions: ServerHttp2Session[] = [];
  server.on("session", (session) => {
    sessions.push(session);
    session.on("error", () => undefined);
  });
  server.on("stream", (stream: ServerHttp2Stream, headers) => {
    stream.on("error", () => undefined);
    void answer(stream, headers);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    origin: `${isSecure ? "https" : "http"}://127.0.0.1:${port}`,
    server,
    sessions,
    [Symbol.asyncDispose]: async () => {
      for (const session of sessions) session.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

const echo = (stream: ServerHttp2Stream): void => {
  stream.respond({ ":status": 200 });
  stream.pipe(stream);
};

describe("fields", () => {
  it("sends what is the message's own, and names the host that was given", async () => {
    let seen: Record<string, unknown> = {};
    await using upstream = await upstreamOf((stream, headers) => {
      seen = headers;
      stream.respond({ ":status": 204 }, { endStream: true });
    });
    const heard = hear(transport, {
      origin: upstream.origin,
      path: "/a.B/C",
      headers: [
        "host",
        "b.example",
        "te",
        "trailers",
        "connection",
        "x",
        "x-a",
        "1",
        "x-a",
        "2",
        "upgrade",
        "h2c",
      ],
    });
    expect(await heard.over).toBe("end");
    expect(heard.told).toEqual(["head 204", "end"]);
    expect({ ...seen }).toMatchObject({
      ":method": "POST",
      ":path": "/a.B/C",
      ":scheme": "http",
      ":authority": "b.example",
      te: "trailers",
      "x-a": "1, 2",
    });
    expect(Object.keys(seen)).not.toContain("connection");
    expect(Object.keys(seen)).not.toContain("upgrade");
  });

  it("tells interim answers, the head, the body and the trailers as they came", async () => {
    await using upstream = await upstreamOf((stream) => {
      stream.additionalHeaders({ ":status": 103, link: "</a>" });
      stream.respond({ ":status": 200, "set-cookie": ["a=1", "a=2"], "x-b": "b" }, { waitForTrailers: true });
      stream.once("wantTrailers", () => stream.sendTrailers({ "grpc-status": "0", "x-bin": ["AA", "BB"] }));
      stream.end("hello");
    });
    const heard = hear(transport, { origin: upstream.origin });
    expect(await heard.over).toBe("end");
    expect(heard.told).toEqual(["103", "head 200", "data", "end"]);
    expect(heard.interims[0]?.list).toEqual(["link", "</a>"]);
    const list = heard.head()?.list ?? [];
    expect(list.slice(0, 6)).toEqual(["set-cookie", "a=1", "set-cookie", "a=2", "x-b", "b"]);
    expect(heard.head()?.headers.get("set-cookie")).toBe("a=1, a=2");
    expect(heard.trailers()).toEqual(["grpc-status", "0", "x-bin", "AA", "x-bin", "BB"]);
  });

  it("tells a head that is the end as well", async () => {
    await using upstream = await upstreamOf((stream) =>
      stream.respond({ ":status": 200, "grpc-status": "12" }, { endStream: true }),
    );
    const heard = hear(transport, { origin: upstream.origin });
    expect(await heard.over).toBe("end");
    expect(heard.told).toEqual(["head 200", "end"]);
    expect(heard.head()?.headers.get("grpc-status")).toBe("12");
    expect(heard.trailers()).toBeUndefined();
  });

  it("sends trailers after a body in pieces", async () => {
    const seen = Promise.withResolvers<unknown>();
    await using upstream = await upstreamOf((stream) => {
      stream.once("trailers", (_object, _flags, raw) => seen.resolve(raw));
      echo(stream);
    });
    const body = pushedBody();
    const heard = hear(transport, {
      origin: upstream.origin,
      body: body.body,
      trailers: () => ["x-sum", "1", "http2-settings", "AA", "x-sum", "2"],
    });
    body.push("hello");
    body.end();
    expect(await heard.over).toBe("end");
    expect(heard.body().toString()).toBe("hello");
    expect(await seen.promise).toEqual(["x-sum", "1", "x-sum", "2"]);
  });

  it.for([
    { name: "10,000 fields", count: 10_000, size: 1 },
    { name: "a head of 64 KiB", count: 8, size: 8192 },
  ])("refuses $name", async ({ count, size }) => {
    await using upstream = await upstreamOf(
      (stream) => {
        const fields = Array.from({ length: count }, (_, at) => [`x-${at}`, "b".repeat(size)]);
        stream.respond({ ":status": 200, ...Object.fromEntries(fields) }, { endStream: true });
      },
      { maxSendHeaderBlockLength: 10_000_000 },
    );
    expect(await hear(transport, { origin: upstream.origin }).over).toBe(
      "failed upstream_malformed_response",
    );
  });

  it("waits for the 100 before it sends the body", async () => {
    await using upstream = await upstreamOf(() => undefined);
    upstream.server.on("checkContinue", () => undefined);
    upstream.server.removeAllListeners("stream");
    let isAllowed = false;
    upstream.server.on("stream", (stream: ServerHttp2Stream, headers) => {
      expect(headers["expect"]).toBe("100-continue");
      stream.once("data", () => expect(isAllowed).toBe(true));
      isAllowed = true;
      stream.additionalHeaders({ ":status": 100 });
      echo(stream);
    });
    const heard = hear(transport, { origin: upstream.origin, expectsContinue: true, body: "hello" });
    expect(await heard.over).toBe("end");
    expect(heard.told).toEqual(["100", "head 200", "data", "end"]);
  });
});

describe("connections", () => {
  it("holds as many streams as the peer allows, opens more connections, and lets the rest wait", async () => {
    const streams: ServerHttp2Stream[] = [];
    const full = Promise.withResolvers<void>();
    await using upstream = await upstreamOf(
      (stream) => {
        streams.push(stream);
        if (streams.length === 32) full.resolve();
        if (streams.length > 32) stream.respond({ ":status": 200 }, { endStream: true });
      },
      { settings: { maxConcurrentStreams: 2 } },
    );
    const heard = Array.from({ length: 40 }, () => hear(transport, { origin: upstream.origin }));
    await full.promise;
    expect(upstream.sessions).toHaveLength(16);
    expect(streams).toHaveLength(32);
    for (const stream of [...streams]) stream.respond({ ":status": 200 }, { endStream: true });
    expect(await Promise.all(heard.map(({ over }) => over))).toEqual(Array(40).fill("end"));
    expect(upstream.sessions).toHaveLength(16);
  });

  it("lets one wait for a stream no longer than for a head, and sends nothing of it", async () => {
    await using upstream = await upstreamOf(() => undefined, { settings: { maxConcurrentStreams: 0 } });
    const heard = hear(transport, { origin: upstream.origin, headTimeout: milliseconds(100) });
    expect(await heard.over).toBe("failed upstream_timeout, not sent");
  });

  it("uses a connection again, and closes it once it was idle", async () => {
    await using upstream = await upstreamOf(echo);
    for (let round = 0; round < 5; round += 1)
      expect(await hear(transport, { origin: upstream.origin }).over).toBe("end");
    expect(upstream.sessions).toHaveLength(1);
    const [session] = upstream.sessions;
    if (session?.destroyed === false) await new Promise((resolve) => session.once("close", resolve));
  });

  it("lets streams end on a connection that says goodbye, and opens another for new ones", async () => {
    const held = Promise.withResolvers<ServerHttp2Stream>();
    await using upstream = await upstreamOf((stream, headers) => {
      if (headers[":path"] === "/held") held.resolve(stream);
      else echo(stream);
    });
    const old = hear(transport, { origin: upstream.origin, path: "/held" });
    const stream = await held.promise;
    stream.respond({ ":status": 200 });
    await old.begun;
    const [session] = upstream.sessions;
    session?.goaway(constants.NGHTTP2_NO_ERROR, 2 ** 31 - 1);
    session?.goaway(constants.NGHTTP2_NO_ERROR, stream.id ?? 0);
    await new Promise<void>((resolve) => session?.ping(() => resolve()));
    expect(await hear(transport, { origin: upstream.origin }).over).toBe("end");
    expect(upstream.sessions).toHaveLength(2);
    stream.end("late");
    expect(await old.over).toBe("end");
    expect(old.body().toString()).toBe("late");
  });

  it.for([
    { name: "a goodbye", code: constants.NGHTTP2_NO_ERROR },
    { name: "an angry goodbye", code: constants.NGHTTP2_ENHANCE_YOUR_CALM },
  ])("tells streams above the last one of $name that they were not looked at", async ({ code }) => {
    const both = Promise.withResolvers<void>();
    const streams: ServerHttp2Stream[] = [];
    await using upstream = await upstreamOf((stream) => {
      if (streams.push(stream) === 2) both.resolve();
    });
    const heard = [
      hear(transport, { origin: upstream.origin }),
      hear(transport, { origin: upstream.origin }),
    ];
    await both.promise;
    upstream.sessions[0]?.goaway(code, streams[0]?.id ?? 0);
    expect(await heard[1]?.over).toBe("failed upstream_unreachable, not sent");
    expect(heard[1]?.failure()?.resetCode).toBe(constants.NGHTTP2_REFUSED_STREAM);
    if (code === constants.NGHTTP2_NO_ERROR) streams[0]?.respond({ ":status": 200 }, { endStream: true });
    expect(await heard[0]?.over).toBe(
      code === constants.NGHTTP2_NO_ERROR ? "end" : "failed upstream_unreachable",
    );
  });

  it("waits no second longer for a peer that has said goodbye and does not go", async () => {
    const arrived = Promise.withResolvers<ServerHttp2Stream>();
    let count = 0;
    await using upstream = await upstreamOf((stream) => {
      count += 1;
      if (count === 1) stream.respond({ ":status": 204 }, { endStream: true });
      else arrived.resolve(stream);
    });
    expect(await hear(transport, { origin: upstream.origin }).over).toBe("end");
    const refused = hear(transport, { origin: upstream.origin });
    const { session } = await arrived.promise;
    // Its own stream stays open, and with it the connection.
    session?.goaway(constants.NGHTTP2_NO_ERROR, 1);
    expect(await refused.over).toBe("failed upstream_unreachable, not sent");
    await transport.close();
    expect(upstream.sessions).toHaveLength(1);
  });

  it("gives up a peer that is silent and does not answer a PING", async () => {
    await using upstream = await rawHttp2();
    const heard = hear(transport, { origin: upstream.origin });
    expect(await heard.over).toBe("failed upstream_unreachable");
    expect(heard.failure()?.detail).toBe("no answer to a PING");
  });

  it("keeps a silent peer that answers PINGs", async () => {
    const asked = Promise.withResolvers<void>();
    let pings = 0;
    await using upstream = await upstreamOf(() => undefined);
    upstream.server.on("session", (session: ServerHttp2Session) =>
      session.on("ping", () => {
        pings += 1;
        if (pings === 4) asked.resolve();
      }),
    );
    const heard = hear(transport, { origin: upstream.origin });
    await asked.promise;
    expect(heard.told).toEqual([]);
    heard.exchange.abort();
  });

  it.for([
    { name: "HTTP/1.1", says: "HTTP/1.1 400 Bad Request\r\n\r\n" },
    { name: "nonsense", says: "HELLO\r\n".repeat(10) },
  ])("knows a server that speaks $name for no HTTP/2, before anything is sent", async ({ says }) => {
    await using upstream = await rawHttp2(says);
    const heard = hear(transport, { origin: upstream.origin });
    (await upstream.socket).end();
    expect(await heard.over).toMatch(/^failed .*, not sent$/);
  });

  it("tells at once when nobody listens, and when nobody speaks", async () => {
    const gone = await rawUpstream();
    await gone[Symbol.asyncDispose]();
    expect(await hear(transport, { origin: gone.url }).over).toBe("failed upstream_unreachable, not sent");
    await using silent = await rawUpstream();
    const heard = hear(transport, { origin: silent.url, connectTimeout: milliseconds(50) });
    expect(await heard.over).toBe("failed upstream_unreachable, not sent");
  });

  it("speaks TLS with a certificate of its own, and only HTTP/2", async () => {
    using authority = testAuthority();
    const own = authority.issue("server", ["IP:127.0.0.1"]);
    const client = authority.issue("client", ["DNS:client.example"]);
    await using upstream = await upstreamOf(echo, {
      ...own,
      ca: authority.ca,
      requestCert: true,
      rejectUnauthorized: true,
    });
    const { origin } = upstream;
    expect(await hear(transport, { origin, tls: { ca: authority.ca, ...client } }).over).toBe("end");
    expect(await hear(transport, { origin }).over).toBe("failed upstream_unreachable, not sent");
    expect(
      await hear(transport, { origin, tls: { ca: authority.ca, ...client, serverName: "b.example" } }).over,
    ).toBe("failed upstream_unreachable, not sent");
    expect(await hear(transport, { origin, tls: { ca: authority.ca } }).over).toMatch("failed");
  });
});

describe("ends of streams", () => {
  it.for([
    { code: constants.NGHTTP2_CANCEL, told: "failed upstream_unreachable" },
    { code: constants.NGHTTP2_INTERNAL_ERROR, told: "failed upstream_unreachable" },
    { code: constants.NGHTTP2_ENHANCE_YOUR_CALM, told: "failed upstream_unreachable" },
    { code: constants.NGHTTP2_NO_ERROR, told: "failed upstream_unreachable" },
    { code: constants.NGHTTP2_REFUSED_STREAM, told: "failed upstream_unreachable, not sent" },
  ])("tells the code $code of a reset before the head", async ({ code, told }) => {
    await using upstream = await upstreamOf((stream) => stream.close(code));
    const heard = hear(transport, { origin: upstream.origin });
    expect(await heard.over).toBe(told);
    expect(heard.failure()?.resetCode).toBe(code);
  });

  const endingHead = frame({ type: 1, flags: 5, stream: 1, payload: [0x88] });
  const endingData = (text: string): Buffer =>
    frame({ type: 0, flags: 1, stream: 1, payload: Buffer.from(text) });
  /** `a: b` behind a body. */
  const endingTrailers = frame({ type: 1, flags: 5, stream: 1, payload: [0, 1, 0x61, 1, 0x62] });
  it.for([
    { name: "a head alone", frames: [endingHead], text: "" },
    { name: "an empty piece", frames: [okHead, endingData("")], text: "" },
    { name: "a piece", frames: [okHead, endingData("hello")], text: "hello" },
    {
      name: "many pieces",
      frames: [okHead, ...Array.from({ length: 40 }, () => dataOf("x".repeat(16_384))), endingData("")],
      text: "x".repeat(655_360),
    },
    { name: "trailers", frames: [okHead, dataOf("hello"), endingTrailers], text: "hello" },
  ])("takes an answer for whole that ends with $name before the request does", async ({ frames, text }) => {
    const waiting = pushedBody();
    waiting.push(new Uint8Array(1_048_576));
    for (const [body, isPaused] of [
      [pushedBody().body, false],
      [pushedBody().body, true],
      [waiting.body, false],
      [new Uint8Array(1_048_576), false],
      [new Uint8Array(1_048_576), true],
    ] as const) {
      await using upstream = await rawHttp2();
      const heard = hear(transport, { origin: upstream.origin, body });
      const socket = await upstream.socket;
      await new Promise((read) => socket.once("data", read));
      if (isPaused) heard.exchange.pause();
      socket.write(Buffer.concat([...frames, resetOf(constants.NGHTTP2_NO_ERROR)]));
      await heard.begun;
      heard.exchange.resume();
      expect(await heard.over).toBe("end");
      expect(heard.body().toString()).toBe(text);
    }
  });

  it.for([constants.NGHTTP2_CANCEL, constants.NGHTTP2_NO_ERROR, constants.NGHTTP2_INTERNAL_ERROR])(
    "does not take the reset %i in a body for its end",
    async (code) => {
      await using upstream = await rawHttp2();
      const heard = hear(transport, { origin: upstream.origin });
      const socket = await upstream.socket;
      socket.once("data", () => socket.write(Buffer.concat([okHead, dataOf("hel")])));
      await heard.first;
      socket.write(resetOf(code));
      expect(await heard.over).toBe("failed upstream_stream_broken");
      expect(heard.failure()?.resetCode).toBe(code);
    },
  );

  it("calls a body that is shorter than it said broken", async () => {
    await using upstream = await upstreamOf((stream) => {
      stream.respond({ ":status": 200, "content-length": "9" });
      stream.end("hello");
    });
    expect(await hear(transport, { origin: upstream.origin }).over).toBe("failed upstream_stream_broken");
  });

  it("tells when the connection breaks, without a code", async () => {
    await using upstream = await upstreamOf((stream) => {
      stream.respond({ ":status": 200 });
      stream.write("hel");
    });
    const heard = hear(transport, { origin: upstream.origin });
    await heard.first;
    upstream.sessions[0]?.socket.destroy();
    upstream.sessions[0]?.destroy();
    expect(await heard.over).toBe("failed upstream_stream_broken");
    expect(heard.failure()?.resetCode).toBeUndefined();
  });

  it("resets the stream with CANCEL when the caller gives up, and nothing more is told", async () => {
    const reset = Promise.withResolvers<number>();
    await using upstream = await upstreamOf((stream) => {
      stream.respond({ ":status": 200 });
      stream.write("hel");
      stream.once("close", () => reset.resolve(stream.rstCode));
    });
    const body = pushedBody();
    const heard = hear(transport, { origin: upstream.origin, body: body.body });
    await heard.first;
    heard.exchange.abort();
    heard.exchange.abort();
    expect(await reset.promise).toBe(constants.NGHTTP2_CANCEL);
    await body.returned;
    expect(heard.told).toEqual(["head 200", "data"]);
    expect(await hear(transport, { origin: upstream.origin, body: undefined }).begun).toBeDefined();
    expect(upstream.sessions).toHaveLength(1);
  });

  it("resets the stream when the body of the request fails", async () => {
    const reset = Promise.withResolvers<number>();
    const begun = Promise.withResolvers<void>();
    await using upstream = await upstreamOf((stream) => {
      stream.once("data", () => begun.resolve());
      stream.once("close", () => reset.resolve(stream.rstCode));
    });
    const body = pushedBody();
    const heard = hear(transport, { origin: upstream.origin, body: body.body });
    body.push("hello");
    await begun.promise;
    body.fail(new Error("the client is gone"));
    expect(await heard.over).toBe("failed upstream_unreachable");
    expect(await reset.promise).toBe(constants.NGHTTP2_CANCEL);
  });

  it("tells an answer that comes before the whole request, and sends no more", async () => {
    await using upstream = await upstreamOf((stream) => {
      stream.respond({ ":status": 413 }, { endStream: true });
    });
    const body = pushedBody();
    const heard = hear(transport, { origin: upstream.origin, body: body.body });
    body.push("hello");
    expect(await heard.over).toBe("end");
    await body.returned;
  });

  it("fails when no head comes in time, and when a body falls silent", async () => {
    await using upstream = await upstreamOf((stream, headers) => {
      if (headers[":path"] !== "/body") return;
      stream.respond({ ":status": 200 });
      stream.write("hel");
    });
    const { origin } = upstream;
    expect(await hear(transport, { origin, headTimeout: milliseconds(50) }).over).toBe(
      "failed upstream_timeout",
    );
    const heard = hear(transport, { origin, path: "/body", idleTimeout: milliseconds(50) });
    expect(await heard.over).toBe("failed upstream_timeout");
    expect(heard.told).toEqual(["head 200", "data", "failed upstream_timeout"]);
  });
});

describe("backpressure", () => {
  it("stops an upstream whose data nobody takes, and does not call it silent", async () => {
    let written = 0;
    await using upstream = await upstreamOf((stream) => {
      stream.respond({ ":status": 200 });
      const piece = Buffer.alloc(65_536);
      const more = (): void => {
        while (written < 400) {
          written += 1;
          if (!stream.write(piece)) return void stream.once("drain", more);
        }
        stream.end();
      };
      more();
    });
    const heard = hear(transport, { origin: upstream.origin, idleTimeout: milliseconds(50) });
    heard.exchange.pause();
    await heard.begun;
    // Another with the same limit is over by now, and what was written has come to a stop.
    await using silent = await upstreamOf((stream) => stream.respond({ ":status": 200 }));
    await hear(transport, { origin: silent.origin, idleTimeout: milliseconds(200) }).over;
    const before = written;
    expect(before).toBeLessThan(100);
    expect(heard.told).toEqual(["head 200"]);
    heard.exchange.resume();
    expect(await heard.over).toBe("end");
    expect(heard.body()).toHaveLength(400 * 65_536);
  });

  it("asks for no more of a body than the upstream takes", async () => {
    let asked = 0;
    const opened = Promise.withResolvers<ServerHttp2Stream>();
    await using upstream = await upstreamOf((stream) => {
      stream.respond({ ":status": 200 });
      stream.pause();
      opened.resolve(stream);
    });
    async function* pieces(): AsyncGenerator<Uint8Array> {
      for (; asked < 200; asked += 1) yield Buffer.alloc(16_384);
    }
    const heard = hear(transport, { origin: upstream.origin, body: pieces() });
    const stream = await opened.promise;
    await heard.begun;
    await new Promise<void>((resolve) => upstream.sessions[0]?.ping(() => resolve()));
    expect(asked).toBeLessThan(50);
    let bytes = 0;
    stream.on("data", (chunk: Buffer) => (bytes += chunk.length));
    stream.once("end", () => stream.end());
    stream.resume();
    expect(await heard.over).toBe("end");
    expect(bytes).toBe(200 * 16_384);
  });
});
