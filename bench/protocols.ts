/** `npm run bench -- protocols`: what a request of each protocol costs beside nginx, which passes the same to the same mock. */
import { startMock, startProxy } from "./nginx.ts";
import type { Processes } from "./processes.ts";
import { startSallyport } from "./sallyport.ts";
import type { SystemUnderTest } from "./system-under-test.ts";
import { measureThroughput } from "./throughput.ts";

/** One row: two systems that do the same. */
interface ProtocolRow {
  readonly protocol: string;
  /** nginx first. */
  readonly systems: readonly [nginx: SystemUnderTest, sallyport: SystemUnderTest];
}

export async function benchProtocols(
  processes: Processes,
  plan: {
    readonly rounds: number;
    readonly seconds: number;
    readonly warmUpSeconds: number;
    readonly folder: string;
  },
): Promise<void> {
  const direct = await startMock(processes, plan.folder);
  const nginx = await startProxy(processes, plan.folder, direct.url);
  const sallyport = await startSallyport(processes, plan.folder, direct.url);
  const rows: readonly ProtocolRow[] = [
    { protocol: "AI", systems: [nginx, sallyport] },
    { protocol: "rest", systems: [nginx, { ...sallyport, target: "/rest/orders/1" }] },
  ];
  for (const { protocol, systems } of rows) {
    const { rows: cells } = await measureThroughput(processes, systems, { ...plan, connections: [32] });
    const [theirs, ours] = cells;
    if (theirs === undefined || ours === undefined) throw new Error(`${protocol} was not measured`);
    const rate = ours.requestsPerSecond.median / theirs.requestsPerSecond.median;
    const cpu = ours.cpuMicrosPerRequest.median / theirs.cpuMicrosPerRequest.median;
    console.log(
      `${protocol}: ${ours.requestsPerSecond.median.toFixed(0)}/s, ${rate.toFixed(2)} x nginx; ` +
        `${ours.cpuMicrosPerRequest.median.toFixed(1)} µs CPU a request, ${cpu.toFixed(1)} x nginx`,
    );
  }
}
