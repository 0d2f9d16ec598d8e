/** `npm run bench -- protocols`: what a request of each protocol costs beside nginx, and what its doors cost. */
import type { Processes } from "../processes.ts";
import { measureAdded } from "./added.ts";
import { measureBounds } from "./bounds.ts";
import { doorRows, type MeasurePlan, measureRows, proveRows, rateRows } from "./measure.ts";
import type { ProtocolResult } from "./result.ts";
import { rowsOf } from "./rows.ts";
import { startStand } from "./stand.ts";

type Measured = Pick<ProtocolResult, "rates" | "doors" | "latency" | "bounds">;

/** @param plan `isQuick`: the figures of memory are of fewer connections. */
export async function benchProtocols(
  processes: Processes,
  plan: MeasurePlan & { readonly isQuick: boolean },
): Promise<Measured> {
  const { folder, isQuick } = plan;
  const stand = await startStand(processes, folder);
  const rows = rowsOf(stand);
  await proveRows(rows);
  const cells = await measureRows(processes, rows, plan);
  const latency = await measureAdded(processes, { stand, cells }, plan);
  const running = [stand.sallyport, ...Object.values(stand.nginx), ...Object.values(stand.bare)];
  await Promise.all(running.map(({ end }) => end()));
  const bounds = await measureBounds(processes, stand.upstreams, { folder, scale: isQuick ? 0.1 : 1 });
  await Promise.all(Object.values(stand.upstreams).map(({ end }) => end()));
  return { rates: rateRows(cells), doors: doorRows(cells), latency, bounds };
}
