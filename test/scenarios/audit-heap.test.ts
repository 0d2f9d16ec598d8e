import { once } from "node:events";
import { text } from "node:stream/consumers";
import { Worker } from "node:worker_threads";
import { expect, it, onTestFinished } from "vitest";
import { ownThreads } from "../../src/platform/threads/index.ts";
import type { Threads } from "../../src/ports/threads.ts";
import { bootGateway } from "../support/booted-gateway.ts";
import { postText, rawClient } from "../support/raw-client.ts";
import { framed, rawUpstream, streamHead } from "../support/raw-upstream.ts";
import { chatChunk, chatFirst } from "../support/stream-frames.ts";

const canary = (of: string): string => `canary-${of}-4e81b7c2`;
const heapOf = async (worker: Worker): Promise<string> => text(await worker.getHeapSnapshot());

it("the writer of the audit log never has a key, a header's value, a prompt, an answer or a secret of the configuration in its heap", {
  timeout: 60_000,
}, async () => {
  const told: string[] = [];
  const begun: Worker[] = [];
  const note = (worker: Worker): void => void begun.push(worker);
  const listened: Threads = {
    begin: (program, parts) => {
      const thread = ownThreads.begin(program, parts);
      const send = (message: unknown): void => {
        told.push(JSON.stringify(message));
        thread.send(message);
      };
      return parts.name === "audit" ? { ...thread, send } : thread;
    },
  };
  process.on("worker", note);
  onTestFinished(() => {
    process.off("worker", note);
  });
  process.env["SALLYPORT_TEST_CANARY"] = canary("environment");
  const upstream = await rawUpstream(({ socket }) =>
    socket.write(
      `${streamHead}${framed(`${chatFirst}${chatChunk({ content: canary("answer") })}data: [DONE]\n\n`)}0\r\n\r\n`,
    ),
  );
  onTestFinished(() => upstream[Symbol.asyncDispose]());
  const gateway = await bootGateway(
    `
allowLiteralSecrets: true
providers:
  chat: { dialect: openai-chat, baseUrl: "${upstream.url}/v1", models: ["chat-*"], key: "${canary("provider")}" }
`,
    listened,
  );
  onTestFinished(() => gateway[Symbol.asyncDispose]());
  const ask = async (key: string, model: string): Promise<string> => {
    const client = rawClient(gateway.port);
    const body = { model, stream: true, messages: [{ role: "user", content: canary("prompt") }] };
    const call = postText("/v1/chat/completions", key, body);
    client.socket.write(call.replace("content-type", `x-secret: ${canary("header")}\r\ncontent-type`));
    const answer = await client.until(/\[DONE\]|^HTTP\/1.1 [45][\s\S]*\}/);
    client.socket.destroy();
    return answer;
  };
  for (let calls = 0; calls < 20; calls += 1) expect(await ask(gateway.key, "chat/m-1")).toContain("200");
  expect(await ask(canary("key"), "chat/m-1")).toContain("401");
  expect(await ask(gateway.key, "no/such")).toContain("404");
  const { audit } = gateway.booted.control;
  expect((await audit.list({ limit: 500, type: "request." })).records).toHaveLength(22);

  const [writer, ...others] = begun.filter(({ threadName }) => threadName === "audit");
  if (writer === undefined) throw new Error("no thread writes the audit log");
  expect(others).toEqual([]);
  const heap = await heapOf(writer);
  const secrets = [
    gateway.key,
    ...["answer", "provider", "prompt", "header", "key", "environment"].map(canary),
  ];
  for (const secret of secrets) {
    expect(heap.includes(secret), `${secret} is in its heap`).toBe(false);
    expect(
      told.some((message) => message.includes(secret)),
      `it was told ${secret}`,
    ).toBe(false);
  }
  // What is looked for this way is found where it is.
  expect(heap).toContain("/audit");
  expect(told.join("\n")).toContain("chat/m-1");
  const leaky = new Worker(
    "globalThis.kept = require('node:worker_threads').workerData; setInterval(() => {}, 1e6)",
    {
      eval: true,
      workerData: canary("prompt"),
    },
  );
  await once(leaky, "online");
  expect(await heapOf(leaky)).toContain(canary("prompt"));
  await leaky.terminate();
});
