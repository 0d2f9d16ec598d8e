import { monitorEventLoopDelay } from "node:perf_hooks";

/** How the process fares. */
export interface Vitals {
  readonly rssBytes: number;
  readonly heapUsedBytes: number;
  /** Of the last reading interval. */
  readonly eventLoopDelayMsP99: number;
}

const resolutionMs = 20;
const nanosecondsPerMs = 1e6;

/** Watches the process; each reading of the event loop's delay begins a new interval. */
export function watchVitals(): () => Vitals {
  const delay = monitorEventLoopDelay({ resolution: resolutionMs });
  delay.enable();
  return () => {
    const { rss, heapUsed } = process.memoryUsage();
    // The histogram counts its own timer's interval too.
    const p99 = Math.max(0, delay.percentile(99) / nanosecondsPerMs - resolutionMs);
    delay.reset();
    return { rssBytes: rss, heapUsedBytes: heapUsed, eventLoopDelayMsP99: Math.round(p99 * 100) / 100 };
  };
}
