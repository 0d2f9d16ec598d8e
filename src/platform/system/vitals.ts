import { monitorEventLoopDelay } from "node:perf_hooks";
import { getHeapStatistics, type HeapInfo } from "node:v8";

/** How the process fares. */
export interface Vitals {
  readonly rssBytes: number;
  readonly heapUsedBytes: number;
  /** Of the last reading interval. */
  readonly eventLoopDelayMsP99: number;
  /** Whether Node's permission model holds it from other files and programs. */
  readonly permissionMode: "on" | "off";
}

/** How near it is to what it can take. */
export interface Pressure {
  /** Of the event loop since the last reading. */
  readonly loopMsMean: number;
  readonly loopMsP99: number;
  readonly heapShare: number;
  /** Of the memory that the system grants it, what is in use; 0: as much as there is. */
  readonly rssShare: number;
}

const vitalsResolutionMs = 20;
const pressureResolutionMs = 10;
const nanosecondsPerMs = 1e6;

/** Watches the process; each reading of the event loop's delay begins a new interval. */
export function watchProcess(): { readonly vitals: () => Vitals; readonly pressure: () => Pressure } {
  return { vitals: watchVitals(), pressure: watchPressure() };
}

function watchVitals(): () => Vitals {
  const delay = watchLoop(vitalsResolutionMs);
  const permissionMode = process.permission === undefined ? "off" : "on";
  return () => {
    const { rss, heapUsed } = process.memoryUsage();
    const p99 = beyond(delay.percentile(99), vitalsResolutionMs);
    delay.reset();
    return {
      rssBytes: rss,
      heapUsedBytes: heapUsed,
      eventLoopDelayMsP99: Math.round(p99 * 100) / 100,
      permissionMode,
    };
  };
}

function watchPressure(): () => Pressure {
  const delay = watchLoop(pressureResolutionMs);
  const granted = process.constrainedMemory();
  // Where nothing is granted in particular some systems tell a number that no machine has.
  const isGranted = granted > 0 && granted < Number.MAX_SAFE_INTEGER;
  let loop = { loopMsMean: 0, loopMsP99: 0 };
  return () => {
    const heap = getHeapStatistics();
    // Two readings may come right after each other, once a long turn is over.
    if (delay.count > 0)
      loop = {
        loopMsMean: beyond(delay.mean, pressureResolutionMs),
        loopMsP99: beyond(delay.percentile(99), pressureResolutionMs),
      };
    delay.reset();
    const rssShare = isGranted ? bytesInUse(process.memoryUsage.rss(), heap) / granted : 0;
    return { ...loop, heapShare: heap.used_heap_size / heap.heap_size_limit, rssShare };
  };
}

/** Of the memory that a process has, what it needs: pages of the heap that are free are kept, and used again first. */
export const bytesInUse = (
  rss: number,
  heap: Pick<HeapInfo, "total_physical_size" | "used_heap_size">,
): number => rss - Math.max(0, heap.total_physical_size - heap.used_heap_size);

function watchLoop(resolution: number): ReturnType<typeof monitorEventLoopDelay> {
  const delay = monitorEventLoopDelay({ resolution });
  delay.enable();
  return delay;
}

/** The histogram counts its own timer's interval too. @returns ms */
const beyond = (nanoseconds: number, resolutionMs: number): number =>
  Math.max(0, nanoseconds / nanosecondsPerMs - resolutionMs);
