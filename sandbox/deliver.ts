import type { ServerResponse } from "node:http";
import type { Scheduler } from "./scheduler.ts";
import type { Step } from "./steps.ts";

/** How an answer ended. */
export type Ending = "complete" | "reset" | "aborted";

const writeBytes = 64 * 1024;
/** How long after the last byte a connection is reset, so that the byte has arrived. */
const resetAfterMs = 5;

/**
 * Does `steps` at their times. What is due together goes out in one write; when the client reads slowly the steps wait for
 * it and catch up afterwards. When the client goes, nothing of the answer stays behind.
 */
export function deliver(
  response: ServerResponse,
  steps: Iterable<Step>,
  { scheduler, startedAt }: { readonly scheduler: Scheduler; readonly startedAt: number },
): void {
  const iterator = steps[Symbol.iterator]();
  let waiting: Step | undefined;
  let cancel = (): void => {};

  response.once("close", () => {
    cancel();
    iterator.return?.();
  });
  pump();

  function pump(): void {
    let pending = "";
    while (!response.destroyed) {
      const step = waiting ?? nextStep();
      waiting = step;
      if (step.atMs > scheduler.now() - startedAt) {
        if (pending !== "" && !response.write(pending)) return void response.once("drain", pump);
        cancel = scheduler.at(startedAt + step.atMs, pump);
        return;
      }
      waiting = undefined;
      if (step.kind !== "write") return finish(step.kind, pending);
      if (step.isApart || typeof step.data !== "string") {
        if (pending !== "") response.write(pending);
        pending = "";
        if (!response.write(step.data)) return void response.once("drain", pump);
        continue;
      }
      pending += step.data;
      if (pending.length < writeBytes) continue;
      if (!response.write(pending)) return void response.once("drain", pump);
      pending = "";
    }
  }

  function nextStep(): Step {
    const next = iterator.next();
    return next.done === true ? { kind: "end", atMs: 0 } : next.value;
  }

  function finish(kind: "end" | "reset" | "stall", pending: string): void {
    if (kind === "end") return void response.end(pending);
    if (pending !== "") response.write(pending);
    else response.flushHeaders();
    if (kind === "reset") cancel = scheduler.at(scheduler.now() + resetAfterMs, () => reset(response));
  }
}

/** Ends the connection the rude way: with a TCP reset. */
export function reset(response: ServerResponse): void {
  response.socket?.resetAndDestroy();
}
