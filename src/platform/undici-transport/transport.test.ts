import { afterEach, beforeEach, describe, expect, it } from "vitest";
import {
  framed,
  lastChunk,
  type RawCall,
  type RawUpstream,
  rawUpstream,
  streamHead,
  wholeAnswer,
} from "../../../test/support/raw-upstream.ts";
import { Permit } from "../../exchange/permit.ts";
import { milliseconds } from "../../kernel/units.ts";
import type { Transport, UpstreamExchange, UpstreamRequest } from "../../ports/transport.ts";
import { createTransport } from "./index.ts";

let answer: (call: RawCall) => void;
let upstream: RawUpstream;
let transport: Transport;
beforeEach(async () => {
  upstream = await rawUpstream((call) => answer(call));
  isClosed = false;
  transport = createTransport({ connectTimeoutMs: 1000, keepAliveMs: 1000, endOfTurn: setImmediate });
});
let isClosed = false;
afterEach(async () => {
  await upstream[Symbol.asyncDispose]();
  if (!isClosed) await transport.close();
});

interface Heard {
  /** What the listener was told, in order: `head 200`, `data`, `end`, `failed <code>`. */
  readonly told: string[];
  readonly exchange: UpstreamExchange;
  readonly text: () => string;
  readonly over: Promise<string>;
  readonly first: Promise<void>;
}

function send(change: Partial<UpstreamRequest> = {}): Heard {
  const told: string[] = [];
  const pieces: Uint8Array[] = [];
  const over = Promise.withResolvers<string>();
  const first = Promise.withResolvers<void>();
  const exchange = transport.send(
    {
      permit: new Permit(change.origin ?? upstream.url),
      origin: upstream.url,
      path: "/v1/x",
      method: "POST",
      headers: ["content-type", "application/json"],
      body: "{}",
      headTimeout: milliseconds(5000),
      idleTimeout: milliseconds(5000),
      ...change,
    },
    {
      head: ({ status }) => told.push(`head ${status}`),
      data: (chunk) => {
        if (told.at(-1) !== "data") told.push("data");
        pieces.push(chunk);
        first.resolve();
      },
      end: () => {
        told.push("end");
        over.resolve("end");
      },
      failed: ({ code, wasSent }) => {
        const said = `failed ${code}${wasSent ? "" : ", not sent"}`;
        told.push(said);
        over.resolve(said);
      },
    },
  );
  return {
    told,
    exchange,
    text: () => Buffer.concat(pieces).toString(),
    over: over.promise,
    first: first.promise,
  };
}

const say =
  (...texts: readonly string[]) =>
  ({ socket }: RawCall): void => {
    for (const text of texts) socket.write(text);
  };
const whole = wholeAnswer(200, "hello");

describe("undici transport", () => {
  it("tells head, data and end, and uses the connection again", async () => {
    answer = say(whole);
    for (let round = 0; round < 10; round += 1) {
      const heard = send();
      await heard.over;
      expect(heard.told).toEqual(["head 200", "data", "end"]);
      expect(heard.text()).toBe("hello");
    }
    // The next request may be made in the very turn in which the last one ended: before its connection is free.
    expect(upstream.connections()).toBeLessThanOrEqual(2);
    expect(upstream.calls()[0]?.head).toMatch(/^POST \/v1\/x HTTP\/1\.1\r\nhost: 127\.0\.0\.1:\d+\r\n/);
  });

  it("opens a connection for what goes apart, and closes it afterwards", async () => {
    answer = say(whole);
    await send().over;
    for (let round = 0; round < 3; round += 1) {
      const heard = send({ isApart: true });
      await heard.over;
      const call = upstream.calls().at(-1);
      expect(call?.head).toContain("\r\nconnection: close\r\n");
      await call?.closedAt;
    }
    expect(new Set(upstream.calls().map(({ socket }) => socket)).size).toBe(4);
  });

  it("does not take an interim answer for the answer", async () => {
    answer = say("HTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\n", whole);
    const heard = send();
    await heard.over;
    expect(heard.told).toEqual(["head 200", "data", "end"]);
  });

  it.for<{ name: string; act: (call: RawCall) => void; told: readonly string[] }>([
    {
      name: "a reset before the head",
      act: ({ socket }) => void socket.resetAndDestroy(),
      told: ["failed upstream_unreachable"],
    },
    {
      name: "a close before the head",
      act: ({ socket }) => void socket.end(),
      told: ["failed upstream_unreachable"],
    },
    {
      name: "half a head",
      act: ({ socket }) => void socket.end("HTTP/1.1 200 OK\r\ncontent-ty"),
      told: ["failed upstream_unreachable"],
    },
    { name: "no HTTP", act: say("HELLO\r\n\r\n"), told: ["failed upstream_malformed_response"] },
    {
      name: "a body shorter than it said",
      act: ({ socket }) => void socket.end(whole.slice(0, -2)),
      told: ["head 200", "data", "failed upstream_stream_broken"],
    },
    {
      name: "chunks without the last one",
      act: ({ socket }) => void socket.end(streamHead + framed("hel")),
      told: ["head 200", "data", "failed upstream_stream_broken"],
    },
    {
      name: "a reset in the body",
      act: ({ socket }) => {
        socket.write(streamHead + framed("hel"));
        setImmediate(() => socket.resetAndDestroy());
      },
      told: ["head 200", "data", "failed upstream_stream_broken"],
    },
    {
      name: "a body that ends with the connection, which is whole",
      act: ({ socket }) => void socket.end("HTTP/1.1 200 OK\r\n\r\nhello"),
      told: ["head 200", "data", "end"],
    },
  ])("$name", async ({ act, told }) => {
    answer = act;
    const heard = send();
    await heard.over;
    expect(heard.told).toEqual(told);
  });

  it("tells a request that was never sent from one that may have arrived", async () => {
    answer = () => undefined;
    const port = new URL(upstream.url).port;
    await upstream[Symbol.asyncDispose]();
    expect(await send({ origin: `http://127.0.0.1:${port}` }).over).toBe(
      "failed upstream_unreachable, not sent",
    );
  });

  it("fails when no head comes in time, and when a body falls silent", async () => {
    answer = () => undefined;
    expect(await send({ headTimeout: milliseconds(100) }).over).toBe("failed upstream_timeout");
    answer = say(streamHead, framed("hel"));
    const heard = send({ idleTimeout: milliseconds(100) });
    expect(await heard.over).toBe("failed upstream_timeout");
    expect(heard.told).toEqual(["head 200", "data", "failed upstream_timeout"]);
  });

  it("does not call an upstream silent whose data nobody takes", async () => {
    const piece = framed("x".repeat(60_000));
    answer = ({ socket }) => void socket.write(streamHead + piece.repeat(100) + lastChunk);
    const silent = send({ idleTimeout: milliseconds(200) });
    silent.exchange.pause();
    await upstream.call(0);
    // Another exchange with the same limit shows that it would have been over by now.
    answer = say(streamHead, framed("hel"));
    expect(await send({ idleTimeout: milliseconds(200) }).over).toBe("failed upstream_timeout");
    expect(silent.told).not.toContain("end");
    silent.exchange.resume();
    expect(await silent.over).toBe("end");
    expect(silent.text()).toHaveLength(6_000_000);
  });

  it.for([
    { when: "before the head", act: () => undefined },
    { when: "in the body", act: say(streamHead, framed("hel")) },
  ])("an abort $when closes the socket, and nothing more is told", async ({ when, act }) => {
    answer = act;
    const heard = send();
    const call = await upstream.call(0);
    if (when === "in the body") await heard.first;
    const before = [...heard.told];
    heard.exchange.abort();
    heard.exchange.abort();
    await call.closedAt;
    expect(heard.told).toEqual(before);
  });

  it("closes without waiting for idle connections", async () => {
    answer = say(whole);
    await send().over;
    expect(upstream.connections()).toBe(1);
    await transport.close();
    isClosed = true;
    await (await upstream.call(0)).closedAt;
  });
});
