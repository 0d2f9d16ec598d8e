import { type MessagePort, parentPort, Worker, workerData } from "node:worker_threads";
import type { ThreadParts } from "../../ports/threads.ts";
import { workerOptions } from "./own-threads.ts";

/** What the thread that begins others is told. */
export type KeeperOrder =
  | {
      readonly kind: "begin";
      readonly id: number;
      readonly program: string;
      readonly settings: Pick<ThreadParts<never>, "data" | "name" | "heapMebibytesMax">;
      readonly port: MessagePort;
    }
  | { readonly kind: "end"; readonly id: number };

/** A thread is over, by order or not. */
export interface KeeperReport {
  readonly id: number;
  readonly why: string;
}

/** What it begins has these rights and no more, whoever asks for it. */
const flags: readonly string[] = workerData;
const workers = new Map<number, Worker>();

parentPort?.on("message", (order: KeeperOrder) => {
  if (order.kind === "end") void workers.get(order.id)?.terminate();
  else begin(order);
});

function begin({ id, program, settings, port }: Extract<KeeperOrder, { kind: "begin" }>): void {
  let why = "its thread has ended";
  const over = (): void => {
    workers.delete(id);
    parentPort?.postMessage({ id, why } satisfies KeeperReport);
  };
  try {
    const worker = new Worker(new URL(program), workerOptions(port, { ...settings, flags }));
    workers.set(id, worker);
    worker.once("error", (thrown) => {
      why = String(thrown);
    });
    worker.once("exit", over);
  } catch (thrown) {
    why = String(thrown);
    over();
  }
}
