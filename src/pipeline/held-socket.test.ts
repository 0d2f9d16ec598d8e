import { once } from "node:events";
import { connect, createServer, type Socket } from "node:net";
import { setImmediate } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { frameBytes } from "../../test/support/websocket-wire.ts";
import { milliseconds, minutes, seconds } from "../kernel/units.ts";
import { createVirtualTime } from "../platform/memory/index.ts";
import { createMessageSockets } from "../platform/websocket/index.ts";
import { type HeldEnding, type HeldSocket, holdSocket } from "./held-socket.ts";

const limits = { idle: minutes(10), lifetime: minutes(60), stall: seconds(30) };
const messageLimits = {
  messageBytesMax: 65_536,
  fragmentsMax: 10,
  waitingBytesMax: 1_048_576,
  closeTimeout: milliseconds(5000),
  pingInterval: minutes(120),
  missedPingsMax: 2,
};

let time: ReturnType<typeof createVirtualTime>;
let client: Socket;
let held: HeldSocket;
let ended: Promise<HeldEnding>;
let heard: string[];
let isBusy: boolean;
let close: () => void;
beforeEach(async () => {
  time = createVirtualTime();
  heard = [];
  isBusy = false;
  const server = createServer({ pauseOnConnect: true });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  client = connect(typeof address === "object" && address !== null ? address.port : 0, "127.0.0.1");
  const [socket]: Socket[] = await once(server, "connection");
  if (socket === undefined) throw new Error("no connection");
  close = () => {
    client.destroy();
    server.close();
  };
  const { promise, resolve } = Promise.withResolvers<HeldEnding>();
  ended = promise;
  held = holdSocket(
    createMessageSockets(time).accept({ socket, early: new Uint8Array() }, messageLimits),
    { ...time, limits, isBusy: () => isBusy, hear: (message) => heard.push(String(message)) },
    resolve,
  );
  held.listen();
});
afterEach(() => close());

const text = (payload: string): Buffer => frameBytes({ opcode: 1, payload });
const hears = (...messages: string[]) => expect.poll(() => heard).toEqual(messages);
/** Sends until the client, who reads nothing, has no room. @returns How many bytes that took. */
const fill = (): number => {
  const piece = "x".repeat(65_536);
  let sent = 0;
  for (; held.room() === undefined; sent += piece.length) held.send(piece);
  return sent;
};

describe("a client that reads nothing", () => {
  it("has room for little more than a mebibyte, is not read meanwhile, and is closed after 30 s", async () => {
    client.pause();
    // What the systems of both sides hold comes on top.
    expect(fill()).toBeLessThan(16 * 1_048_576);
    client.write(text("unheard"));
    // Time for it to come, if anybody read it.
    for (let turns = 0; turns < 50; turns += 1) await setImmediate();
    expect(heard).toEqual([]);
    time.advance(29_999);
    expect(held.room()).toBeInstanceOf(Promise);
    time.advance(1);
    expect(held.room()).toBeUndefined();
    time.advance(5000);
    expect(await ended).toMatchObject({ cause: "slow", code: 1013 });
    expect(heard).toEqual([]);
  });

  it("has room again once it reads, and is heard", async () => {
    client.pause();
    fill();
    client.write(text("late"));
    const room = held.room();
    client.resume();
    await room;
    await hears("late");
    time.advance(60_000);
    client.destroy();
    expect(await ended).toMatchObject({ cause: "client" });
  });

  it("frees who waits for its room when it goes", async () => {
    client.pause();
    fill();
    const room = held.room();
    client.destroy();
    await room;
    expect(await ended).toMatchObject({ cause: "client", code: 1006 });
  });
});

describe("a socket on which nothing runs", () => {
  it("is ended when that has lasted for ten minutes, whatever is said on it", async () => {
    client.resume();
    time.advance(599_999);
    client.write(text("ping"));
    await hears("ping");
    time.advance(1);
    client.write(frameBytes({ opcode: 8, payload: Buffer.from([3, 0xe9]) }));
    expect(await ended).toMatchObject({ cause: "idle", code: 1001 });
  });

  it("counts from the end of what ran last, and lives an hour at most", async () => {
    client.resume();
    isBusy = true;
    time.advance(900_000);
    isBusy = false;
    held.touch();
    time.advance(599_999);
    client.write(text("here"));
    await hears("here");
    held.touch();
    isBusy = true;
    time.advance(3_600_000 - 900_000 - 599_999 - 1);
    client.write(text("still here"));
    await hears("here", "still here");
    time.advance(1);
    client.write(frameBytes({ opcode: 8, payload: Buffer.from([3, 0xe9]) }));
    expect(await ended).toMatchObject({ cause: "lifetime", code: 1001 });
  });
});

it("counts what is said on both sides, and tells of an end by itself what it was told", async () => {
  client.resume();
  client.write(text("ä"));
  await hears("ä");
  held.send("four");
  expect(held.counts()).toEqual({ messagesUp: 1, bytesUp: 2, messagesDown: 1, bytesDown: 4 });
  held.end({ code: 4403, reason: "Forbidden" });
  held.end({ code: 1000, reason: "" });
  held.send("unsent");
  client.write(frameBytes({ opcode: 8, payload: Buffer.from([0x11, 0x33]) }));
  expect(await ended).toMatchObject({ cause: "ended", code: 4403, counts: { messagesDown: 1 } });
});
