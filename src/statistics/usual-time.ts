/** What counts as usual. */
export interface UsualRules {
  /** The share of calls that take longer. */
  readonly above: number;
  /** Times are kept for one to two generations, ms. */
  readonly generationMs: number;
  /** From how many calls on it is known. */
  readonly callsMin: number;
  /** After how many calls it is settled anew; absent: only when a generation ends. */
  readonly settledAfter?: number;
  /** What too few of the kept calls show is not known; absent: what was known last is held to until there is better. */
  readonly isForgotten?: boolean;
}

/** How long calls usually take: counts by size, in two generations. About 300 bytes. */
export interface UsualTime {
  /** Half powers of two from 1 ms on; the older generation in the second half. */
  readonly counts: Uint16Array;
  generation: number;
  /** Calls since it was settled. */
  unsettled: number;
  /** What but the share `above` of calls stay below, as it was last settled, ms; `undefined`: too few are known. */
  lateMs: number | undefined;
}

const buckets = 44;
const countMax = 65_535;

export const createUsualTime = (): UsualTime => ({
  counts: new Uint16Array(2 * buckets),
  generation: -1,
  unsettled: 0,
  lateMs: undefined,
});

/** Times to be stored: the counts that are not 0, by their places. */
export interface KeptTimes {
  readonly generation: number;
  readonly counts: readonly (readonly [place: number, count: number])[];
}

/** Whoever stores them counts time by a clock that goes on while nobody runs. */
export const keptTimes = ({ generation, counts }: UsualTime): KeptTimes => ({
  generation,
  counts: [...counts.entries()].filter(([, count]) => count > 0),
});

export function restoredTimes({ generation, counts }: KeptTimes, rules: UsualRules): UsualTime {
  const usual = createUsualTime();
  usual.generation = generation;
  for (const [place, count] of counts) if (place < usual.counts.length) usual.counts[place] = count;
  settle(usual, rules);
  return usual;
}

/** Adds a call that took `ms` and ended at `now` (ms, monotonic). */
export function addTime(usual: UsualTime, rules: UsualRules, now: number, ms: number): void {
  turn(usual, rules, Math.floor(now / rules.generationMs));
  const at = Math.min(buckets - 1, Math.max(0, Math.floor(2 * Math.log2(Math.max(1, ms)))));
  const { counts } = usual;
  if (counts[at] === countMax) halve(counts);
  counts[at] = (counts[at] ?? 0) + 1;
  usual.unsettled += 1;
  if (rules.settledAfter !== undefined && usual.unsettled >= rules.settledAfter) settle(usual, rules);
}

/** What is known at `now` (ms, monotonic), by the calls that are kept then; `undefined`: they are too few. */
export function lateAfter(usual: UsualTime, rules: UsualRules, now: number): number | undefined {
  turn(usual, rules, Math.floor(now / rules.generationMs));
  return usual.lateMs;
}

function turn(usual: UsualTime, rules: UsualRules, generation: number): void {
  const passed = generation - usual.generation;
  if (passed === 0) return;
  const { counts } = usual;
  const { isForgotten = false } = rules;
  if (usual.generation >= 0 && !isForgotten) settle(usual, rules);
  if (passed === 1) counts.copyWithin(buckets, 0, buckets);
  else counts.fill(0, buckets);
  counts.fill(0, 0, buckets);
  usual.generation = generation;
  // Of what is left.
  if (isForgotten) settle(usual, rules);
}

/** The shares within a generation stay. */
function halve(counts: Uint16Array): void {
  for (let at = 0; at < buckets; at += 1) counts[at] = (counts[at] ?? 0) >>> 1;
}

function settle(usual: UsualTime, { above, callsMin, isForgotten = false }: UsualRules): void {
  usual.unsettled = 0;
  usual.lateMs = percentile(usual.counts, above, callsMin) ?? (isForgotten ? undefined : usual.lateMs);
}

function percentile(counts: Uint16Array, share: number, callsMin: number): number | undefined {
  const both = (at: number): number => (counts[at] ?? 0) + (counts[at + buckets] ?? 0);
  let calls = 0;
  for (let at = 0; at < buckets; at += 1) calls += both(at);
  if (calls < callsMin) return undefined;
  let above = calls * share;
  for (let at = buckets - 1; at >= 0; at -= 1) {
    above -= both(at);
    // The middle of the bucket, by ratio.
    if (above < 0) return 2 ** ((at + 0.5) / 2);
  }
  return undefined;
}
