import { cpuSeconds } from "../process-cost.ts";
import type { Processes } from "../processes.ts";
import { spread } from "../spread.ts";
import type { SystemUnderTest } from "../system-under-test.ts";
import type { DoorRow, RateRow, Subject } from "./result.ts";
import type { Row } from "./rows.ts";

export interface MeasurePlan {
  readonly rounds: number;
  readonly seconds: number;
  readonly folder: string;
}

interface Found {
  readonly perSecond: number;
  readonly cpuMicros: number;
  readonly coreShare: number;
  readonly failed: number;
}

/** One row's subject with what each round has found. */
export interface Cell {
  readonly row: Row;
  readonly subject: Subject;
  readonly system: SystemUnderTest;
  readonly found: Found[];
}

/** The first round warms up as long as it measures: code is compiled, connections stand. */
const warmUpShare = 0.3;

/** Asks each system once and holds its answer against what it must be. */
export async function proveRows(rows: readonly Row[]): Promise<void> {
  for (const { name, proof, subjects } of rows) {
    if (proof === undefined) continue;
    for (const [subject, { url, target = "/", headers }] of subjects) {
      const { ask } = proof;
      const answer = await fetch(`${url}${target}`, {
        method: ask.method,
        headers: { "content-type": "application/json", ...headers },
        ...(ask.method === "POST" ? { body: ask.body } : {}),
      });
      const text = await answer.text();
      if (text !== proof.answer)
        throw new Error(`${name}: ${subject} answers ${answer.status} ${text.slice(0, 400)}`);
    }
  }
}

/** Measures all subjects of a row in turn, round by round, so that a change of the machine's mood meets all of them. */
export async function measureRows(
  processes: Processes,
  rows: readonly Row[],
  plan: MeasurePlan,
): Promise<readonly Cell[]> {
  const cells: readonly Cell[] = rows.flatMap((row) =>
    row.subjects.map(([subject, system]) => ({ row, subject, system, found: [] })),
  );
  for (let round = 1; round <= plan.rounds; round += 1) {
    for (const cell of cells) {
      const { row, system } = cell;
      const run = { processes, folder: plan.folder };
      await row.load(system, { ...run, seconds: Math.ceil(plan.seconds * (round === 1 ? 1 : warmUpShare)) });
      const before = { cpu: cpuSeconds(system.pid), at: performance.now() };
      const load = await row.load(system, { ...run, seconds: plan.seconds });
      const cpu = cpuSeconds(system.pid) - before.cpu;
      const found = {
        perSecond: load.perSecond,
        cpuMicros: (cpu / load.count) * 1e6,
        coreShare: cpu / (load.count / load.perSecond),
        failed: load.failed,
      };
      cell.found.push(found);
      console.log(
        `  round ${round}, ${row.name}, ${cell.subject}: ${found.perSecond.toFixed(0)} ${row.unit}/s, ` +
          `${found.cpuMicros.toFixed(1)} µs CPU a ${row.unit}, ${(found.coreShare * 100).toFixed(0)} % of its core` +
          (found.failed > 0 ? `, ${found.failed} FAILED` : ""),
      );
    }
  }
  return cells;
}

/** Of the same row, round by round. */
function beside(cells: readonly Cell[], cell: Cell, subject: Subject): readonly (readonly [Found, Found])[] {
  const other = cells.find(({ row, subject: name }) => row === cell.row && name === subject);
  return cell.found.flatMap((own, round) => {
    const theirs = other?.found[round];
    return theirs === undefined ? [] : [[own, theirs] as const];
  });
}

export function rateRows(cells: readonly Cell[]): readonly RateRow[] {
  return cells.map((cell) => {
    const { row, subject, found } = cell;
    const pairs = subject === "nginx" ? [] : beside(cells, cell, "nginx");
    return {
      row: row.name,
      unit: row.unit,
      subject,
      perSecond: spread(found.map(({ perSecond }) => perSecond)),
      cpuMicros: spread(found.map(({ cpuMicros }) => cpuMicros)),
      coreShare: spread(found.map(({ coreShare }) => coreShare)),
      failed: found.reduce((sum, { failed }) => sum + failed, 0),
      ...(pairs.length === 0
        ? {}
        : {
            rateRatio: spread(pairs.map(([own, theirs]) => own.perSecond / theirs.perSecond)),
            cpuRatio: spread(pairs.map(([own, theirs]) => own.cpuMicros / theirs.cpuMicros)),
          }),
    };
  });
}

const withouts: Readonly<Partial<Record<Subject, string>>> = {
  bare: "all doors, record and metrics",
  "sallyport-open": "the key, and the limit of the service",
  "sallyport-rest": "what GraphQL is held to: syntax, schema, limits",
};

/** What the doors cost, each pair of subjects by itself. */
export function doorRows(cells: readonly Cell[]): readonly DoorRow[] {
  return cells
    .filter(({ subject }) => subject === "sallyport")
    .flatMap((cell) =>
      (Object.keys(withouts) as Subject[]).flatMap((subject) => {
        const pairs = beside(cells, cell, subject);
        if (pairs.length === 0) return [];
        return [
          {
            row: cell.row.name,
            what: withouts[subject] ?? "",
            cpuMicros: spread(pairs.map(([whole, without]) => whole.cpuMicros - without.cpuMicros)),
            share: spread(pairs.map(([whole, without]) => 1 - without.cpuMicros / whole.cpuMicros)),
          },
        ];
      }),
    );
}
