import { describe, expect, it } from "vitest";
import type { ByteSocket } from "../ports/byte-socket.ts";
import type { MessageListener, MessageSocket } from "../ports/message-socket.ts";
import type { Tunnels } from "../ports/transport.ts";
import { testAsking, testService } from "./graphql-ask.test-support.ts";
import { subscribeBySocket } from "./graphql-upstream.ts";

const sha1 = (text: string): string => text;
const nothing = (): void => undefined;
const bytes: ByteSocket = {
  write: () => true,
  end: nothing,
  destroy: nothing,
  pause: nothing,
  resume: nothing,
  on: nothing,
};

/** Agrees to each handshake, once it was asked. */
const agreeing: Tunnels = {
  open: ({ headers }, { switched }) => {
    const key = headers[headers.indexOf("sec-websocket-key") + 1] ?? "";
    const head = new Map([
      ["upgrade", "websocket"],
      ["connection", "upgrade"],
      ["sec-websocket-accept", sha1(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`)],
      ["sec-websocket-protocol", "graphql-transport-ws"],
    ]);
    queueMicrotask(() => switched({ status: 101, headers: head }, bytes, new Uint8Array()));
    return { abort: nothing };
  },
};

/** A subscription at a service whose socket has no room for what it is told when `hasRoom` says so. */
async function subscribed(hasRoom: () => boolean) {
  let listener: MessageListener | undefined;
  const said: string[] = [];
  const state = { isPaused: false };
  const socket: MessageSocket = {
    listen: (given) => {
      listener = given;
    },
    send: (message) => {
      said.push(String(message));
      return hasRoom();
    },
    close: nothing,
    destroy: nothing,
    pause: () => {
      state.isPaused = true;
    },
    resume: () => {
      state.isPaused = false;
    },
    waitingBytes: () => 0,
  };
  const { ports, timer, random, advance } = testAsking();
  const dialTools = {
    tunnels: agreeing,
    random,
    sockets: { messageSockets: { accept: () => socket, connect: () => socket }, sha1, timer },
  };
  const results = subscribeBySocket(
    { target: testService, pathAt: () => "/", headersAt: () => [], request: "{}" },
    { ...ports, dialTools },
  );
  const first = results.next();
  await expect.poll(() => listener).toBeDefined();
  const hear = (message: object): void => listener?.message(JSON.stringify(message));
  hear({ type: "connection_ack" });
  return { results, first, said, state, advance, hear, drain: () => listener?.drain() };
}

describe("a service that does not read", () => {
  it("is not read either, however often it asks whether we are there", async () => {
    let hasRoom = true;
    const { hear, state, said, drain } = await subscribed(() => hasRoom);
    hear({ type: "ping" });
    expect([said.at(-1), state.isPaused]).toEqual(['{"type":"pong"}', false]);
    hasRoom = false;
    hear({ type: "ping" });
    expect(state.isPaused).toBe(true);
    hasRoom = true;
    drain();
    expect(state.isPaused).toBe(false);
  });

  it("is left when it answers no ping", async () => {
    const { hear, advance, first } = await subscribed(() => false);
    hear({ type: "ping" });
    advance(30_000);
    await expect(first).rejects.toMatchObject({ code: "upstream_timeout" });
  });
});
