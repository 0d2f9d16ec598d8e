import { type Arrival, arrivalsIn, at, conversations } from "./balancing-models.ts";
import {
  type Asked,
  type Fate,
  fleet,
  type Mix,
  playLimits,
  requestsOf,
  type Step,
  stall,
  startWithinSeconds,
  steps,
  tenants,
} from "./limits-models.ts";
import { fixed, type LimiterMaker, others, oursBy } from "./limits-policies.ts";
import { type EvalResult, fileDigest, type Measured } from "./result.ts";
import { mean, range } from "./rows.ts";

const caveat = `Simulated: ${fleet.servers} servers behind one name that work on ${fleet.batchMax} requests each, at a third of the speed that one alone has, let ${fleet.waitingMax} wait (three seconds' work) and refuse more. Azure's conversation trace (CC-BY 4.0) from a row that the seed decides, its gaps stretched to steps of 90 s of .5, 1, .5, 2, .5, 3 and .5 times what all servers can do; ${tenants} tenants, a quarter of the requests batches. A request is served well if a server begins with it within ${startWithinSeconds} s of its arrival: from then on nothing is slower than a full batch. Goodput: work of what was served well, by when it was done, in the last minute of a step, as answers take up to one, as a share of the most that any of the policies did in any step of the same seed. Ours is the product's entrance and the slots of a target (\`concurrency: paced\`, all else by default), which are told nothing of how long answers will be; of 'no limit', AIMD and the gradients nobody waits at the gateway. With \`concurrency: adaptive\`, which is the default, the same entrance misses these bounds where a server lets requests wait before it refuses any: that is 'limit by refusals alone'. Both gradients start at 20, as they do at their authors'. Constants of the entrance, the length of the steps and of what is measured of them were set by looks at the first three seeds. Ten seeds, in brackets the range. 'Best fixed' is chosen with hindsight. Nobody tries again after a refusal. Where capacity was gone, all are served well again when five seconds are; what is refused later is so by the limit of \`paced\`, which goes down where first words came late and up by one for each limit's worth of answers. The wait of who was begun leaves out who came in, waited at the gateway, a second at most, and was refused.`;
const seeds = 10;
const settleSeconds = 30;

interface Figures {
  /** Tokens a second, by step. */
  readonly goodput: readonly number[];
  /** Seconds until those that came in were begun, by step. */
  readonly p99: readonly number[];
  /** Seconds from the end of a step above what can be done until the last that was not served well. */
  readonly back: number;
  readonly jain: number;
  /** Of the interactive requests at twice the load, and of all batches, the share served well. */
  readonly interactive: number;
  readonly batch: number;
  /** The share served well of those who are not the first tenant. */
  readonly othersServed: number;
}

const isWell = ({ started }: Fate): boolean => started <= startWithinSeconds;
const came = (fates: readonly Fate[], { from, to }: Step): readonly Fate[] =>
  fates.filter(({ asked }) => asked.at >= from && asked.at < to);
const workOf = (fates: readonly Fate[]): number => fates.reduce((sum, { asked }) => sum + asked.work, 0);
const shareWell = (fates: readonly Fate[]): number => fates.filter(isWell).length / Math.max(1, fates.length);

function figuresOf(fates: readonly Fate[]): Figures {
  const later = (step: Step): Step => ({ ...step, from: step.from + settleSeconds });
  const overloads = steps.filter(({ load }) => load > 1);
  const overloaded = overloads.flatMap((step) => came(fates, later(step)));
  const double = overloads.slice(0, 1).flatMap((step) => came(fates, later(step)));
  const backs = overloads.map(({ to }) => {
    const after = steps.find(({ from }) => from === to);
    const missed = after === undefined ? [] : came(fates, after).filter((fate) => !isWell(fate));
    return Math.max(0, ...missed.map(({ asked }) => asked.at - to));
  });
  const byTenant = Array.from({ length: tenants }, (_, tenant) =>
    workOf(overloaded.filter((fate) => fate.asked.tenant === `tenant ${tenant}` && isWell(fate))),
  );
  return {
    goodput: steps.map((step) => {
      const { from, to } = later(step);
      const done = fates.filter((fate) => isWell(fate) && fate.doneAt >= from && fate.doneAt < to);
      return workOf(done) / (to - from);
    }),
    p99: steps.map((step) => {
      const begun = came(fates, step).flatMap(({ started }) => (Number.isFinite(started) ? [started] : []));
      return at(
        begun.toSorted((one, other) => one - other),
        0.99,
      );
    }),
    back: Math.max(...backs),
    jain: jainOf(byTenant),
    interactive: shareWell(double.filter(({ asked }) => asked.priority === "interactive")),
    batch: shareWell(double.filter(({ asked }) => asked.priority === "batch")),
    othersServed: shareWell(double.filter(({ asked }) => asked.tenant !== "tenant 0")),
  };
}

/** What follows the moment when the servers are back. */
interface AfterStall {
  /** Seconds until the first five in which all are served well. */
  readonly back: number;
  /** The share served well of who comes after that. */
  readonly served: number;
}
const calmSeconds = 5;

function afterStall(fates: readonly Fate[]): AfterStall {
  const after = came(fates, { ...stall, from: stall.standsTo });
  const missed = after.filter((fate) => !isWell(fate)).map(({ asked }) => asked.at);
  const backAt = missed.reduce(
    (last, moment) => (moment - last < calmSeconds ? moment : last),
    stall.standsTo,
  );
  return {
    back: backAt - stall.standsTo,
    served: shareWell(after.filter(({ asked }) => asked.at > backAt)),
  };
}

/** 1: all have the same; 0: nobody has anything. Source: Jain, Chiu and Hawe, 1984. */
function jainOf(parts: readonly number[]): number {
  const sum = parts.reduce((all, part) => all + part, 0);
  return sum === 0 ? 0 : sum ** 2 / (parts.length * parts.reduce((all, part) => all + part * part, 0));
}

const fixedLimits = [240, 360, 420, 480, 540, 600] as const;
const stepOf = (load: number): number => steps.findIndex((step) => step.load === load);
const [double, triple] = [stepOf(2), stepOf(3)];

type Played = ReadonlyMap<string, readonly Figures[]>;

/** A policy's figures by seed. */
function playSeeds(rows: readonly Arrival[], mix: Mix): (make: LimiterMaker) => readonly Figures[] {
  const made = Array.from({ length: seeds }, (_, seed): readonly Asked[] => requestsOf(rows, seed, mix));
  return (make) => made.map((requests, seed) => figuresOf(playLimits(requests, make, seed)));
}

/** Of one policy, by seed. */
const playStalls =
  (rows: readonly Arrival[]) =>
  (make: LimiterMaker): readonly AfterStall[] =>
    Array.from({ length: seeds }, (_, seed) =>
      afterStall(playLimits(requestsOf(rows, seed, "equal", [stall]), make, seed, stall)),
    );

/** With the limit that did most at 2 and 3 times the load. */
function withBestFixed(
  play: (make: LimiterMaker) => readonly Figures[],
): Readonly<Record<string, LimiterMaker>> {
  const done = (limit: number): number =>
    mean(play(fixed(limit)).map(({ goodput }) => (goodput[double] ?? 0) + (goodput[triple] ?? 0)));
  const [best] = fixedLimits
    .map((limit) => ({ limit, goodput: done(limit) }))
    .toSorted((one, other) => other.goodput - one.goodput);
  const limit = best?.limit ?? 0;
  return {
    ...others,
    [`best fixed limit (${limit})`]: fixed(limit),
    "entrance, limit by refusals alone": oursBy("adaptive"),
    ours: oursBy("paced"),
  };
}

/** E9: what is served, and to whom, when more comes than can be done. */
export function evalLimits(folder: string): EvalResult {
  const { rows: trace } = arrivalsIn(folder);
  const playEqual = playSeeds(trace, "equal");
  const playGreedy = playSeeds(trace, "greedy");
  const policies = Object.entries(withBestFixed(playEqual));
  const equal: Played = new Map(policies.map(([name, make]) => [name, playEqual(make)]));
  const greedy: Played = new Map(policies.map(([name, make]) => [name, playGreedy(make)]));
  const stalls = new Map(policies.map(([name, make]) => [name, playStalls(trace)(make)]));
  const peaks = peaksOf(equal);
  const goodputAt =
    (step: number) =>
    ({ goodput }: Figures, seed: number): number =>
      (goodput[step] ?? Number.NaN) / (peaks[seed] ?? Number.NaN);
  const p99At =
    (step: number) =>
    ({ p99 }: Figures): number =>
      (p99[step] ?? Number.NaN) / startWithinSeconds;
  const none = "-";
  return {
    name: "limits",
    caveat,
    data: [fileDigest(folder, conversations)],
    rows: [
      rowOf("goodput at 2 × capacity, share of the peak", equal, goodputAt(double), {
        isMoreBetter: true,
        published: none,
        must: 0.95,
        aim: 0.97,
      }),
      rowOf("goodput at 3 × capacity, share of the peak", equal, goodputAt(triple), {
        isMoreBetter: true,
        published: none,
        must: 0.9,
        aim: 0.95,
      }),
      rowOf("p99 of the wait of who was begun at 2 ×, share of the SLO", equal, p99At(double), {
        published: none,
        must: 1,
        aim: 0.5,
      }),
      rowOf("p99 of the wait of who was begun at 3 ×, share of the SLO", equal, p99At(triple), {
        published: none,
        must: 1,
        aim: 0.5,
      }),
      rowOf("seconds until all are served well again after a step", equal, ({ back }) => back, {
        published: none,
        must: 5,
        aim: 2,
      }),
      rowOf(
        "seconds until all are served well again after capacity was gone for 5 s, at .8 of it",
        stalls,
        ({ back }) => back,
        { published: none, must: 5, aim: 2 },
      ),
      rowOf("served well in the two minutes after that", stalls, ({ served }) => served, {
        isMoreBetter: true,
        published: none,
        must: 0.95,
        aim: 0.99,
      }),
      rowOf("Jain index over equal tenants at 2 and 3 ×", equal, ({ jain }) => jain, {
        isMoreBetter: true,
        published: none,
        must: 0.95,
        aim: 0.98,
      }),
      rowOf(
        "interactive requests served well at 2 × (at most .667)",
        equal,
        ({ interactive }) => interactive,
        { isMoreBetter: true, published: none, must: 0.6, aim: 0.65 },
      ),
      rowOf("batches served meanwhile", equal, ({ batch }) => batch, {
        published: none,
        must: 0.1,
        aim: 0.02,
      }),
      rowOf(
        "served well of the others when one tenant sends half of 2 ×",
        greedy,
        ({ othersServed }) => othersServed,
        { isMoreBetter: true, published: none, must: 0.8, aim: 0.9 },
      ),
    ],
  };
}

/** The most that any policy did in any step, by seed. */
function peaksOf(all: Played): readonly number[] {
  return Array.from({ length: seeds }, (_, seed) =>
    Math.max(...[...all.values()].flatMap((figures) => figures[seed]?.goodput ?? [])),
  );
}

function rowOf<Of>(
  name: string,
  all: ReadonlyMap<string, readonly Of[]>,
  figure: (figures: Of, seed: number) => number,
  bounds: Pick<Measured, "isMoreBetter" | "published" | "must" | "aim">,
): Measured {
  const ours = (all.get("ours") ?? []).map(figure);
  const beside = [...all].flatMap(([policy, figures]) =>
    policy === "ours" ? [] : [[policy, mean(figures.map(figure))] as const],
  );
  return { name, ours: mean(ours), range: range(ours), baselines: Object.fromEntries(beside), ...bounds };
}
