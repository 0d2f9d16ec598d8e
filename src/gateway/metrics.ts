import { isError, isUnpriced } from "../capabilities/telemetry/index.ts";
import type { RequestRecord } from "../exchange/settlement.ts";
import { exponentialBuckets, type Meter } from "../ports/meter.ts";

/** What the gateway measures of requests; names and buckets of the operations specification, part 9. */
export interface RequestMetrics {
  readonly measure: (record: RequestRecord) => void;
  /** Heads that the parser refused: they never became requests. */
  readonly refusedHead: (code: string) => void;
}

const millisecondsPerSecond = 1000;

/** Declares the metrics; models that the configuration does not name are counted as `other`, since clients choose names. */
export function createRequestMetrics(
  meter: Meter,
  isKnownModel: (provider: string, model: string) => boolean,
): RequestMetrics {
  const duration = meter.histogram({
    name: "sallyport_http_request_duration_seconds",
    help: "Time from the first byte of a request to the last byte of its answer.",
    labels: ["route", "protocol", "status_class"],
    buckets: exponentialBuckets({ start: 0.001, factor: 2, count: 18 }),
  });
  const calls = meter.counter({
    name: "sallyport_llm_calls_total",
    help: "AI calls by how they ended.",
    labels: ["client", "provider", "lane", "result"],
  });
  const attempts = meter.counter({
    name: "sallyport_upstream_attempts_total",
    help: "Tries at upstreams by result.",
    labels: ["upstream", "result"],
  });
  const tokens = meter.counter({
    name: "sallyport_tokens_total",
    help: "Tokens by the providers' own count, or estimated for calls that were cut.",
    labels: ["provider", "model", "token_type"],
  });
  const spend = meter.counter({
    name: "sallyport_spend_nano_usd_total",
    help: "Cost of calls whose price is known, in 10^-9 US dollars.",
    labels: ["provider", "model"],
  });
  const unpriced = meter.counter({
    name: "sallyport_llm_unpriced_calls_total",
    help: "Calls that used tokens at a price nobody knows.",
  });
  const refusedHeads = meter.counter({
    name: "sallyport_http_rejected_total",
    help: "Request heads that were refused before they became requests.",
    labels: ["reason"],
  });
  const unpricedSeries = unpriced.series({});
  const measureCall = (record: RequestRecord, provider: string, client: string): void => {
    const result = isError(record) ? (record.code ?? "failed") : record.outcome;
    calls.series({ client, provider, lane: record.lane ?? "none", result }).add(1);
    const name = record.upstreamModel ?? "";
    const model = isKnownModel(provider, name) ? name : "other";
    tokens.series({ provider, model, token_type: "input" }).add(record.usage?.input.total ?? 0);
    tokens.series({ provider, model, token_type: "output" }).add(record.usage?.output.total ?? 0);
    spend.series({ provider, model }).add(record.cost?.nanoUsd ?? 0);
  };
  return {
    measure: (record) => {
      const route = record.dialect ?? "none";
      duration
        .series({ route, protocol: "rest", status_class: `${Math.floor(record.status / 100)}xx` })
        .observe(record.durationMs / millisecondsPerSecond);
      for (const attempt of record.attempts)
        attempts.series({ upstream: attempt.provider, result: attempt.code ?? "ok" }).add(1);
      if (record.provider !== null) measureCall(record, record.provider, route);
      if (isUnpriced(record)) unpricedSeries.add(1);
    },
    refusedHead: (code) => refusedHeads.series({ reason: code }).add(1),
  };
}
