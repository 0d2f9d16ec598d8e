export { countSpan, createLatencyHistogram, quantileMs } from "./latency-histogram.ts";
export { recordOf } from "./logged.ts";
export { createSeries, isError, isUnpriced, type Series, type SeriesPoint } from "./series.ts";
export { type TelemetrySettings, telemetrySettings } from "./settings.ts";
export { type Keepers, keepRecord } from "./stage.ts";
export { noTotals, type Totals } from "./totals.ts";
