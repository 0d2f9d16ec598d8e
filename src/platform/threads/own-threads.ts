import { MessageChannel, type MessagePort, Worker, type WorkerOptions } from "node:worker_threads";
import type { Thread, ThreadParts, Threads } from "../../ports/threads.ts";

/** Threads that this one begins itself, with the rights of the process. */
export const ownThreads: Threads = threadsWith([]);

/** Threads that this one begins itself, with the rights that these flags of Node give. */
export function threadsWith(flags: readonly string[]): Threads {
  return { begin: (program, parts) => beginThread(program, parts, flags) };
}

function beginThread<Message>(program: URL, parts: ThreadParts<Message>, flags: readonly string[]): Thread {
  const { port1, port2 } = new MessageChannel();
  const worker = new Worker(program, workerOptions(port2, { ...parts, flags }));
  let isEnded = false;
  const died = (why: Error): void => {
    if (isEnded) return;
    isEnded = true;
    port1.close();
    parts.onDeath(why);
  };
  worker.once("error", (thrown) => died(thrown instanceof Error ? thrown : new Error(String(thrown))));
  worker.once("exit", () => died(new Error("its thread has ended")));
  worker.unref();
  return threadOver(port1, parts, async () => {
    isEnded = true;
    await worker.terminate();
  });
}

/** How a worker is begun that talks over `port`. `flags`: of Node, for its rights. */
export function workerOptions(
  port: MessagePort,
  parts: Pick<ThreadParts<never>, "data" | "name" | "heapMebibytesMax"> & {
    readonly flags: readonly string[];
  },
): WorkerOptions {
  const { data = "", name, heapMebibytesMax, flags } = parts;
  return {
    workerData: { port, data },
    transferList: [port],
    execArgv: [...flags],
    env: {},
    ...(name === undefined ? {} : { name }),
    ...(heapMebibytesMax === undefined
      ? {}
      : { resourceLimits: { maxOldGenerationSizeMb: heapMebibytesMax } }),
  };
}

/** The thread at the other end of `port`. */
export function threadOver<Message>(
  port: MessagePort,
  { onMessage }: Pick<ThreadParts<Message>, "onMessage">,
  end: () => Promise<void>,
): Thread {
  port.on("message", onMessage);
  port.unref();
  return {
    send: (message) => port.postMessage(message),
    ref: () => port.ref(),
    unref: () => port.unref(),
    end: async () => {
      port.close();
      await end();
    },
  };
}
