const week = 7;
/** The last eight weeks. */
const daysMax = 8 * week;
/** A week of which fewer days are known says nothing of one of them. */
const knownMin = 5;
/** So many weeks of a factor of 1 are added at most. */
const pseudoWeeksMax = 4;
/** A weekday of which nothing is known in so many weeks never has anything. */
const weeksOff = 2;

/** The ratios of one weekday to the weeks around them. */
interface Ratios {
  count: number;
  sum: number;
  squares: number;
  known: number;
  passed: number;
}

/**
 * How much of a usual day each weekday has; 1 is a usual one. Day `i` is of weekday `i % 7`; `undefined`: not known.
 *
 * The mean ratio of a day to the seven days around it, over eight weeks, shrunk to 1 as if up to four weeks more had been
 * usual: fewer, the less the days of one weekday differ among themselves beside how weekdays differ (empirical Bayes).
 * A fixed four would leave a third of a usual day's amount to weekends that have none.
 *
 * Source: intelligence specification, section 6; Efron and Morris 1975, "Data analysis using Stein's estimator".
 */
export function weekdayFactors(days: readonly (number | undefined)[]): Float64Array {
  const ratios = ratiosOf(days);
  const pseudo = pseudoWeeksOf(ratios);
  const factors = Float64Array.from(ratios, ({ count, sum, known, passed }) =>
    known === 0 && passed >= weeksOff ? 0 : count + pseudo === 0 ? 1 : (sum + pseudo) / (count + pseudo),
  );
  const mean = factors.reduce((total, factor) => total + factor, 0) / week;
  return mean > 0 ? factors.map((factor) => factor / mean) : factors.fill(1);
}

function ratiosOf(days: readonly (number | undefined)[]): readonly Ratios[] {
  const ratios = Array.from({ length: week }, () => ({ count: 0, sum: 0, squares: 0, known: 0, passed: 0 }));
  for (let index = Math.max(0, days.length - daysMax); index < days.length; index += 1) {
    const own = ratios[index % week];
    const day = days[index];
    if (own === undefined) continue;
    own.passed += 1;
    if (day === undefined) continue;
    own.known += 1;
    const usual = meanAround(days, index);
    if (usual === undefined || usual <= 0) continue;
    own.count += 1;
    own.sum += day / usual;
    own.squares += (day / usual) ** 2;
  }
  return ratios;
}

/** Of the seven days around one, as far as they are known; at the ends those that are nearest. */
function meanAround(days: readonly (number | undefined)[], index: number): number | undefined {
  const from = Math.max(0, Math.min(index - 3, days.length - week));
  const known = days.slice(from, from + week).filter((day) => day !== undefined);
  return known.length < knownMin ? undefined : known.reduce((total, day) => total + day, 0) / known.length;
}

/** Variance within a weekday over the variance between weekdays. */
function pseudoWeeksOf(ratios: readonly Ratios[]): number {
  const seen = ratios.filter(({ count }) => count > 0);
  const freedom = seen.reduce((total, { count }) => total + count - 1, 0);
  if (freedom < week) return pseudoWeeksMax;
  const within =
    seen.reduce((total, { count, sum, squares }) => total + Math.max(0, squares - sum ** 2 / count), 0) /
    freedom;
  const means = seen.map(({ count, sum }) => sum / count);
  const mean = means.reduce((total, one) => total + one, 0) / means.length;
  const spread = means.reduce((total, one) => total + (one - mean) ** 2, 0) / Math.max(1, means.length - 1);
  const weeks = seen.reduce((total, { count }) => total + count, 0) / seen.length;
  const between = spread - within / weeks;
  return between > 0 ? Math.min(pseudoWeeksMax, within / between) : pseudoWeeksMax;
}
