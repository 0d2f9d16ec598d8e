import { execFileSync } from "node:child_process";
import { arch, cpus, loadavg, release, totalmem, type } from "node:os";

export interface Machine {
  readonly processor: string;
  readonly cores: number;
  readonly memoryGib: number;
  readonly system: string;
}

/** What the figures were taken on. Names no host. */
export function machine(): Machine {
  const processors = cpus();
  return {
    processor: `${processors[0]?.model ?? "unknown"} (${arch()})`,
    cores: processors.length,
    memoryGib: Math.round(totalmem() / 1024 ** 3),
    system: `${type()} ${release().split("-")[0] ?? ""}`,
  };
}

export interface Commit {
  /** Short hash; `unknown` outside a repository. */
  readonly hash: string;
  /** Whether the tree had changes that are not in the commit. */
  readonly isChanged: boolean;
}

export function commit(root: string): Commit {
  const git = (...args: readonly string[]) =>
    execFileSync("git", ["--no-optional-locks", ...args], { cwd: root, encoding: "utf8" }).trim();
  try {
    const changes = git("status", "--porcelain", "--", "src", "package-lock.json");
    return { hash: git("rev-parse", "--short=10", "HEAD"), isChanged: changes !== "" };
  } catch {
    return { hash: "unknown", isChanged: true };
  }
}

/** The load average of the last minute, and whether others use so much of the machine that the figures suffer. */
export function load(): { readonly average: number; readonly isBusy: boolean } {
  const average = loadavg()[0] ?? 0;
  return { average, isBusy: average > 0.5 };
}

/** The first line of what a program says to `-v` or the like, on stdout or stderr. `undefined` when it is not there. */
export function versionOf(program: string, flag: string): string | undefined {
  try {
    const text = execFileSync("sh", ["-c", `${program} ${flag} 2>&1 || true`], { encoding: "utf8" });
    return /(\d+\.\d+(?:\.\d+)?)/.exec(text)?.[1];
  } catch {
    return undefined;
  }
}
