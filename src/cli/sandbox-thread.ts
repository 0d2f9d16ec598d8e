import { isConfined, networkFlags, threadFlags } from "../platform/permission/index.ts";
import { threadsWith } from "../platform/threads/index.ts";
import { sandboxEntry } from "./places.ts";

/** The sandbox as a thread of its own, so that simulating an upstream takes no time from the one that serves requests. */
export interface SandboxThread {
  readonly url: string;
  readonly stop: () => void;
}

const startTimeoutMs = 10_000;

/**
 * Starts the sandbox and waits for its address. It ends when this process does.
 * @throws Error when it does not come up within ten seconds.
 */
export function startSandboxThread(): Promise<SandboxThread> {
  return new Promise((resolve, reject) => {
    const timeout = setTimeout(() => {
      stop();
      reject(new Error("the sandbox did not start within ten seconds"));
    }, startTimeoutMs);
    const thread = threadsWith(isConfined() ? [...threadFlags(), ...networkFlags()] : []).begin(
      sandboxEntry(),
      {
        onMessage: (url: string) => {
          clearTimeout(timeout);
          resolve({ url, stop });
        },
        onDeath: (why) => {
          clearTimeout(timeout);
          reject(new Error(`the sandbox ended before it was ready: ${why.message}`));
        },
      },
    );
    const stop = (): void => void thread.end();
  });
}
