import uPlot from "uplot";
import { minute } from "../../format/time.ts";

/** One line or row of bars of a chart. */
export interface ChartSeries {
  readonly label: string;
  readonly values: readonly (number | null)[];
  /** The name of a colour in `tokens.css`. */
  readonly color: `--${string}`;
  readonly shape: "bars" | "steps" | "dots";
}

/** What a chart looks like, apart from its numbers. */
export interface ChartLook {
  readonly series: readonly Omit<ChartSeries, "values">[];
  /** The least height of the scale, so that a quiet minute does not look like a storm. */
  readonly top: number;
  readonly print: (value: number) => string;
}

/** Marks of the time axis stand on whole minutes: its labels say no more. */
const timeSteps = [60, 120, 300, 600, 900];
/** Length of a bucket; its moment is its end, so the first one begins before the first moment. */
const bucketSeconds = 5;

/** In pixels; the style sheet keeps the place. */
export const chartHeight = 132;

/** The settings of uPlot for `look`, in the colours the page wears now. */
export function chartOptions(
  look: ChartLook,
  box: {
    readonly width: number;
    readonly colorOf: (name: string) => string;
    readonly onHover: (index: number | null) => void;
  },
): uPlot.Options {
  const grid = { stroke: box.colorOf("--grid"), width: 1 };
  const axis = { stroke: box.colorOf("--muted"), font: "11px system-ui, sans-serif", ticks: { show: false } };
  return {
    width: box.width,
    height: chartHeight,
    padding: [10, 16, 0, 0],
    legend: { show: false },
    cursor: {
      sync: { key: "overview" },
      drag: { x: false, y: false },
      y: false,
      points: { show: false },
    },
    scales: {
      x: { time: true, range: (_plot, first, last) => [first - bucketSeconds, last] },
      y: { range: (_plot, _low, high) => [0, Math.max(look.top, (high ?? 0) * 1.1)] },
    },
    axes: [
      {
        ...axis,
        size: 26,
        gap: 8,
        space: 64,
        incrs: timeSteps,
        grid: { show: false },
        values: (_plot, splits) => splits.map((at) => minute(at * 1000)),
      },
      { ...axis, size: 66, space: 34, grid, values: (_plot, splits) => splits.map(look.print) },
    ],
    series: [{}, ...look.series.map((series) => drawn(series, box.colorOf(series.color)))],
    hooks: { setCursor: [(plot) => box.onHover(plot.cursor.idx ?? null)] },
  };
}

function drawn({ label, shape }: Omit<ChartSeries, "values">, color: string): uPlot.Series {
  const base = { label, stroke: color, points: { show: false } } satisfies uPlot.Series;
  switch (shape) {
    case "bars":
      return {
        ...base,
        width: 0,
        fill: color,
        paths: uPlot.paths.bars?.({ size: [0.8, 8, 1], align: -1, radius: 0.2 }) ?? (() => null),
      };
    case "steps":
      return {
        ...base,
        width: 1.5,
        fill: `color-mix(in srgb, ${color} 14%, transparent)`,
        paths: uPlot.paths.stepped?.({ align: -1 }) ?? (() => null),
      };
    case "dots":
      return { ...base, width: 1.5, points: { show: true, size: 3.5, width: 0, fill: color } };
  }
}
