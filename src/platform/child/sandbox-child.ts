import { fork } from "node:child_process";

/** The sandbox as a process of its own, so that simulating an upstream never takes time from the gateway. */
export interface SandboxChild {
  readonly url: string;
  readonly stop: () => void;
}

const startTimeoutMs = 10_000;

/**
 * Starts `entry` and waits for its address. The child ends by itself when this process does.
 * @throws Error when it does not come up within ten seconds.
 */
export function startSandboxChild(entry: string): Promise<SandboxChild> {
  return new Promise((resolve, reject) => {
    const child = fork(entry, [], { stdio: ["ignore", "ignore", "inherit", "ipc"], execArgv: [] });
    const timeout = setTimeout(() => {
      child.kill();
      reject(new Error("the sandbox did not start within ten seconds"));
    }, startTimeoutMs);
    child.once("message", (message: unknown) => {
      clearTimeout(timeout);
      if (
        typeof message === "object" &&
        message !== null &&
        "url" in message &&
        typeof message.url === "string"
      ) {
        // Neither the child nor the channel keeps a gateway alive that has drained.
        child.unref();
        child.channel?.unref();
        resolve({ url: message.url, stop: () => void child.kill() });
      } else reject(new Error("the sandbox answered without an address"));
    });
    child.once("exit", (code) => {
      clearTimeout(timeout);
      reject(new Error(`the sandbox ended with code ${code ?? "none"} before it was ready`));
    });
  });
}
