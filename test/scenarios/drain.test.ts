import { connect } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { type BootedGateway, bootGateway, providerAt } from "../support/booted-gateway.ts";
import { dechunk, postText, type RawClient, rawClient } from "../support/raw-client.ts";
import {
  framed,
  lastChunk,
  type RawUpstream,
  rawUpstream,
  streamHead,
  wholeAnswer,
} from "../support/raw-upstream.ts";
import { runGateway } from "../support/running-gateway.ts";
import {
  chatAnswer,
  chatChunk,
  chatDone,
  chatFirst,
  messageStart,
  messageText,
} from "../support/stream-frames.ts";

const messages = [{ role: "user", content: "hi" }];
const streamEnd = framed(chatChunk({}, "stop") + chatDone) + lastChunk;
const configOf = (chat: RawUpstream, claude: RawUpstream, server = "{}"): string => `
server: ${server}
providers:
${providerAt("chat", chat.url)}
${providerAt("claude", claude.url, { dialect: "anthropic-messages" })}
`;

function call(port: number, key: string, path: string, more: Readonly<Record<string, unknown>>): RawClient {
  const client = rawClient(port);
  client.socket.write(postText(path, key, { max_tokens: 50, messages, ...more }));
  return client;
}

/** Whether a new connection to `port` is taken. */
const isOpen = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1");
    socket.once("connect", () => {
      socket.destroy();
      resolve(true);
    });
    socket.once("error", () => resolve(false));
  });

describe("SIGTERM", () => {
  it("lets a stream end, refuses what is new, and exits with 0 as soon as the stream has ended", async () => {
    await using chat = await rawUpstream();
    await using gateway = await runGateway({ config: configOf(chat, chat) });
    const port = Number(new URL(gateway.url).port);
    // Idle, and kept alive: nobody may have to wait for it.
    const idle = rawClient(port);
    idle.socket.write("GET /livez HTTP/1.1\r\nhost: a\r\n\r\n");
    await idle.until(/ok\n/);
    const client = call(port, gateway.clientKey, "/v1/chat/completions", { model: "chat/m-1", stream: true });
    const { socket } = await chat.call(0);
    socket.write(streamHead + framed(chatFirst + chatChunk({ content: "well" })));
    await client.until(/assistant/);

    gateway.child.kill("SIGTERM");
    await idle.closed;
    expect(await isOpen(port)).toBe(false);
    socket.write(framed(chatChunk({ content: "the last words" })));
    await client.until(/the last words/);
    const ended = performance.now();
    socket.write(streamEnd);
    const { body, isWhole } = dechunk(await client.closed);
    expect(isWhole).toBe(true);
    expect(body.endsWith(chatDone)).toBe(true);
    expect(await gateway.exited).toBe(0);
    const tookMs = performance.now() - ended;
    console.log(`the process was gone ${tookMs.toFixed(0)} ms after the end of its last stream`);
    expect(tookMs).toBeLessThan(2000);
    expect(gateway.stderr()).not.toMatch(/"level":"error"/);
  });

  it("turns unready at once, and still answers for the time that balancers need", async () => {
    await using chat = await rawUpstream(
      ({ socket }) => void socket.write(wholeAnswer(200, chatAnswer("still here"))),
    );
    await using gateway = await runGateway({ config: configOf(chat, chat, "{ shutdownDelayMs: 1000 }") });
    const port = Number(new URL(gateway.url).port);
    gateway.child.kill("SIGTERM");
    await expect.poll(async () => (await fetch(`${gateway.url}/readyz`)).status, { interval: 20 }).toBe(503);
    const client = call(port, gateway.clientKey, "/v1/chat/completions", { model: "chat/m-1" });
    await client.until(/still here/);
    client.socket.destroy();
    expect(await gateway.exited).toBe(0);
  });

  it("waits no longer than its time for a stream that does not end, and exits with 0 all the same", async () => {
    await using chat = await rawUpstream();
    await using gateway = await runGateway({ config: configOf(chat, chat, "{ drainTimeoutMs: 300 }") });
    const port = Number(new URL(gateway.url).port);
    const client = call(port, gateway.clientKey, "/v1/chat/completions", { model: "chat/m-1", stream: true });
    (await chat.call(0)).socket.write(streamHead + framed(chatFirst + chatChunk({ content: "well" })));
    await client.until(/assistant/);
    const told = performance.now();
    gateway.child.kill("SIGTERM");
    const { body } = dechunk(await client.closed);
    expect(body).toMatch(/^data: \{"error":.*"overloaded"/m);
    expect(body).not.toContain("[DONE]");
    expect(await gateway.exited).toBe(0);
    expect(performance.now() - told).toBeLessThan(2500);
  });
});

describe("a drain", () => {
  let gateway: BootedGateway | undefined;
  let upstreams: RawUpstream[] = [];
  afterEach(async () => {
    await gateway?.[Symbol.asyncDispose]();
    for (const upstream of upstreams) await upstream[Symbol.asyncDispose]();
    upstreams = [];
  });
  const start = async () => {
    const chat = await rawUpstream();
    const claude = await rawUpstream();
    upstreams = [chat, claude];
    gateway = await bootGateway(configOf(chat, claude));
    return { chat, claude, gateway };
  };

  it("does not cut an answer that its client takes slowly", async () => {
    const { chat, gateway: open } = await start();
    const words = "w".repeat(12 * 1024 ** 2);
    const client = rawClient(open.port);
    client.socket.pause();
    client.socket.write(postText("/v1/chat/completions", open.key, { model: "chat/m-1", messages }));
    (await chat.call(0)).socket.write(wholeAnswer(200, chatAnswer(words)));
    // The gateway has the whole answer, and handed it on, once the upstream's connection is its own again.
    await expect.poll(() => open.booted.control.upstreams()[0]?.requests).toBe(1);
    const drained = open.booted.close(20_000);
    await expect.poll(() => isOpen(open.port)).toBe(false);
    client.socket.resume();
    const text = await client.closed;
    await drained;
    expect(text.slice(text.indexOf("\r\n\r\n") + 4)).toBe(chatAnswer(words));
  });

  it("whose time is up ends each stream with an error in its client's dialect, and never with a good end", async () => {
    const { chat, claude, gateway: open } = await start();
    const chatClient = call(open.port, open.key, "/v1/chat/completions", { model: "chat/m-1", stream: true });
    (await chat.call(0)).socket.write(streamHead + framed(chatFirst + chatChunk({ content: "half a" })));
    const claudeClient = call(open.port, open.key, "/v1/messages", { model: "claude/m-1", stream: true });
    (await claude.call(0)).socket.write(streamHead + framed(messageStart + messageText("half a")));
    await chatClient.until(/half a/);
    await claudeClient.until(/half a/);
    const upstreamClosed = Promise.all([(await chat.call(0)).closedAt, (await claude.call(0)).closedAt]);

    await open.booted.close(100);
    const inChat = dechunk(await chatClient.closed);
    expect(inChat.body).toMatch(/\n\ndata: \{"error":\{"message":"The gateway is shutting down\.".*\}\n\n$/);
    expect(inChat.body).not.toMatch(/\[DONE\]|"finish_reason":"/);
    const inMessages = dechunk(await claudeClient.closed);
    expect(inMessages.body).toMatch(
      /\n\nevent: error\ndata: \{"type":"error","error":\{"type":"overloaded_error".*\}\n\n$/,
    );
    expect(inMessages.body).not.toContain("message_stop");
    await upstreamClosed;
  });

  it("whose time is up tells the clients that still wait, in their dialect and with a time to come back", async () => {
    const { chat, claude, gateway: open } = await start();
    const waiting = [
      call(open.port, open.key, "/v1/chat/completions", { model: "chat/m-1" }),
      call(open.port, open.key, "/v1/messages", { model: "claude/m-1", stream: true }),
    ];
    await chat.call(0);
    await claude.call(0);
    await open.booted.close(100);
    const [inChat = "", inMessages = ""] = await Promise.all(waiting.map(({ closed }) => closed));
    for (const text of [inChat, inMessages]) {
      expect(text).toMatch(/^HTTP\/1\.1 503 /);
      expect(text).toMatch(/^retry-after: 1\r$/m);
      expect(text).toMatch(/^x-sallyport-error: overloaded\r$/m);
      expect(text).toMatch(/^x-sallyport-error-source: gateway\r$/m);
      expect(text).toMatch(/^connection: close\r$/im);
    }
    expect(inChat).toMatch(/\{"error":\{"message":"The gateway is shutting down\.","type":"server_error"/);
    expect(inMessages).toMatch(/\{"type":"error","error":\{"type":"overloaded_error"/);
  });
});
