import { type ChildProcess, spawn } from "node:child_process";
import { connect, createServer } from "node:net";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";

/** The core of the process under test, and the core of everything else. */
export type Core = 0 | 1;

export interface Command {
  readonly program: string;
  readonly args: readonly string[];
  readonly core: Core;
  /** Added to the environment. */
  readonly env?: Readonly<Record<string, string>>;
}

export interface Running {
  readonly pid: number;
  /** The next line of its stdout. Rejects when it ends before. */
  readonly line: () => Promise<string>;
  /** Ends it by its pid: SIGTERM, after five seconds SIGKILL. Resolves when it is gone. */
  readonly end: () => Promise<void>;
}

export interface Processes extends AsyncDisposable {
  /** Starts a process that stays, pinned to its core. */
  readonly start: (command: Command) => Promise<Running>;
  /** Runs a program to its end. @returns Its stdout. Rejects with its stderr when it fails. */
  readonly run: (command: Command) => Promise<string>;
}

/** All processes of one bench run. Disposing ends every one that is still there, each by its own pid. */
export function createProcesses(): Processes {
  const alive = new Set<ChildProcess>();
  process.once("exit", () => {
    for (const child of alive) child.kill("SIGKILL");
  });

  const launch = (command: Command) => {
    // taskset replaces itself by the program: the pid is that of the program
    const child = spawn("taskset", ["-c", String(command.core), command.program, ...command.args], {
      stdio: ["ignore", "pipe", "pipe"],
      env: { ...process.env, ...command.env },
    });
    alive.add(child);
    let errors = "";
    child.stderr.on("data", (bytes: Buffer) => {
      errors = (errors + bytes.toString()).slice(-4000);
    });
    const ended = new Promise<number | null>((resolve) => {
      child.once("close", (code) => {
        alive.delete(child);
        resolve(code);
      });
      child.once("error", (error) => {
        errors += error.message;
        alive.delete(child);
        resolve(null);
      });
    });
    const failure = () => new Error(`${command.program} ${command.args.join(" ")} ended early: ${errors}`);
    return { child, ended, failure, problems: () => errors };
  };

  return {
    start: async (command) => {
      const { child, ended, failure } = launch(command);
      if (child.pid === undefined) throw (await ended, failure());
      const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
      return {
        pid: child.pid,
        line: async () => {
          const next = await lines.next();
          if (next.done === true) throw failure();
          return next.value;
        },
        end: async () => {
          child.kill("SIGTERM");
          await Promise.race([ended, sleep(5000, undefined, { ref: false })]);
          if (alive.has(child)) child.kill("SIGKILL");
          await ended;
        },
      };
    },
    run: async (command) => {
      const { child, ended, failure } = launch(command);
      const output: Buffer[] = [];
      child.stdout.on("data", (bytes: Buffer) => output.push(bytes));
      if ((await ended) !== 0) throw failure();
      return Buffer.concat(output).toString();
    },
    [Symbol.asyncDispose]: async () => {
      await Promise.all(
        [...alive].map(async (child) => {
          const gone = new Promise((resolve) => child.once("close", resolve));
          child.kill("SIGTERM");
          await Promise.race([gone, sleep(3000, undefined, { ref: false })]);
          if (alive.has(child)) child.kill("SIGKILL");
        }),
      );
    },
  };
}

/** A port of 127.0.0.1 that nobody listens on just now. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      const port = typeof address === "object" && address !== null ? address.port : 0;
      server.close(() => resolve(port));
    });
  });
}

/** Waits until something answers at `url`. Gives up after `patienceMs`. */
export async function answering(url: string, patienceMs = 15_000): Promise<void> {
  const until = performance.now() + patienceMs;
  for (;;) {
    try {
      await (await fetch(url)).arrayBuffer();
      return;
    } catch (cause) {
      if (performance.now() > until) throw new Error(`nothing answers at ${url}`, { cause });
      await sleep(50);
    }
  }
}

/** Waits until something listens on a port of 127.0.0.1, whatever it speaks. Gives up after `patienceMs`. */
export async function listening(port: number, patienceMs = 15_000): Promise<void> {
  const until = performance.now() + patienceMs;
  for (;;) {
    const isThere = await new Promise<boolean>((resolve) => {
      const socket = connect({ port, host: "127.0.0.1" }, () => resolve(true));
      socket.on("error", () => resolve(false)).on("connect", () => socket.destroy());
    });
    if (isThere) return;
    if (performance.now() > until) throw new Error(`nothing listens on ${port}`);
    await sleep(50);
  }
}
