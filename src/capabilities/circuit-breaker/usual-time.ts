/**
 * How long calls of a target usually take: counts by size in two generations of five minutes. What is slow is settled when
 * a generation ends, so a slow quarter of an hour does not become usual while it goes on.
 */
export interface UsualTime {
  /** Half powers of two from 1 ms on; the older generation in the second half. */
  readonly counts: Uint16Array;
  generation: number;
  /** 95th percentile at the end of the last generation, ms; `undefined`: too few calls are known. */
  p95Ms: number | undefined;
}

const generationMs = 300_000;
const buckets = 44;
const callsMin = 100;

export const createUsualTime = (): UsualTime => ({
  counts: new Uint16Array(2 * buckets),
  generation: -1,
  p95Ms: undefined,
});

/** Adds a call that took `ms` and ended at `now` (ms, monotonic). */
export function addTime(usual: UsualTime, now: number, ms: number): void {
  turn(usual, Math.floor(now / generationMs));
  const at = Math.min(buckets - 1, Math.max(0, Math.floor(2 * Math.log2(Math.max(1, ms)))));
  const { counts } = usual;
  // A full count says enough of its share.
  counts[at] = Math.min(65_535, (counts[at] ?? 0) + 1);
}

function turn(usual: UsualTime, generation: number): void {
  const passed = generation - usual.generation;
  if (passed === 0) return;
  const { counts } = usual;
  if (usual.generation >= 0) usual.p95Ms = percentile95(counts) ?? usual.p95Ms;
  if (passed === 1) counts.copyWithin(buckets, 0, buckets);
  else counts.fill(0, buckets);
  counts.fill(0, 0, buckets);
  usual.generation = generation;
}

function percentile95(counts: Uint16Array): number | undefined {
  const both = (at: number): number => (counts[at] ?? 0) + (counts[at + buckets] ?? 0);
  let calls = 0;
  for (let at = 0; at < buckets; at += 1) calls += both(at);
  if (calls < callsMin) return undefined;
  let above = calls * 0.05;
  for (let at = buckets - 1; at >= 0; at -= 1) {
    above -= both(at);
    // The middle of the bucket, by ratio.
    if (above < 0) return 2 ** ((at + 0.5) / 2);
  }
  return undefined;
}
