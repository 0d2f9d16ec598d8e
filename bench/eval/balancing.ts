import {
  arrivalsIn,
  at,
  conversations,
  type PolicyMaker,
  type PrefixFigures,
  play,
  playPrefixes,
  policies,
  predicted,
  prefixChoices,
  prefixes,
  prefixRequests,
} from "./balancing-models.ts";
import { endpointsBy, endpointsByPrompt } from "./balancing-pool.ts";
import { type EvalResult, fileDigest, type Measured } from "./result.ts";
import { mean, range } from "./rows.ts";

const caveat =
  "Simulated: model A shares a server's speed among its requests (ten servers of three speeds, one at random slowed to .3 half of the time) and plays the first 12,000 rows of Azure's conversation trace (CC-BY 4.0); model B queues at nodes that keep blocks of prompts and plays Mooncake's synthetic trace (Apache-2.0). 'Endpoints of one provider' is all of the product's pool, ejection and exploration included; in model B it has to find out what nodes keep and how fast they are, which the figure of ours is told. Our peak-EWMA does better than the one that was published (51.7 for 58.1 s at load .5), and 'told all speeds', which sees what nobody can see, shows what is left to gain: .80 and .76 of it are below that at loads .5 and .75; the rows in seconds hold ours against the published runs. Published figures are of other hardware.";
const seeds = 10;
/** Shares that are wanted; and seconds of p99 that the specification's own runs came to. */
const loads = [
  { load: 0.5, must: 0.8, aim: 0.74, peakEwma: 58.1, plain: 44.8 },
  { load: 0.75, must: 0.76, aim: 0.65, peakEwma: 130.4, plain: 95.1 },
  { load: 0.9, must: 0.8, aim: 0.72, peakEwma: 207.9, plain: 160.2 },
] as const;

/** E4: where a request is done first. */
export function evalBalancing(folder: string): EvalResult {
  const trace = arrivalsIn(folder);
  const p99 = (load: number, make: PolicyMaker): readonly number[] =>
    Array.from({ length: seeds }, (_, seed) => at(play(trace, { load, seed, make }), 0.99));
  const shares = loads.flatMap(({ load, must, aim, peakEwma, plain }): readonly Measured[] => {
    const others = Object.fromEntries(
      Object.entries(policies).map(([name, make]) => [name, mean(p99(load, make))]),
    );
    const base = others["peak-EWMA P2C"] ?? Number.NaN;
    const baselines = Object.fromEntries(
      Object.entries(others).map(([name, seconds]) => [name, seconds / base]),
    );
    const rowOf = (name: string, make: PolicyMaker): Measured => {
      const ours = p99(load, make);
      return {
        name: `p99 as a share of peak-EWMA's, ${name}load ${load}`,
        ours: mean(ours) / base,
        range: range(ours.map((seconds) => seconds / base)),
        baselines,
        published: "plain learned line .73 to .77",
        must,
        aim,
      };
    };
    const ours = p99(load, predicted);
    return [
      rowOf("", predicted),
      rowOf("endpoints of one provider, ", endpointsBy("predicted")),
      {
        name: `p99 itself, s, load ${load}`,
        ours: mean(ours),
        range: range(ours),
        baselines: others,
        published: `plain learned line ${plain}, peak-EWMA P2C ${peakEwma}`,
        must: must * peakEwma,
        aim: aim * peakEwma,
      },
    ];
  });
  const requests = prefixRequests(folder);
  const ceiling = 0.6396;
  const byPrediction = playPrefixes(requests, prefixChoices.predicted);
  const beside = (of: keyof PrefixFigures): Readonly<Record<string, number>> => ({
    "round-robin": playPrefixes(requests, prefixChoices.inTurn)[of],
    "least backlog": playPrefixes(requests, prefixChoices.backlog)[of],
    "most matching blocks": playPrefixes(requests, prefixChoices.matching)[of],
    "endpoints of one provider": playPrefixes(requests, endpointsByPrompt())[of],
  });
  return {
    name: "balancing",
    caveat,
    data: [fileDigest(folder, conversations), fileDigest(folder, prefixes)],
    rows: [
      ...shares,
      {
        name: "p90 with prefix caches, s",
        ours: byPrediction.p90,
        baselines: beside("p90"),
        published: "plain 7.320",
        must: 7.4,
        aim: 7.32,
      },
      {
        name: "mean with prefix caches, s",
        ours: byPrediction.mean,
        baselines: beside("mean"),
        published: "plain 2.649",
        must: 2.65,
        aim: 2.55,
      },
      {
        name: "hits as a share of the ceiling",
        isMoreBetter: true,
        ours: byPrediction.hits / ceiling,
        baselines: Object.fromEntries(
          Object.entries(beside("hits")).map(([name, hits]) => [name, hits / ceiling]),
        ),
        published: "plain .87",
        must: 0.85,
        aim: 0.93,
      },
      {
        name: "busiest over mean",
        ours: byPrediction.imbalance,
        baselines: beside("imbalance"),
        published: "plain 1.255",
        must: 1.3,
        aim: 1.15,
      },
    ],
  };
}
