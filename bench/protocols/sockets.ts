import type { Processes } from "../processes.ts";
import type { SystemUnderTest } from "../system-under-test.ts";
import { type SocketCount, type SocketPlan, socketClientProgram } from "./socket-client.ts";

/** Runs the client of WebSockets as a process of its own. */
export async function runSockets(
  processes: Processes,
  { url, headers, target = "/" }: SocketPlanned,
  run: Pick<SocketPlan, "mode" | "sockets" | "seconds" | "ratePerSecond">,
): Promise<SocketCount> {
  const plan: SocketPlan = { url, headers, target, ...run };
  const args = [socketClientProgram, JSON.stringify(plan)];
  return JSON.parse(await processes.run({ program: process.execPath, args, core: 1 })) as SocketCount;
}

type SocketPlanned = Pick<SystemUnderTest, "url" | "headers" | "target">;
