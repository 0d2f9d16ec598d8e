/**
 * Counts and measures. All of it is memory: nothing waits, nothing throws on the request path. Names, help and labels are
 * declared once, at start; a request only touches series. Implementation: `platform/prometheus`.
 */
export interface Meter {
  /** @throws GatewayError `internal` for a bad or doubled name; so do `gauge` and `histogram`. Names end in `_total`. */
  readonly counter: <Label extends string = never>(metric: Metric<Label>) => Family<Counter, Label>;
  readonly gauge: <Label extends string = never>(metric: Metric<Label>) => Family<Gauge, Label>;
  readonly histogram: <Label extends string = never>(
    metric: HistogramMetric<Label>,
  ) => Family<Histogram, Label>;
  /** Runs `measure` before each reading, for gauges whose value is looked up rather than kept. */
  readonly onRead: (measure: () => void) => void;
}

export interface Metric<Label extends string> {
  /** `sallyport_upstream_attempts_total`: lower case, base unit last (seconds, bytes), then `_total` for counters. */
  readonly name: string;
  /** One sentence for whoever reads the metric. */
  readonly help: string;
  /** Values come from closed lists; never a key, a user, a URL or free text. */
  readonly labels?: readonly Label[];
  /**
   * Most combinations of label values; further ones are counted under `other`. As many as fit 5,000 exposed lines when
   * absent, which is also the most that may be declared.
   */
  readonly seriesMax?: number;
}

export interface HistogramMetric<Label extends string> extends Metric<Label> {
  /** Upper bounds, rising, without infinity. */
  readonly buckets: readonly number[];
}

/** One metric. Keep what `series` gives wherever the labels are known beforehand: the look-up is then gone too. */
export interface Family<Series, Label extends string> {
  readonly series: (labels: Readonly<Record<Label, string>>) => Series;
}

/** Only grows. */
export interface Counter {
  /** Adds `amount`; anything that is not a finite number above 0 is ignored. */
  readonly add: (amount: number) => void;
}

/** Goes up and down. */
export interface Gauge {
  readonly set: (value: number) => void;
  readonly add: (difference: number) => void;
}

/** Counts observations by size. */
export interface Histogram {
  /** Allocates nothing. An observation that is not a finite number is ignored: it would spoil the sum for ever. */
  readonly observe: (value: number) => void;
}

/** Bucket bounds `start`, `start · factor`, `start · factor²` … (`count` of them). */
export function exponentialBuckets(spread: {
  readonly start: number;
  readonly factor: number;
  readonly count: number;
}): readonly number[] {
  const bounds: number[] = [];
  for (let bound = spread.start; bounds.length < spread.count; bound *= spread.factor) bounds.push(bound);
  return bounds;
}
