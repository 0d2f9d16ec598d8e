import type { Counter, Gauge, Histogram } from "../../ports/meter.ts";

/** A series that can print its lines. `name` is the metric's, `labels` the printed pairs, `route="a",code="b"`. */
export interface Printing {
  readonly print: (name: string, labels: string) => string;
}

export function createCounter(): Counter & Printing {
  let value = 0;
  return {
    add: (amount) => {
      if (amount > 0 && amount < Number.POSITIVE_INFINITY) value += amount;
    },
    print: (name, labels) => line(name, labels, value),
  };
}

export function createGauge(): Gauge & Printing {
  let value = 0;
  return {
    set: (next) => {
      value = next;
    },
    add: (difference) => {
      value += difference;
    },
    print: (name, labels) => line(name, labels, value),
  };
}

/** @param bounds Upper bounds, rising; the bucket for all above is added here. */
export function createHistogram(bounds: readonly number[]): Histogram & Printing {
  const upper = Float64Array.from(bounds);
  const counts = new Float64Array(bounds.length + 1);
  let sum = 0;
  return {
    observe: (value) => {
      if (!Number.isFinite(value)) return;
      let bucket = 0;
      while (bucket < upper.length && value > (upper[bucket] ?? 0)) bucket += 1;
      counts[bucket] = (counts[bucket] ?? 0) + 1;
      sum += value;
    },
    print: (name, labels) => {
      const comma = labels === "" ? "" : `${labels},`;
      let total = 0;
      let text = "";
      for (const [index, count] of counts.entries()) {
        total += count;
        text += line(`${name}_bucket`, `${comma}le="${printNumber(bounds[index] ?? Infinity)}"`, total);
      }
      return text + line(`${name}_sum`, labels, sum) + line(`${name}_count`, labels, total);
    },
  };
}

function line(name: string, labels: string, value: number): string {
  return labels === "" ? `${name} ${printNumber(value)}\n` : `${name}{${labels}} ${printNumber(value)}\n`;
}

/** A number as Go reads it. */
function printNumber(value: number): string {
  if (value === Number.POSITIVE_INFINITY) return "+Inf";
  if (value === Number.NEGATIVE_INFINITY) return "-Inf";
  return String(value);
}
