import { describe, expect, it } from "vitest";
import {
  endHeaders,
  endStream,
  frame,
  literals,
  rawH2,
  requestFields,
  frameTypes as types,
} from "../../../test/support/h2-frames.ts";
import { listenersOfTest } from "../../../test/support/open-listener.ts";
import type { InboundHandler } from "../../ports/server.ts";

const ok: InboundHandler = ({ reply }) => reply.whole(200, [], "ok");
const silent: InboundHandler = () => undefined;
const enhanceYourCalm = 11;
const refusedStream = 7;
const whole = endHeaders | endStream;
const codeOf = (payload: Buffer): number => payload.readUInt32BE(payload.length === 4 ? 0 : 4);

describe("HTTP/2 from a client that keeps no rule", () => {
  const open = listenersOfTest();

  it("refuses one stream more than may be open at once, and serves the others", async () => {
    const { port } = await open(silent, {
      http2: {
        isEnabled: true,
        concurrentStreamsMax: 3,
        headerPairsMax: 128,
        sessionMemoryBytesMax: 8e6,
        resetsMax: 200,
      },
    });
    const client = rawH2(port);
    client.send(...[1, 3, 5, 7].map((id) => frame(types.headers, whole, id, requestFields())));
    const reset = await client.until(({ type }) => type === types.reset);
    expect(reset.stream).toBe(7);
    expect(codeOf(reset.payload)).toBe(refusedStream);
  });

  it.for<{ name: string; fields: Buffer; code: string }>([
    { name: "two authorities", fields: requestFields("GET", "/", ["host", "b"]), code: "malformed_request" },
    {
      name: "too many fields",
      fields: requestFields("GET", "/", ...Array.from({ length: 126 }, (_, n) => [`x-${n}`, ""] as const)),
      code: "headers_too_large",
    },
    {
      name: "too many bytes of fields",
      fields: requestFields("GET", "/", ["x-a", "y".repeat(8_000)], ["x-b", "y".repeat(8_300)]),
      code: "headers_too_large",
    },
    {
      name: "CONNECT",
      fields: literals([":method", "CONNECT"], [":authority", "a"]),
      code: "method_not_allowed",
    },
    {
      name: "a field twice that may come once",
      fields: requestFields("GET", "/", ["range", "bytes=0-1"], ["range", "bytes=0-9"]),
      code: "malformed_request",
    },
  ])("answers $name with $code, and keeps the connection", async ({ fields, code }) => {
    const { port } = await open(ok, { limits: { headerBytesMax: 16_000 } });
    const client = rawH2(port);
    client.send(frame(types.headers, whole, 1, fields), frame(types.headers, whole, 3, requestFields()));
    const refused = await client.until(({ type, stream }) => stream === 1 && type === types.data);
    expect(refused.payload.toString()).toContain(`"code":"${code}"`);
    await client.until(({ type, stream }) => stream === 3 && type === types.data);
    client.socket.destroy();
  });

  it.for<{ name: string; fields: Buffer }>([
    { name: "a name in upper case", fields: requestFields("GET", "/", ["X-Upper", "1"]) },
    { name: "a field of the connection", fields: requestFields("GET", "/", ["connection", "close"]) },
    { name: "a transfer coding", fields: requestFields("GET", "/", ["transfer-encoding", "chunked"]) },
    {
      name: "a pseudo-header behind a field",
      fields: literals([":method", "GET"], [":scheme", "http"], ["x-a", "b"], [":path", "/"]),
    },
    { name: "no path", fields: literals([":method", "GET"], [":scheme", "http"]) },
  ])("resets the stream of a head with $name", async ({ fields }) => {
    const { port } = await open(ok);
    const client = rawH2(port);
    client.send(frame(types.headers, whole, 1, fields));
    const reset = await client.until(
      ({ type, stream }) => stream === 1 && (type === types.reset || type === types.headers),
    );
    expect(reset.type).toBe(types.reset);
    client.socket.destroy();
  });

  it("stops an upload after the answer, with no error", async () => {
    const { port } = await open(({ reply }) => {
      reply.head(403, []);
      reply.write("no");
      reply.end();
    });
    const client = rawH2(port);
    client.send(
      frame(types.headers, endHeaders, 1, requestFields("POST")),
      frame(types.data, 0, 1, Buffer.alloc(1000)),
    );
    const reset = await client.until(({ type }) => type === types.reset);
    expect(codeOf(reset.payload)).toBe(0);
    const own = client.frames.filter(({ stream }) => stream === 1);
    expect(own.some(({ flags, type }) => type === types.data && (flags & endStream) !== 0)).toBe(true);
    expect(own.at(-1)).toBe(reset);
    client.socket.destroy();
  });

  it("does not take a body for whole that was given up", async () => {
    const ended = Promise.withResolvers<string>();
    const { port } = await open(({ readBody }) => {
      void readBody(1000).then(
        () => ended.resolve("whole"),
        (thrown: unknown) => ended.resolve(String(thrown)),
      );
    });
    const client = rawH2(port);
    client.send(
      frame(types.headers, endHeaders, 1, requestFields("POST")),
      frame(types.data, 0, 1, Buffer.alloc(10)),
    );
    client.send(frame(types.reset, 0, 1, Buffer.alloc(4)));
    expect(await ended.promise).toMatch(/client_closed/);
    client.socket.destroy();
  });

  /** One byte that stands for a whole field, `accept-encoding: gzip, deflate`: RFC 7541, section 6.1. */
  const indexed = 0x80 | 16;
  const floods: readonly { name: string; send: (id: number) => Buffer; calm?: boolean }[] = [
    {
      name: "streams that are opened and given up",
      send: (n) =>
        Buffer.concat([
          frame(types.headers, whole, n * 2 + 1, requestFields()),
          frame(types.reset, 0, n * 2 + 1, Buffer.from([0, 0, 0, 8])),
        ]),
    },
    { name: "PING", send: () => frame(types.ping, 0, 0, Buffer.alloc(8)) },
    { name: "SETTINGS", send: () => frame(types.settings, 0, 0), calm: true },
    {
      name: "empty DATA",
      send: (n) =>
        n === 0 ? frame(types.headers, endHeaders, 1, requestFields("POST")) : frame(types.data, 0, 1),
    },
    {
      name: "CONTINUATION",
      send: (n) =>
        n === 0
          ? frame(types.headers, 0, 1, requestFields())
          : frame(types.continuation, 0, 1, literals(["x-a", "b".repeat(100)])),
    },
    {
      name: "heads of far too many fields",
      send: (n) =>
        frame(types.headers, whole, n * 2 + 1, Buffer.concat([requestFields(), Buffer.alloc(4000, indexed)])),
      calm: true,
    },
    {
      name: "windows beyond their bound",
      send: () => frame(types.windowUpdate, 0, 0, Buffer.from([0x7f, 0xff, 0xff, 0xff])),
    },
    {
      name: "faults of protocol, each on its stream",
      send: (n) => frame(types.headers, whole, n * 2 + 1, requestFields("GET", "/", ["connection", "close"])),
    },
  ];
  it.for(floods)(
    "ends a connection that floods with $name, while another is served",
    async ({ send, calm }) => {
      const { port } = await open(({ target, reply }) => {
        if (target === "/ok") reply.whole(200, [], "ok");
      });
      const good = rawH2(port);
      const bad = rawH2(port);
      let next = 0;
      const pour = (): void => {
        while (!bad.socket.destroyed && next < 200_000) {
          const batch = Buffer.concat(Array.from({ length: 100 }, () => send(next++)));
          if (!bad.socket.write(batch)) {
            bad.socket.once("drain", pour);
            return;
          }
        }
      };
      pour();
      await bad.closed;
      const goaway = bad.frames.find(({ type }) => type === types.goaway);
      if (calm === true && goaway !== undefined) expect(codeOf(goaway.payload)).toBe(enhanceYourCalm);
      good.send(frame(types.headers, whole, 1, requestFields("GET", "/ok")));
      await good.until(({ type }) => type === types.data);
      expect(bad.socket.destroyed).toBe(true);
      good.socket.destroy();
    },
  );
});
