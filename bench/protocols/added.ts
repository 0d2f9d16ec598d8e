import { type HttpAsk, openLoop } from "../http-load.ts";
import type { Processes } from "../processes.ts";
import { spread } from "../spread.ts";
import type { SystemUnderTest } from "../system-under-test.ts";
import { getAsk, graphAsk, grpcAsk, postAsk } from "./asks.ts";
import type { Cell, MeasurePlan } from "./measure.ts";
import type { AddedRow, Subject } from "./result.ts";
import { runSockets } from "./sockets.ts";
import type { Stand } from "./stand.ts";

interface Times {
  readonly latencyMsP50: number;
  readonly latencyMsP99: number;
}

/** How the latency of a row is taken, and what the specification allows ours to add. */
interface Way {
  readonly row: string;
  readonly direct: SystemUnderTest;
  readonly at: (
    system: SystemUnderTest,
    run: { readonly rate: number; readonly plan: MeasurePlan },
  ) => Promise<Times>;
  readonly allowed: Readonly<Partial<Record<Subject, { readonly p50?: number; readonly p99?: number }>>>;
}

function waysOf(processes: Processes, { upstreams: { canned, calls, echo } }: Stand): readonly Way[] {
  const byHttp =
    (ask: HttpAsk, speaks?: "http2"): Way["at"] =>
    (system, { rate, plan: { seconds, folder } }) =>
      openLoop(processes, system, {
        ...{ ratePerSecond: rate, seconds, folder, ask },
        ...(speaks === undefined ? {} : { speaks }),
      });
  const quick = { p50: 0.5, p99: 2 };
  return [
    { row: "rest GET", direct: canned, at: byHttp(getAsk), allowed: { sallyport: quick } },
    { row: "rest POST", direct: canned, at: byHttp(postAsk), allowed: { sallyport: quick } },
    {
      row: "graphql",
      direct: { ...canned, target: "/graphql" },
      at: byHttp(graphAsk),
      allowed: { sallyport: { p50: 1 } },
    },
    {
      row: "grpc unary",
      direct: calls,
      at: byHttp(grpcAsk(1), "http2"),
      allowed: { sallyport: quick },
    },
    {
      row: "websocket echo",
      direct: echo,
      at: (system, { rate, plan: { seconds } }) =>
        runSockets(processes, system, {
          ...{ mode: "open", sockets: 256, seconds, ratePerSecond: rate },
        }),
      allowed: { sallyport: { p99: 0.3 }, "sallyport-inspect": { p99: 1 } },
    },
  ];
}

/** The subjects whose latency counts: those that clients meet. */
const counted: ReadonlySet<Subject> = new Set(["nginx", "sallyport", "sallyport-inspect"]);

/** Adds up what each system adds to the direct way, at half of what ours could do. */
export async function measureAdded(
  processes: Processes,
  { stand, cells }: { readonly stand: Stand; readonly cells: readonly Cell[] },
  plan: MeasurePlan,
): Promise<readonly AddedRow[]> {
  const rows = waysOf(processes, stand).flatMap((way) => {
    const asked = cells.filter(({ row, subject }) => row.name === way.row && counted.has(subject));
    const ours = asked.filter(({ subject }) => subject !== "nginx");
    const slowest = Math.min(
      ...ours.map(({ found }) => spread(found.map(({ perSecond }) => perSecond)).median),
    );
    return [{ way, asked, rate: Math.round(slowest / 2), pairs: asked.map(() => [] as [Times, Times][]) }];
  });
  for (let round = 1; round <= plan.rounds; round += 1) {
    for (const { way, asked, rate, pairs } of rows) {
      const base = await way.at(way.direct, { rate, plan });
      for (const [index, { subject, system }] of asked.entries()) {
        const found = await way.at(system, { rate, plan });
        pairs[index]?.push([base, found]);
        console.log(
          `  round ${round}, ${way.row} at ${rate}/s, ${subject}: p50 ${found.latencyMsP50.toFixed(2)} ms, ` +
            `p99 ${found.latencyMsP99.toFixed(2)} ms (direct ${base.latencyMsP50.toFixed(2)}, ${base.latencyMsP99.toFixed(2)})`,
        );
      }
    }
  }
  return rows.flatMap(({ way, asked, rate, pairs }) =>
    asked.map(({ subject }, index) => {
      const own = pairs[index] ?? [];
      const allowed = way.allowed[subject];
      return {
        row: way.row,
        subject,
        ratePerSecond: rate,
        addedMsP50: spread(own.map(([base, found]) => found.latencyMsP50 - base.latencyMsP50)),
        addedMsP99: spread(own.map(([base, found]) => found.latencyMsP99 - base.latencyMsP99)),
        ...(allowed?.p50 === undefined ? {} : { allowedMsP50: allowed.p50 }),
        ...(allowed?.p99 === undefined ? {} : { allowedMsP99: allowed.p99 }),
      };
    }),
  );
}
