import { describe, expect, it } from "vitest";
import { ask, versions } from "../../../test/support/any-version-client.ts";
import { listenersOfTest } from "../../../test/support/open-listener.ts";
import { testTls } from "../../../test/support/test-tls.ts";
import { GatewayError } from "../../kernel/errors.ts";
import type { InboundHandler, InboundRequest } from "../../ports/server.ts";

const tls = { cert: testTls.serverCert, key: testTls.serverKey };

const echo: InboundHandler = ({ readBody, reply }) => {
  void readBody(100_000_000).then(
    (body) => reply.whole(200, ["content-type", "text/plain"], body),
    (thrown: unknown) => reply.whole(GatewayError.from(thrown).status, [], GatewayError.from(thrown).code),
  );
};

async function streamed({ streamBody, reply, trailers }: InboundRequest): Promise<void> {
  let size = 0;
  for await (const piece of streamBody(100_000_000) ?? []) size += piece.byteLength;
  reply.whole(200, [], `${size} ${trailers().join("=")}`);
}

describe.for(versions)("a listener that is asked by %s", (version) => {
  const open = listenersOfTest();
  const serve = async (handler: InboundHandler, limits = {}) =>
    open(handler, { limits, ...(version === "https/1.1" || version === "h2" ? { tls } : {}) });
  const isHttp2 = version === "h2" || version === "h2c";

  it("tells the request in the same words", async () => {
    const seen = Promise.withResolvers<InboundRequest>();
    const { port } = await serve((request) => {
      seen.resolve(request);
      request.reply.whole(200, [], "");
    });
    await ask(version, port, { path: "/a?b=c", headers: { "x-one": "1", cookie: ["a=1", "b=2"] } });
    const request = await seen.promise;
    expect(request).toMatchObject({
      method: "GET",
      target: "/a?b=c",
      remoteAddress: "127.0.0.1",
      localPort: port,
      scheme: version === "h2" || version === "https/1.1" ? "https" : "http",
      httpVersion: isHttp2 ? "2" : "1.1",
      expectsContinue: false,
    });
    expect(request.header("host")).toBe(`127.0.0.1:${port}`);
    expect(request.header("x-one")).toBe("1");
    expect(request.header("cookie")).toBe("a=1; b=2");
    expect(request.streamBody(10)).toBeUndefined();
    const names = request.rawHeaders.filter((_, at) => at % 2 === 0).map((name) => name.toLowerCase());
    expect(names.filter((name) => name === "host")).toHaveLength(1);
    expect(names.some((name) => name.startsWith(":"))).toBe(false);
    if (isHttp2) expect(names).toEqual(["host", "x-one", "cookie"]);
  });

  it("reads a body of some megabytes whole and gives it back", async () => {
    const { port } = await serve(echo);
    const body = "0123456789abcdef".repeat(200_000);
    const told = await ask(version, port, { method: "POST", body });
    expect(told.status).toBe(200);
    expect(told.body === body).toBe(true);
    expect(told.headers["content-length"]).toBe(String(body.length));
    expect(told.headers["date"]).toBeDefined();
  });

  it("gives a body in pieces, and its trailers behind it", async () => {
    const { port } = await serve((request) => void streamed(request));
    const told = await ask(version, port, {
      method: "POST",
      body: "x".repeat(500_000),
      trailers: { "x-sum": "7" },
    });
    expect(told.body).toBe("500000 x-sum=7");
  });

  it("refuses a body that is announced too large, and one that becomes so", async () => {
    const { port } = await serve(({ readBody, reply }) => {
      void readBody(1000).catch((thrown: unknown) => reply.whole(GatewayError.from(thrown).status, [], "no"));
    });
    expect(await ask(version, port, { method: "POST", body: "x".repeat(1001) })).toMatchObject({
      status: 413,
      body: "no",
    });
    const unannounced = { method: "POST", body: "x".repeat(1001), trailers: { "x-a": "b" } };
    expect(await ask(version, port, unannounced)).toMatchObject({ status: 413, body: "no" });
  });

  it("asks for the body with 100 only when somebody reads it", async () => {
    const { port } = await serve((request) => {
      if (request.target === "/no") request.reply.whole(401, [], "no");
      else echo(request);
    });
    const asked = { method: "POST", body: "abc", waitsForContinue: true };
    expect(await ask(version, port, asked)).toMatchObject({ status: 200, body: "abc" });
    expect(await ask(version, port, { ...asked, path: "/no" })).toMatchObject({ status: 401, body: "no" });
  });

  it("sends interim answers before the head, and trailers behind the body", async () => {
    const { port } = await serve(({ reply }) => {
      reply.interim(103, ["link", "</a>; rel=preload"]);
      reply.head(200, ["trailer", "x-sum", "connection", "x-gone"]);
      reply.write("one ");
      reply.write("two");
      reply.trailers(["x-sum", "7"]);
      reply.end();
    });
    const told = await ask(version, port, { headers: { te: "trailers" } });
    expect(told).toMatchObject({ status: 200, body: "one two", trailers: { "x-sum": "7" }, isWhole: true });
    expect(told.interims).toMatchObject([{ status: 103, headers: { link: "</a>; rel=preload" } }]);
  });

  it("sends the head before there is a body", async () => {
    const release = Promise.withResolvers<undefined>();
    const { port } = await serve(({ target, reply }) => {
      if (target === "/release") {
        release.resolve(undefined);
        reply.whole(204, [], "");
        return;
      }
      reply.head(200, []);
      void release.promise.then(reply.end);
    });
    const told = ask(version, port, {});
    expect((await ask(version, port, { path: "/release" })).status).toBe(204);
    expect(await told).toMatchObject({ status: 200, body: "", isWhole: true });
  });

  it.for([
    { method: "HEAD", status: 200 },
    { method: "GET", status: 204 },
    { method: "GET", status: 304 },
  ])("sends no body to $method with $status, whole or in pieces", async ({ method, status }) => {
    const sent: string[] = [];
    const { port } = await serve(({ target, reply }) => {
      reply.onSent(() => sent.push(target));
      if (target === "/whole") reply.whole(status, ["x-a", "b"], method === "HEAD" ? "body" : "");
      else {
        reply.head(status, ["x-a", "b"]);
        reply.write("body");
        reply.end();
      }
    });
    for (const path of ["/whole", "/pieces"]) {
      const told = await ask(version, port, { method, path });
      expect(told).toMatchObject({ status, body: "", isWhole: true, headers: { "x-a": "b" } });
      expect(told.headers["content-length"]).toBe(method === "HEAD" && path === "/whole" ? "4" : undefined);
    }
    await expect.poll(() => sent).toEqual(["/whole", "/pieces"]);
  });

  it("waits for a client that reads slowly, and tells when all was sent", async () => {
    const sent = Promise.withResolvers<undefined>();
    let held = 0;
    const { port } = await serve(({ reply }) => {
      reply.head(200, []);
      reply.onSent(() => sent.resolve(undefined));
      const piece = Buffer.alloc(50_000, "x");
      let left = 100;
      const more = (): void => {
        while (left > 0) {
          left -= 1;
          if (!reply.write(piece)) {
            held += 1;
            reply.onDrain(more);
            return;
          }
        }
        reply.end();
      };
      more();
    });
    expect((await ask(version, port, {})).body).toHaveLength(5_000_000);
    await sent.promise;
    expect(held).toBeGreaterThan(10);
  });

  it("breaks an answer so that nobody takes it for a whole one", async () => {
    const gone = Promise.withResolvers<undefined>();
    const { port } = await serve(({ reply }) => {
      reply.onGone(() => gone.resolve(undefined));
      reply.head(200, []);
      reply.write("half");
      setImmediate(() => setTimeout(reply.destroy, 20));
    });
    expect(await ask(version, port, {})).toMatchObject({ status: 200, body: "half", isWhole: false });
    await gone.promise;
  });

  it("relays a final answer during an upload", async () => {
    const { port } = await serve(({ streamBody, reply }) => {
      void (async () => {
        for await (const piece of streamBody(100_000_000) ?? []) {
          reply.whole(403, [], `after ${piece.byteLength > 0}`);
          return;
        }
      })();
    });
    const told = await ask(version, port, { method: "POST", body: Buffer.alloc(3_000_000) });
    expect(told).toMatchObject({ status: 403, body: "after true" });
  });

  it("refuses TRACE", async () => {
    const { port, refused } = await serve(echo);
    const told = await ask(version, port, { method: "TRACE" });
    expect(told).toMatchObject({ status: 405, headers: { "x-sallyport-error": "method_not_allowed" } });
    expect(refused).toEqual(["method_not_allowed"]);
  });
});
