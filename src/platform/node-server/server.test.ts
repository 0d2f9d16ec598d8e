import { connect, createServer } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { rawExchange } from "../../../test/support/http-client.ts";
import { GatewayError } from "../../kernel/errors.ts";
import type { InboundHandler, InboundRequest, ServerEngine } from "../../ports/server.ts";
import { listen } from "./index.ts";
import type { ServerLimits } from "./settings.ts";

const limits: ServerLimits = {
  headerBytesMax: 16_384,
  headersTimeoutMs: 400,
  bodiesBytesMax: 1_048_576,
  bodyIdleTimeoutMs: 1000,
  bodyRateMinBytesPerSecond: 0,
  answerStallTimeoutMs: 5000,
  keepAliveTimeoutMs: 5000,
  requestsPerConnectionMax: 100,
  connectionsMax: 100,
  connectionsPerClientMax: 3,
};

const open: ServerEngine[] = [];
async function serve(
  handler: InboundHandler,
  change: Partial<ServerLimits> = {},
): Promise<{ readonly port: number; readonly refused: string[]; readonly engine: ServerEngine }> {
  const refused: string[] = [];
  const engine = await listen(
    {
      host: "127.0.0.1",
      port: 0,
      limits: { ...limits, ...change },
      onRefusedHead: (code) => refused.push(code),
      endOfTurn: setImmediate,
    },
    handler,
  );
  open.push(engine);
  return { port: engine.port, refused, engine };
}
afterEach(async () => {
  await Promise.all(open.splice(0).map((engine) => engine.drain(0)));
});

const echo: InboundHandler = (request) => {
  void request.readBody(1000).then(
    (body) => request.reply.whole(200, ["content-type", "text/plain"], body),
    (thrown: unknown) =>
      request.reply.whole(GatewayError.from(thrown).status, [], GatewayError.from(thrown).code),
  );
};
const post = (body: string, more = ""): string =>
  `POST / HTTP/1.1\r\nhost: a\r\ncontent-length: ${body.length}\r\n${more}\r\n${body}`;

describe("node server", () => {
  it("holds no more bytes of bodies than it may, and takes more once an answer is over", async () => {
    const held = Promise.withResolvers<() => void>();
    const { port } = await serve(
      (request) => {
        void request.readBody(1000).then(
          (body) => {
            const answer = (): void => request.reply.whole(200, [], body);
            if (body.byteLength === 60) held.resolve(answer);
            else answer();
          },
          (thrown: unknown) =>
            request.reply.whole(GatewayError.from(thrown).status, [], GatewayError.from(thrown).code),
        );
      },
      { bodiesBytesMax: 100 },
    );
    const first = rawExchange(port, { send: post("a".repeat(60)), until: /a{60}$/ });
    const answerFirst = await held.promise;
    const refused = await rawExchange(port, { send: post("b".repeat(41)), until: /overloaded$/ });
    expect(refused).toMatch(/^HTTP\/1\.1 503 /);
    const fitting = await rawExchange(port, { send: post("c".repeat(40)), until: /c{40}$/ });
    expect(fitting).toMatch(/^HTTP\/1\.1 200 /);
    answerFirst();
    expect(await first).toMatch(/^HTTP\/1\.1 200 /);
    expect(await rawExchange(port, { send: post("d".repeat(99)), until: /d{99}$/ })).toMatch(
      /^HTTP\/1\.1 200 /,
    );
  });

  it("answers with the body it was sent and keeps the connection", async () => {
    const { port } = await serve(echo);
    const text = await rawExchange(port, { send: post("one") + post("two"), until: /two$/ });
    expect(text).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
    expect(text.match(/HTTP\/1\.1 200/g)).toHaveLength(2);
    expect(text).toContain("content-length: 3");
  });

  it.for([
    { name: "with its head", pieces: [post("abcdefgh")], told: "arrived abcdefgh" },
    {
      name: "behind its head",
      pieces: [post("abcdefgh").slice(0, -8), "abcdefgh"],
      told: "streamed abcdefgh",
    },
    {
      name: "in part with its head",
      pieces: [post("abcdefgh").slice(0, -3), "fgh"],
      told: "streamed abcdefgh",
    },
    { name: "above the bound", pieces: [post("abcdefghi")], told: "request_too_large" },
    {
      name: "in chunks",
      pieces: ["POST / HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\n1\r\na\r\n0\r\n\r\n"],
      told: "streamed a",
    },
  ])("gives a body at once that came $name, or in pieces: $told", async ({ pieces, told }) => {
    const asked = Promise.withResolvers<void>();
    const answer = async ({ arrivedBody, streamBody, reply }: InboundRequest): Promise<void> => {
      await Promise.resolve();
      const whole = arrivedBody?.(8);
      asked.resolve();
      if (whole !== undefined) return reply.whole(200, [], `arrived ${Buffer.from(whole).toString()}`);
      try {
        const body = await Array.fromAsync(streamBody(8) ?? []);
        reply.whole(200, [], `streamed ${Buffer.concat(body).toString()}`);
      } catch (thrown) {
        reply.whole(413, [], GatewayError.from(thrown).code);
      }
    };
    const { port } = await serve((request) => void answer(request));
    const client = connect({ port, host: "127.0.0.1", noDelay: true });
    let text = "";
    client.on("data", (chunk) => {
      text += String(chunk);
    });
    client.write(pieces[0] ?? "");
    await asked.promise;
    client.write(pieces[1] ?? "");
    await expect.poll(() => text).toContain(told);
    if (told.startsWith("arrived")) {
      // The connection goes on behind it.
      client.write(post("x"));
      await expect.poll(() => text).toContain("arrived x");
    }
    client.destroy();
  });

  it("keeps the connection when it answers a GET at once, before the parser has called it complete", async () => {
    const { port } = await serve((request) => request.reply.whole(200, [], request.target));
    const get = (path: string): string => `GET ${path} HTTP/1.1\r\nhost: a\r\n\r\n`;
    const text = await rawExchange(port, { send: get("/one") + get("/two"), until: /\/two$/ });
    expect(text).toMatch(/\/one/);
    expect(text.toLowerCase()).not.toContain("connection: close");
  });

  it("refuses an announced body above the limit before it is read, and ends the connection", async () => {
    const { port } = await serve(echo);
    const text = await rawExchange(port, {
      send: "POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 104857600\r\n\r\n",
    });
    expect(text).toMatch(/^HTTP\/1\.1 413 /);
    expect(text.toLowerCase()).toContain("connection: close");
  });

  it("refuses a chunked body as soon as it passes the limit", async () => {
    const { port } = await serve(echo);
    const chunk = `400\r\n${"x".repeat(1024)}\r\n`;
    const text = await rawExchange(port, {
      send: `POST / HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\n${chunk.repeat(3)}`,
    });
    expect(text).toMatch(/^HTTP\/1\.1 413 /);
  });

  it("asks for the body with 100 only when somebody reads it", async () => {
    const { port } = await serve(echo);
    const text = await rawExchange(port, { send: post("abc", "expect: 100-continue\r\n"), until: /abc$/ });
    expect(text).toMatch(/^HTTP\/1\.1 100 Continue\r\n\r\nHTTP\/1\.1 200 OK/);
    const refusing = await serve((request) => request.reply.whole(401, [], "no"));
    expect(
      await rawExchange(refusing.port, {
        send: "POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 9\r\nexpect: 100-continue\r\n\r\n",
      }),
    ).toMatch(/^HTTP\/1\.1 401/);
  });

  it("answers a header section above the limit with 431", async () => {
    const { port, refused } = await serve(echo);
    const text = await rawExchange(port, {
      send: `GET / HTTP/1.1\r\nhost: a\r\nx-flood: ${"y".repeat(20_000)}\r\n\r\n`,
    });
    expect(text).toMatch(/^HTTP\/1\.1 431 /);
    expect(text).toContain("x-sallyport-error: headers_too_large");
    expect(refused).toEqual(["headers_too_large"]);
  });

  it("answers what is no HTTP with 400", async () => {
    const { port } = await serve(echo);
    expect(await rawExchange(port, { send: "HELLO\r\n\r\n" })).toMatch(/^HTTP\/1\.1 400 /);
  });

  it("answers headers that never end with 408", async () => {
    const { port } = await serve(echo);
    expect(await rawExchange(port, { send: "GET / HTTP/1.1\r\nhost: a\r\n" })).toMatch(/^HTTP\/1\.1 408 /);
  });

  it("answers a body that stops coming with 408", async () => {
    const { port } = await serve(echo);
    expect(
      await rawExchange(port, { send: "POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 9\r\n\r\nabc" }),
    ).toMatch(/^HTTP\/1\.1 408 /);
  });

  it("tells once, and at once, that the client went", async () => {
    const gone = Promise.withResolvers<string>();
    const { port } = await serve((request) => {
      request.reply.onGone(() => gone.resolve("gone"));
      request.reply.head(200, []);
      request.reply.write("first");
    });
    await rawExchange(port, { send: "GET / HTTP/1.1\r\nhost: a\r\n\r\n", until: /first/ });
    expect(await gone.promise).toBe("gone");
  });

  it("closes the connections of one client above its share", async () => {
    const { port } = await serve((request) => {
      request.reply.head(200, []);
      request.reply.write("held");
    });
    const held = Array.from({ length: 3 }, () =>
      rawExchange(port, {
        send: "GET / HTTP/1.1\r\nhost: a\r\n\r\n",
        until: /never/,
        timeoutMs: 10_000,
      }).catch(() => "closed"),
    );
    await rawExchange(port, { send: "" }).then((text) => expect(text).toBe(""));
    await open.splice(0)[0]?.drain(0);
    expect(await Promise.all(held)).toHaveLength(3);
  });

  it("says in one sentence that a port is in use", async () => {
    const other = createServer().listen(0, "127.0.0.1");
    await new Promise((resolve) => other.once("listening", resolve));
    const address = other.address();
    const port = typeof address === "object" && address !== null ? address.port : 0;
    await expect(
      listen(
        { host: "127.0.0.1", port, limits, onRefusedHead: () => undefined, endOfTurn: setImmediate },
        echo,
      ),
    ).rejects.toThrow(`port ${port} on 127.0.0.1 is in use`);
    other.close();
  });

  it("drains: lets what is in flight end, refuses what is new", async () => {
    const release = Promise.withResolvers<undefined>();
    const began = Promise.withResolvers<undefined>();
    const { port, engine } = await serve((request) => {
      began.resolve(undefined);
      void release.promise.then(() => request.reply.whole(200, [], "done"));
    });
    const answer = rawExchange(port, { send: "GET / HTTP/1.1\r\nhost: a\r\n\r\n" });
    await began.promise;
    const drained = engine.drain(5000);
    expect(await rawExchange(port, { send: "GET / HTTP/1.1\r\nhost: a\r\n\r\n" })).toBe("");
    release.resolve(undefined);
    expect(await answer).toMatch(/done$/);
    await drained;
  });

  it("does not wait for a kept connection whose answer began before the drain: it ends with that answer", async () => {
    const { port, engine } = await serve(
      (request) => {
        request.reply.head(200, ["content-type", "text/plain"]);
        request.reply.write("begun");
        void release.promise.then(request.reply.end);
      },
      { keepAliveTimeoutMs: 60_000 },
    );
    const release = Promise.withResolvers<undefined>();
    const begun = Promise.withResolvers<undefined>();
    const socket = connect(port, "127.0.0.1", () => socket.write("GET / HTTP/1.1\r\nhost: a\r\n\r\n"));
    const closed = new Promise((resolve) => socket.once("close", resolve));
    let text = "";
    socket.on("data", (chunk) => {
      text += String(chunk);
      if (text.includes("begun")) begun.resolve(undefined);
    });
    await begun.promise;
    const drained = engine.drain(60_000);
    release.resolve(undefined);
    await Promise.all([drained, closed]);
    expect(text).toMatch(/begun\r\n0\r\n\r\n$/);
    expect(text).toMatch(/connection: keep-alive/i);
  });

  it("lets a client that is still sending read why it was refused", async () => {
    const { port } = await serve(echo);
    const socket = connect(port, "127.0.0.1");
    socket.pause();
    const errors: unknown[] = [];
    socket.on("error", (error) => errors.push(error));
    socket.write("POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 16777216\r\n\r\n");
    // As clients do that know nothing of early answers: first all is written, then the answer is read.
    await new Promise((resolve) => socket.write(Buffer.alloc(16_777_216), resolve));
    let text = "";
    socket.on("data", (chunk) => {
      text += String(chunk);
    });
    socket.resume();
    await new Promise((resolve) => socket.once("close", resolve));
    expect(text).toMatch(/^HTTP\/1\.1 413 /);
    expect(errors).toEqual([]);
  });

  it("gives up a client that takes nothing of its answer, and none whose answer is only slow in coming", async () => {
    const gone = Promise.withResolvers<undefined>();
    const { port } = await serve(
      ({ target, reply }) => {
        if (target === "/large") {
          reply.onGone(() => gone.resolve(undefined));
          reply.whole(200, [], Buffer.alloc(32 * 1024 ** 2));
          return;
        }
        reply.head(200, []);
        reply.write("slow");
        // Ends only after the other connection was given up for the same span of silence.
        void gone.promise.then(reply.end);
      },
      { answerStallTimeoutMs: 300 },
    );
    const slow = rawExchange(port, {
      send: "GET /slow HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n",
    });
    const stuck = connect(port, "127.0.0.1", () => stuck.write("GET /large HTTP/1.1\r\nhost: a\r\n\r\n"));
    stuck.pause();
    stuck.on("error", () => undefined);
    await gone.promise;
    stuck.destroy();
    expect(await slow).toMatch(/slow\r\n0\r\n\r\n$/);
  });
});
