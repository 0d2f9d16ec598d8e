import { invariant } from "../../kernel/invariant.ts";
import type { Family, Meter, Metric } from "../../ports/meter.ts";
import { createCounter, createGauge, createHistogram, type Printing } from "./series.ts";

/** A meter whose figures can be read as Prometheus text. */
export interface PrometheusMeter extends Meter {
  /**
   * The text exposition format, version 0.0.4: every metric with HELP and TYPE in the order of declaration.
   * Source: prometheus.io/docs/instrumenting/exposition_formats.
   */
  readonly text: () => string;
}

/** Lines one metric may fill, and all together. Source: operations specification, section 9. */
const metricLinesMax = 5_000;
const allLinesMax = 50_000;
const overflow = "other";

const metricName = /^[a-z][a-z0-9_]*$/;
const labelName = /^[a-z][a-z0-9_]*$/;

/** Creates an empty registry; it lives as long as the gateway does. */
export function createMeter(): PrometheusMeter {
  const printers = new Map<string, () => string>();
  const measures: (() => void)[] = [];
  const room = { lines: allLinesMax };

  function declare<Series extends Printing, Label extends string>(
    metric: Metric<Label>,
    kind: MetricKind<Series>,
  ): Family<Series, Label> {
    check(metric, kind.type);
    invariant(!printers.has(metric.name), `metric ${metric.name} is declared twice`);
    const { family, print } = createFamily(metric, kind, room);
    const help = metric.help.replaceAll("\\", "\\\\").replaceAll("\n", "\\n");
    const title = `# HELP ${metric.name} ${help}\n# TYPE ${metric.name} ${kind.type}\n`;
    printers.set(metric.name, () => title + print());
    return family;
  }

  return {
    counter: (metric) => declare(metric, { type: "counter", linesEach: 1, create: createCounter }),
    gauge: (metric) => declare(metric, { type: "gauge", linesEach: 1, create: createGauge }),
    histogram: (metric) => {
      const bounds = metric.buckets;
      const isRising = bounds.every(
        (bound, index) => Number.isFinite(bound) && bound > (bounds[index - 1] ?? -Infinity),
      );
      invariant(isRising && bounds.length > 0, `the buckets of ${metric.name} do not rise`);
      return declare(metric, {
        type: "histogram",
        linesEach: bounds.length + 3,
        create: () => createHistogram(bounds),
      });
    },
    onRead: (measure) => measures.push(measure),
    text: () => {
      for (const measure of measures) measure();
      let text = "";
      for (const print of printers.values()) text += print();
      return text;
    },
  };
}

interface MetricKind<Series> {
  readonly type: "counter" | "gauge" | "histogram";
  /** Lines of one series. */
  readonly linesEach: number;
  readonly create: () => Series;
}

function createFamily<Series extends Printing, Label extends string>(
  metric: Metric<Label>,
  kind: MetricKind<Series>,
  room: { lines: number },
): { readonly family: Family<Series, Label>; readonly print: () => string } {
  const labels = metric.labels ?? [];
  const affordable = Math.floor(metricLinesMax / kind.linesEach);
  const seriesMax = metric.seriesMax ?? affordable;
  invariant(
    seriesMax >= 1 && seriesMax <= affordable,
    `metric ${metric.name} declares ${seriesMax} series, 1 to ${affordable} fit`,
  );
  const known = new Map<string, Series>();
  const printed: { readonly labels: string; readonly series: Series }[] = [];
  let other: Series | undefined;

  function open(valueOf: (label: Label) => string): Series {
    const series = kind.create();
    printed.push({
      labels: labels.map((label) => `${label}="${escapeValue(valueOf(label))}"`).join(","),
      series,
    });
    return series;
  }

  function overflowing(): Series {
    other ??= open(() => overflow);
    return other;
  }

  function openKnown(key: string, given: Readonly<Record<Label, string>>): Series {
    const isOther = labels.every((label) => given[label] === overflow);
    if (isOther || known.size >= seriesMax - 1 || room.lines < kind.linesEach) return overflowing();
    room.lines -= kind.linesEach;
    const series = open((label) => given[label]);
    known.set(key, series);
    return series;
  }

  // Without labels there is one series, and it is 0 before anything has happened.
  if (labels.length === 0)
    known.set(
      "",
      open(() => ""),
    );
  const [first, ...others] = labels;
  const keyOf = (given: Readonly<Record<Label, string>>): string => {
    if (first === undefined) return "";
    let key = given[first];
    for (const label of others) key += `\u0000${given[label]}`;
    return key;
  };
  return {
    family: {
      series: (given) => {
        const key = keyOf(given);
        return known.get(key) ?? openKnown(key, given);
      },
    },
    print: () => {
      let text = "";
      for (const { series, labels: pairs } of printed) text += series.print(metric.name, pairs);
      return text;
    },
  };
}

function check(metric: Metric<string>, type: MetricKind<unknown>["type"]): void {
  const { name, help, labels = [] } = metric;
  invariant(metricName.test(name), `${name} is no metric name`);
  invariant((type === "counter") === name.endsWith("_total"), `${name}: exactly counters end in _total`);
  invariant(help !== "", `metric ${name} has no help`);
  invariant(new Set(labels).size === labels.length, `metric ${name} has a label twice`);
  for (const label of labels) invariant(labelName.test(label) && label !== "le", `${label} is no label name`);
}

function escapeValue(value: string): string {
  return value.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\n");
}
