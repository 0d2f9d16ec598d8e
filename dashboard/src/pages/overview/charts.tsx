import { useCallback, useMemo, useState } from "preact/hooks";
import { roughMoney } from "../../format/money.ts";
import { percent, rate, share, unknown } from "../../format/numbers.ts";
import { ago, span } from "../../format/time.ts";
import { ChartCard } from "./chart-card.tsx";
import type { ChartLook } from "./chart-options.ts";
import { endedBuckets, lastMinute } from "./figures.ts";
import type { Overview } from "./read-overview.ts";

const requestsLook: ChartLook = {
  series: [{ label: "requests per second", color: "--accent", shape: "steps" }],
  top: 1,
  print: (value) => `${rate(value)}/s`,
};
const errorsLook: ChartLook = {
  series: [{ label: "share of errors", color: "--bad", shape: "bars" }],
  top: 0.05,
  print: percent,
};
const latencyLook: ChartLook = {
  series: [
    { label: "p50", color: "--accent", shape: "dots" },
    { label: "p99", color: "--warn", shape: "dots" },
  ],
  top: 10,
  print: span,
};
const costLook: ChartLook = {
  series: [{ label: "cost in five seconds", color: "--money", shape: "bars" }],
  top: 100_000,
  print: roughMoney,
};

/** A young gateway's charts begin at its start, but do not stretch seconds over the whole width. */
const spanMinMs = 3 * 60_000;

/** The four curves of the last fifteen minutes, with one pointer for all. */
export function Charts({ overview }: { readonly overview: Overview }) {
  const { series, now } = overview;
  const [hovered, setHovered] = useState<number | null>(null);
  const onHover = useCallback((index: number | null) => setHovered(index), []);
  const columns = useMemo(() => columnsOf(overview), [overview]);
  const minute = lastMinute(series.points, { now, bucketMs: series.bucketMs });
  const shared = { at: columns.at, hovered, onHover };
  return (
    <div class="charts">
      <ChartCard
        {...shared}
        title="Requests"
        figure={`${rate(minute.requestsPerSecond)}/s`}
        note={`${minute.requests} in the last minute`}
        look={requestsLook}
        values={columns.requests}
      />
      <ChartCard
        {...shared}
        title="Errors"
        figure={share(minute.errors, minute.requests)}
        note={minute.requests === 0 ? "no request in the last minute" : `${minute.errors} in the last minute`}
        look={errorsLook}
        values={columns.errors}
      />
      <ChartCard
        {...shared}
        title="Latency"
        figure={
          minute.latency === undefined ? (
            unknown
          ) : (
            <>
              {span(minute.latency.latencyMsP50)} <small class="key-p50">p50</small>
            </>
          )
        }
        note={
          minute.latency === undefined ? (
            "no request in the last minute"
          ) : (
            <>
              <span class="key-p99">p99</span> {span(minute.latency.latencyMsP99)} ·{" "}
              {ago(minute.latency.at + series.bucketMs, now)}
            </>
          )
        }
        look={latencyLook}
        values={columns.latency}
      />
      <ChartCard
        {...shared}
        title="Cost"
        figure={roughMoney(minute.costNanoUsd)}
        note={
          minute.unpriced === 0 ? "in the last minute" : `in the last minute, ${minute.unpriced} unpriced`
        }
        look={costLook}
        values={columns.cost}
      />
    </div>
  );
}

/** The series as columns; a share of nothing and a latency of nothing are gaps, not zeros. */
function columnsOf({ series, now, gateway }: Overview) {
  const points = endedBuckets(series.points, {
    now,
    bucketMs: series.bucketMs,
    since: Math.min(gateway.startedAt, now - spanMinMs),
  });
  const seconds = series.bucketMs / 1000;
  return {
    at: points.map(({ at }) => at + series.bucketMs),
    requests: [points.map(({ requests }) => requests / seconds)],
    errors: [points.map(({ errors, requests }) => (requests === 0 ? null : errors / requests))],
    latency: [points.map(({ latencyMsP50 }) => latencyMsP50), points.map(({ latencyMsP99 }) => latencyMsP99)],
    cost: [points.map(({ costNanoUsd }) => costNanoUsd)],
  };
}
