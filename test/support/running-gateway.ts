import { type ChildProcess, execFile, spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";

const main = join(import.meta.dirname, "../../src/main.ts");

/** A gateway started as a user starts it, in a directory of its own. */
export interface RunningGateway extends AsyncDisposable {
  readonly url: string;
  readonly adminUrl: string;
  readonly clientKey: string;
  readonly adminToken: string;
  readonly generation: number;
  readonly directory: string;
  readonly configFile: string;
  readonly child: ChildProcess;
  readonly stderr: () => string;
  /** The exit code, once the process has ended. */
  readonly exited: Promise<number | null>;
  /** `data` of an admin answer. */
  readonly admin: (
    path: string,
    init?: { readonly method?: string; readonly body?: unknown },
  ) => Promise<unknown>;
}

/** @param config Text of `sallyport.yaml`; demo mode when absent. */
export async function runGateway(
  parts: {
    readonly config?: string;
    readonly env?: Readonly<Record<string, string>>;
    readonly directory?: string;
    readonly args?: readonly string[];
  } = {},
): Promise<RunningGateway> {
  const directory = parts.directory ?? mkdtempSync(join(tmpdir(), "sallyport-test-"));
  const configFile = join(directory, "sallyport.yaml");
  if (parts.config !== undefined) writeFileSync(configFile, parts.config);
  const args = [
    "start",
    "--json",
    "--port",
    "0",
    "--admin-port",
    "0",
    "--data-dir",
    join(directory, "data"),
    ...(parts.config === undefined ? [] : ["--config", configFile]),
    ...(parts.args ?? []),
  ];
  const child = spawn(process.execPath, [main, ...args], {
    cwd: directory,
    env: { PATH: process.env["PATH"], ...parts.env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let stdout = "";
  let stderr = "";
  child.stderr.on("data", (chunk) => {
    stderr += String(chunk);
  });
  const exited = new Promise<number | null>((resolve) => child.once("exit", (code) => resolve(code)));
  const line = await new Promise<string>((resolve, reject) => {
    child.stdout.on("data", (chunk) => {
      stdout += String(chunk);
      if (stdout.includes("\n")) resolve(stdout);
    });
    void exited.then((code) => reject(new Error(`the gateway ended with code ${code}: ${stderr}`)));
  });
  const ready: Pick<RunningGateway, "url" | "adminUrl" | "clientKey" | "adminToken" | "generation"> =
    JSON.parse(line);
  return {
    ...ready,
    directory,
    configFile,
    child,
    stderr: () => stderr,
    exited,
    admin: async (path, init = {}) => {
      const response = await fetch(`${ready.adminUrl}/api/gateway${path}`, {
        method: init.method ?? "GET",
        headers: { authorization: `Bearer ${ready.adminToken}`, "content-type": "application/json" },
        ...(init.body === undefined ? {} : { body: JSON.stringify(init.body) }),
      });
      const answer: { readonly data?: unknown } = JSON.parse(await response.text());
      if (!response.ok) throw new Error(`admin ${path}: ${response.status} ${JSON.stringify(answer)}`);
      return answer.data;
    },
    [Symbol.asyncDispose]: async () => {
      if (child.exitCode === null && child.signalCode === null) child.kill("SIGKILL");
      await exited;
      if (parts.directory === undefined) rmSync(directory, { recursive: true, force: true });
    },
  };
}

/** A link that opens the dashboard once, as a user has it made. */
export async function adminLink({ directory }: Pick<RunningGateway, "directory">): Promise<string> {
  const args = [main, "admin-link", "--data-dir", join(directory, "data")];
  const { stdout } = await promisify(execFile)(process.execPath, args);
  return stdout.trim();
}
