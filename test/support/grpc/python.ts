import { execFile, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

const python = "/usr/bin/python3";
const program = fileURLToPath(new URL("python_echo.py", import.meta.url));

/** Whether Debian's python3-grpcio is missing: told on stderr, and an error where all have to be there. */
export function isGrpcioMissing(): boolean {
  try {
    execFileSync(python, ["-c", "import grpc"], { stdio: "ignore" });
    return false;
  } catch {
    if (process.env["CI"] === "true") throw new Error("python3-grpcio is missing");
    process.stderr.write("SKIPPED: python3-grpcio is not installed\n");
    return true;
  }
}

/** What a client of python3-grpcio can tell of one call. */
export interface PythonCall {
  readonly code: string;
  readonly details: string;
  readonly leading: readonly (readonly [string, string])[];
  readonly trailing: readonly (readonly [string, string])[];
  readonly count: number;
  readonly digest: string;
  /** Seconds behind its deadline. */
  readonly late?: number;
}

/** What is the same however often a call is made; whose clock ends it, and in which words, is not. */
export function comparable({ late: _, details, ...told }: PythonCall): Omit<PythonCall, "late"> {
  return { ...told, details: told.code === "DEADLINE_EXCEEDED" ? "" : details };
}

/** The calls that the program makes. */
export const pythonCalls = [
  "one message",
  "an empty message",
  "a failure",
  "a failure without a head",
  "no such method",
  "a stream of the server",
  "an empty stream",
  "a stream that fails",
  "a stream of the client",
  "no message of the client",
  "a talk",
  "a talk in turns",
  "8 MiB",
  "8 MiB in a stream",
  "20,000 messages of the server",
  "20,000 messages of the client",
  "compressed",
  "8 MiB compressed",
  "a compressed stream",
  "a compressed talk",
  "given up in the middle",
  "a deadline",
  "a deadline that is over",
] as const;
export type PythonCalls = Readonly<Record<(typeof pythonCalls)[number], PythonCall>>;

const addressOf = (origin: string): string => origin.slice("http://".length);

/** Makes calls of every kind at `origin`. */
export const callsOfPython = (origin: string, key?: string): Promise<PythonCalls> =>
  printed<PythonCalls>(["call", addressOf(origin)], key);

/** How a call of one empty message ends. */
export const codeOfPython = (origin: string, path: string, key?: string): Promise<string> =>
  printed<string>(["code", addressOf(origin), path], key);

const printed = <Told>(args: readonly string[], key = ""): Promise<Told> =>
  new Promise((resolve, reject) => {
    const options = { env: { KEY: key }, timeout: 120_000, maxBuffer: 16 << 20 };
    execFile(python, [program, ...args], options, (error, out, said) => {
      if (error === null) resolve(JSON.parse(out));
      else reject(new Error(`${error.message}\n${said}`));
    });
  });

/** The echo service by python3-grpcio, which compresses what it answers. */
export async function pythonServer(): Promise<AsyncDisposable & { readonly origin: string }> {
  const child = spawn(python, [program, "serve"], { env: {}, stdio: ["pipe", "pipe", "inherit"] });
  const exited = once(child, "exit");
  const [port] = await once(child.stdout, "data");
  return {
    origin: `http://127.0.0.1:${String(port).trim()}`,
    [Symbol.asyncDispose]: async () => {
      child.stdin.end();
      await exited;
    },
  };
}
