import { createHash } from "node:crypto";
import type { Socket } from "node:net";
import { connect } from "node:net";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type BootedGateway, bootGateway, providerAt } from "../support/booted-gateway.ts";
import { postText, rawClient } from "../support/raw-client.ts";
import {
  framed,
  lastChunk,
  type RawUpstream,
  rawUpstream,
  streamHead,
  wholeAnswer,
} from "../support/raw-upstream.ts";
import { chatAnswer, chatChunk, chatDone, chatFirst } from "../support/stream-frames.ts";

const mebibyte = 1024 ** 2;
/** What the upstream has to tell. */
const offeredBytes = 64 * mebibyte;
/**
 * What may be under way while the client takes nothing: the four socket buffers of the kernel (up to 4 MiB to send and
 * 6 MiB to receive on each of the two connections) and 2 MiB of the gateway's own.
 */
const takenBytesMax = 2 * (4 + 6) * mebibyte + 2 * mebibyte;
/** What the process may hold more than before, upstream and client of this test included. */
const heldBytesMax = 2 * mebibyte;

let upstream: RawUpstream;
let gateway: BootedGateway;
let settled = 0;

beforeAll(async () => {
  upstream = await rawUpstream();
  gateway = await bootGateway(`
server: { limits: { answerStallTimeoutMs: 1000, bodyBytesMax: ${8 * mebibyte} } }
providers:
${providerAt("chat", upstream.url)}
`);
});
afterAll(async () => {
  await gateway[Symbol.asyncDispose]();
  await upstream[Symbol.asyncDispose]();
});

const messages = [{ role: "user", content: "hi" }];
const streamCall = (): string =>
  postText("/v1/chat/completions", gateway.key, { model: "chat/m-1", stream: true, messages });
setFlagsFromString("--expose_gc");
const collect: () => void = runInNewContext("gc");
/** Bytes of all buffers that something still refers to. */
const heldBytes = (): number => {
  collect();
  return process.memoryUsage().external;
};

/** An upstream that writes as fast as its socket takes it; what was written is counted and hashed. */
function pour(socket: Socket): { readonly written: () => number; readonly digest: Promise<string> } {
  const hash = createHash("sha256");
  const filler = "x".repeat(16_000);
  let written = 0;
  let ordinal = 0;
  const finished = Promise.withResolvers<string>();
  const say = (text: string): boolean => {
    hash.update(text);
    written += text.length;
    return socket.write(framed(text));
  };
  const go = (): void => {
    while (written < offeredBytes) {
      ordinal += 1;
      if (!say(chatChunk({ content: `${ordinal} ${filler}` }))) {
        socket.once("drain", go);
        return;
      }
    }
    say(chatChunk({}, "stop"));
    say(chatDone);
    socket.write(lastChunk);
    finished.resolve(hash.digest("hex"));
  };
  socket.write(streamHead);
  say(chatFirst);
  go();
  return { written: () => written, digest: finished.promise };
}

/** Waits until a number has stayed the same over `looks` looks. */
async function stillness(read: () => number, looks = 8): Promise<number> {
  let last = -1;
  let same = 0;
  await expect
    .poll(
      () => {
        const now = read();
        same = now === last ? same + 1 : 0;
        last = now;
        return same;
      },
      { interval: 25, timeout: 8000 },
    )
    .toBeGreaterThanOrEqual(looks);
  return last;
}

describe("a client that does not read", () => {
  it("stops a fast upstream within a bound, and gets every byte once it reads again", async () => {
    const ordinal = upstream.calls().length;
    const before = heldBytes();
    const socket = connect({ port: gateway.port, host: "127.0.0.1" });
    socket.pause();
    socket.write(streamCall());
    const { written, digest } = pour((await upstream.call(ordinal)).socket);
    const taken = await stillness(written);
    const held = (await stillness(heldBytes, 3)) - before;
    console.log(
      `of ${offeredBytes / mebibyte} MiB offered, ${(taken / mebibyte).toFixed(1)} MiB were taken (bound ${takenBytesMax / mebibyte}); the process holds ${(held / mebibyte).toFixed(2)} MiB more (bound ${heldBytesMax / mebibyte})`,
    );
    expect(taken).toBeLessThan(takenBytesMax);
    expect(held).toBeLessThan(heldBytesMax);

    const received = createHash("sha256");
    const body = new Promise<void>((resolve) => {
      const dechunk = dechunker((piece) => received.update(piece), resolve);
      socket.on("data", dechunk);
    });
    socket.resume();
    await body;
    socket.destroy();
    expect(received.digest("hex")).toBe(await digest);
    settled += 1;
    expect((await gateway.records(settled)).at(-1)).toMatchObject({ outcome: "completed", finish: "stop" });
  });

  it("and never reads again is given up: the upstream is closed, the place is free, the call is billed as cut", async () => {
    const ordinal = upstream.calls().length;
    const socket = connect({ port: gateway.port, host: "127.0.0.1" });
    socket.pause();
    socket.on("error", () => undefined);
    socket.write(streamCall());
    const call = await upstream.call(ordinal);
    pour(call.socket);
    await call.closedAt;
    socket.destroy();
    settled += 1;
    const record = (await gateway.records(settled)).at(-1);
    expect(record).toMatchObject({ outcome: "aborted", usage: { basis: "estimated" } });
    expect(gateway.booted.control.state().inFlight).toBe(0);
  });

  it("does not slow the others down", async () => {
    const ordinal = upstream.calls().length;
    const stuck = connect({ port: gateway.port, host: "127.0.0.1" });
    stuck.pause();
    stuck.on("error", () => undefined);
    stuck.write(streamCall());
    const { written } = pour((await upstream.call(ordinal)).socket);
    await stillness(written, 3);
    const client = rawClient(gateway.port);
    client.socket.write(
      postText("/v1/chat/completions", gateway.key, { model: "chat/m-1", messages, user: "quick" }),
    );
    const other = await upstream.call(ordinal + 1);
    const asked = performance.now();
    other.socket.write(wholeAnswer(200, chatAnswer("quick answer")));
    await client.until(/quick answer/);
    expect(performance.now() - asked).toBeLessThan(500);
    stuck.destroy();
    client.socket.destroy();
    settled += 2;
    await gateway.records(settled);
  });
});

describe("an upload", () => {
  // A body is read whole before it is sent on (decision 5): its bound is the bound of memory, not of the socket.
  const uploadBytes = 7 * mebibyte;
  /** As it came and once more with the name of the model replaced; a third copy fails the test. */
  const uploadHeldBytesMax = 3 * uploadBytes;
  const bodyOf = (size: number): string =>
    JSON.stringify({ model: "chat/m-1", messages: [{ role: "user", content: "y".repeat(size) }] });

  it("to an upstream that does not read is held once, and arrives whole when it does", async () => {
    const ordinal = upstream.calls().length;
    const body = bodyOf(uploadBytes);
    const bytes = Buffer.from(
      `POST /v1/chat/completions HTTP/1.1\r\nhost: a\r\nauthorization: Bearer ${gateway.key}\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n${body}`,
    );
    const before = heldBytes();
    upstream.read(false);
    const client = rawClient(gateway.port);
    await new Promise((resolve) => client.socket.write(bytes, resolve));
    await expect.poll(() => upstream.connections(), { interval: 10 }).toBeGreaterThan(0);
    const held = await stillness(heldBytes, 3).then((now) => now - before);
    console.log(
      `an upload of ${uploadBytes / mebibyte} MiB that the upstream does not take: the process holds ${(held / mebibyte).toFixed(1)} MiB more (bound ${uploadHeldBytesMax / mebibyte})`,
    );
    expect(held).toBeLessThan(uploadHeldBytesMax);
    upstream.read(true);
    const call = await upstream.call(ordinal);
    expect(call.body).toHaveLength(body.length - "chat/".length);
    call.socket.write(wholeAnswer(200, chatAnswer("got it all")));
    await client.until(/got it all/);
    client.socket.destroy();
  });
});

/** Takes chunked framing off bytes as they come; `whole` is called at the last chunk. */
function dechunker(give: (piece: Buffer) => void, whole: () => void): (chunk: Buffer) => void {
  let head = "";
  let isBody = false;
  let left = 0;
  let line = "";
  return (chunk) => {
    let at = 0;
    while (at < chunk.length) {
      if (!isBody) {
        head += String.fromCharCode(chunk[at] ?? 0);
        at += 1;
        isBody = head.endsWith("\r\n\r\n");
      } else if (left > 0) {
        const piece = chunk.subarray(at, at + left);
        give(piece);
        at += piece.length;
        left -= piece.length;
      } else {
        line += String.fromCharCode(chunk[at] ?? 0);
        at += 1;
        if (line === "\r\n") line = "";
        else if (line.endsWith("\r\n")) {
          left = Number.parseInt(line, 16);
          if (left === 0) whole();
          line = "";
        }
      }
    }
  };
}
