/** Notices that outcomes no longer follow what is expected of them. */
export interface ShiftAlarm {
  /**
   * @param outcome How good it was, 0 to 1.
   * @param expected The probability that was expected, before this outcome was learned from.
   * @returns At an alarm, after which it starts anew: over how many outcomes it built up; 0: no alarm.
   */
  readonly observe: (outcome: number, expected: number, weight: number) => number;
}

/** How far the quality may have moved, to either side. */
const shifts = [0.1, 0.2, 0.4, -0.1, -0.2, -0.4] as const;
const threshold = 9;

/**
 * Six cumulative sums of log-likelihood ratios, one for each shift of the expected probability p to
 * p1 = clip(p - d, .02, .98):
 *
 *     C = max(0, C + weight · (y ln(p1/p) + (1 - y) ln((1 - p1)/(1 - p))))
 *
 * An alarm is the first C at 9 or above. Chosen over Page-Hinkley because the rate of false alarms does not hang on p.
 *
 * Source: Page 1954, "Continuous Inspection Schemes"; constants from the routing specification, section 3.3.
 */
export function createShiftAlarm(): ShiftAlarm {
  const sums = new Float64Array(shifts.length);
  const since = new Uint32Array(shifts.length);
  return {
    observe: (outcome, expected, weight) => {
      const p = Math.max(1e-6, Math.min(1 - 1e-6, expected));
      let alarm = 0;
      shifts.forEach((shift, index) => {
        const moved = Math.max(0.02, Math.min(0.98, p - shift));
        const ratio = outcome * Math.log(moved / p) + (1 - outcome) * Math.log((1 - moved) / (1 - p));
        const next = Math.max(0, (sums[index] ?? 0) + weight * ratio);
        sums[index] = next;
        since[index] = next === 0 ? 0 : (since[index] ?? 0) + 1;
        if (next >= threshold) alarm = Math.max(alarm, since[index] ?? 0);
      });
      if (alarm > 0) {
        sums.fill(0);
        since.fill(0);
      }
      return alarm;
    },
  };
}
