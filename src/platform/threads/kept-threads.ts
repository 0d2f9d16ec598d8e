import { once } from "node:events";
import { MessageChannel, Worker } from "node:worker_threads";
import type { ThreadParts, Threads } from "../../ports/threads.ts";
import type { KeeperOrder, KeeperReport } from "./keeper-thread.ts";
import { threadOver } from "./own-threads.ts";

/** Threads that another thread begins, so that this one need not be able to. */
export interface KeptThreads extends Threads {
  readonly close: () => Promise<void>;
}

const keeperProgram = new URL(
  import.meta.url.endsWith(".ts") ? "./keeper-thread.ts" : "./keeper-thread.js",
  import.meta.url,
);

/**
 * Begins the thread that begins the others. Once it is there, the main thread can give its own right to begin some away:
 * a new worker is not bound by the permissions of whoever begins it, so that who may begin one may do everything.
 *
 * @param flags Of Node: the rights of the threads that are begun, as of `threadFlags`.
 */
export async function keepThreads(flags: readonly string[]): Promise<KeptThreads> {
  const keeper = new Worker(keeperProgram, {
    workerData: flags,
    execArgv: [...flags, "--allow-worker"],
    env: {},
  });
  await once(keeper, "online");
  keeper.unref();
  const kept = new Map<number, { readonly over: (why: string) => void }>();
  let last = 0;
  keeper.on("message", ({ id, why }: KeeperReport) => kept.get(id)?.over(why));
  keeper.once("error", (thrown) => {
    for (const { over } of kept.values()) over(`the thread that keeps it has ended: ${String(thrown)}`);
  });
  return {
    begin: <Message>(program: URL, parts: ThreadParts<Message>) => {
      const { port1, port2 } = new MessageChannel();
      last += 1;
      const id = last;
      const { promise: hasEnded, resolve: ended } = Promise.withResolvers<void>();
      let isEnding = false;
      kept.set(id, {
        over: (why) => {
          kept.delete(id);
          port1.close();
          ended();
          if (!isEnding) parts.onDeath(new Error(why));
        },
      });
      const { data, name, heapMebibytesMax } = parts;
      const settings = {
        ...(data === undefined ? {} : { data }),
        ...(name === undefined ? {} : { name }),
        ...(heapMebibytesMax === undefined ? {} : { heapMebibytesMax }),
      };
      const order: KeeperOrder = { kind: "begin", id, program: program.href, settings, port: port2 };
      keeper.postMessage(order, [port2]);
      return threadOver(port1, parts, async () => {
        if (!kept.has(id)) return;
        isEnding = true;
        keeper.ref();
        keeper.postMessage({ kind: "end", id } satisfies KeeperOrder);
        await hasEnded;
        if (kept.size === 0) keeper.unref();
      });
    },
    close: async () => {
      await keeper.terminate();
    },
  };
}
