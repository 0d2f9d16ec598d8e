import { spawn } from "node:child_process";

/**
 * Becomes `node` running `args`: replaces this process where Node can do that, else starts a child that has our
 * stdin, stdout and stderr, gets our signals, and whose end is ours.
 *
 * @param {string} node
 * @param {readonly string[]} args
 */
export function becomeNode(node, args) {
  if (typeof process.execve === "function" && process.platform !== "win32") {
    process.execve(node, [node, ...args], process.env);
  }
  const child = spawn(node, args, { stdio: "inherit" });
  // A terminal sends its own signals to the child as well: passing them on would count as a second Ctrl-C.
  const fromTerminal = process.stdin.isTTY || process.stderr.isTTY;
  /** @type {NodeJS.Signals[]} */
  const forwarded = fromTerminal
    ? ["SIGTERM", "SIGUSR2"]
    : ["SIGTERM", "SIGUSR2", "SIGINT", "SIGHUP", "SIGQUIT"];
  for (const signal of forwarded) process.on(signal, () => child.kill(signal));
  if (fromTerminal) for (const signal of ["SIGINT", "SIGHUP", "SIGQUIT"]) process.on(signal, () => {});
  child.once("error", (error) => {
    console.error(`sallyport: cannot run ${node}: ${error.message}`);
    process.exitCode = 1;
  });
  child.once("exit", (code, signal) => {
    if (signal === null) process.exit(code ?? 1);
    process.removeAllListeners(signal);
    process.kill(process.pid, signal);
  });
}
