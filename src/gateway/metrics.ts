import type { StateSource } from "../capabilities/continuity/index.ts";
import { isError, isUnpriced } from "../capabilities/telemetry/index.ts";
import { knownNanoUsd, type RequestRecord } from "../exchange/settlement.ts";
import type { Usage } from "../exchange/usage.ts";
import type { Warning } from "../exchange/warning.ts";
import { exponentialBuckets, type Meter } from "../ports/meter.ts";
import { createWayMetrics, type RoutingMetrics, routingMetrics } from "./routing-metrics.ts";
import { createHttpMetrics, routeLabel, statusClass } from "./service-metrics.ts";

/** What the gateway measures of requests; names and buckets of the operations specification, part 9. */
export interface RequestMetrics extends RoutingMetrics {
  readonly measure: (record: RequestRecord) => void;
  /** A head that the parser refused: it never became a request. */
  readonly refusedHead: (code: string) => void;
  readonly streamViolation: (dialect: string) => void;
  readonly priceAlert: (kind: "unpriced_model" | "price_drift") => void;
  /** How the state of one part of a translated call came back. */
  readonly restored: (source: StateSource) => void;
  /** 0 closed, 1 half open, 2 open. */
  readonly circuitState: (provider: string, model: string, state: 0 | 1 | 2) => void;
  /** A scope cools down. */
  readonly cooledDown: (reason: string) => void;
  /** One more try of a request, or one that the budget did not have. */
  readonly triedAgain: (kind: "again" | "over" | "further" | "refused") => void;
  /** A try was given up since its first word was later than is usual. */
  readonly firstMissed: (provider: string) => void;
  /** A broken stream was taken up, or could not be. */
  readonly recovered: (mode: string, result: string) => void;
  /** How far an estimate of a prompt's tokens was off, as a share of the provider's count. */
  readonly estimated: (provider: string, model: string, error: number) => void;
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
  const priceAlerts = meter.counter({
    name: "sallyport_price_alerts_total",
    help: "Models whose price nobody knows, and providers that charge otherwise than the price book says.",
    labels: ["kind"],
  });
  const warnings = meter.counter({
    name: "sallyport_llm_warnings_total",
    help: "What was declared of calls: dropped, clamped, changed, emulated or lost on the way.",
    labels: ["kind"],
  });
  const healed = meter.counter({
    name: "sallyport_llm_healed_total",
    help: "Parameters that were left out or renamed because the provider refuses them.",
    labels: ["parameter"],
  });
  const aborted = meter.counter({
    name: "sallyport_llm_aborted_total",
    help: "AI calls whose client went before the end, by where their usage is from.",
    labels: ["basis"],
  });
  const continuity = meter.counter({
    name: "sallyport_llm_continuity_total",
    help: "Parts of translated calls that need reasoning state, by where it came back from.",
    labels: ["source"],
  });
  const estimateError = meter.histogram({
    name: "sallyport_llm_token_estimate_error_ratio",
    help: "How far estimates of prompts were off, as a share of the provider's count.",
    labels: ["provider", "model"],
    buckets: [0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1],
  });
  const violations = meter.counter({
    name: "sallyport_llm_stream_violations_total",
    help: "Streams that broke the grammar of their client's dialect, where streams are verified.",
    labels: ["dialect"],
  });
  const inconsistent = meter.counter({
    name: "sallyport_llm_usage_inconsistent_total",
    help: "Calls whose provider told parts of its usage that do not add up to its total.",
    labels: ["provider"],
  });
  const circuits = meter.gauge({
    name: "sallyport_circuit_state",
    help: "Circuit breakers by target: 0 closed, 1 half open, 2 open.",
    labels: ["provider", "model"],
  });
  const http = createHttpMetrics(meter);
  const measureWarning = ({ kind, subject }: Warning): void => {
    warnings.series({ kind }).add(1);
    if (kind === "healed") healed.series({ parameter: subject }).add(1);
  };
  const unpricedSeries = unpriced.series({});
  const labelOf = (provider: string, model: string): string =>
    isKnownModel(provider, model) ? model : "other";
  const measureConsumed = ({ usage, cost }: RequestRecord, provider: string, model: string): void => {
    tokens.series({ provider, model, token_type: "input" }).add(usage?.input.total ?? 0);
    tokens.series({ provider, model, token_type: "output" }).add(usage?.output.total ?? 0);
    spend.series({ provider, model }).add(knownNanoUsd(cost));
  };
  const measureCall = (record: RequestRecord, provider: string, client: string): void => {
    const result = isError(record) ? (record.code ?? "failed") : record.outcome;
    calls.series({ client, provider, lane: record.lane ?? "none", result }).add(1);
    if (record.outcome === "aborted") aborted.series({ basis: record.usage?.basis ?? "none" }).add(1);
    for (const warning of record.warnings) measureWarning(warning);
    if (record.usage !== null && !isConsistent(record.usage)) inconsistent.series({ provider }).add(1);
    measureConsumed(record, provider, labelOf(provider, record.upstreamModel ?? ""));
  };
  const measureWay = createWayMetrics(meter);
  return {
    measure: (record) => {
      if (record.aside !== undefined) {
        // What it costs is spent; it is no client's request.
        if (record.provider !== null)
          measureConsumed(record, record.provider, labelOf(record.provider, record.upstreamModel ?? ""));
        return;
      }
      http.measure(record);
      const isService = record.route !== undefined;
      const client = record.dialect ?? "none";
      duration
        .series({
          route: routeLabel(record),
          protocol: isService ? client : "rest",
          status_class: statusClass(record.status),
        })
        .observe(record.durationMs / millisecondsPerSecond);
      measureWay(record);
      for (const attempt of record.attempts)
        attempts.series({ upstream: attempt.provider, result: attempt.code ?? "ok" }).add(1);
      if (record.provider !== null && !isService) measureCall(record, record.provider, client);
      if (isUnpriced(record)) unpricedSeries.add(1);
    },
    priceAlert: (kind) => priceAlerts.series({ kind }).add(1),
    streamViolation: (dialect) => violations.series({ dialect }).add(1),
    circuitState: (provider, model, state) =>
      circuits.series({ provider, model: labelOf(provider, model) }).set(state),
    ...resilienceMetrics(meter),
    ...routingMetrics(meter),
    restored: (source) => continuity.series({ source }).add(1),
    estimated: (provider, model, error) =>
      estimateError.series({ provider, model: labelOf(provider, model) }).observe(error),
    refusedHead: http.refusedHead,
  };
}

/** What is done when a target throttles, stalls or dies. */
function resilienceMetrics(
  meter: Meter,
): Pick<RequestMetrics, "cooledDown" | "triedAgain" | "firstMissed" | "recovered"> {
  const cooldowns = meter.counter({
    name: "sallyport_cooldowns_total",
    help: "Targets and credentials that were left alone for a time, by why.",
    labels: ["reason"],
  });
  const retries = meter.counter({
    name: "sallyport_retries_total",
    help: "Tries after the first: again at one target, over to another, further ones; refused: no budget was left.",
    labels: ["kind"],
  });
  const late = meter.counter({
    name: "sallyport_late_first_words_total",
    help: "Tries that were given up for another target, since their first word was far later than is usual.",
    labels: ["provider"],
  });
  const recoveries = meter.counter({
    name: "sallyport_stream_recoveries_total",
    help: "Streams that broke after their client had read of them, by how they were taken up.",
    labels: ["mode", "result"],
  });
  return {
    cooledDown: (reason) => cooldowns.series({ reason }).add(1),
    triedAgain: (kind) => retries.series({ kind }).add(1),
    firstMissed: (provider) => late.series({ provider }).add(1),
    recovered: (mode, result) => recoveries.series({ mode, result }).add(1),
  };
}

/** Whether the parts of the input that were told are its total. */
function isConsistent({ input }: Usage): boolean {
  const { total, uncached, cacheRead = 0, cacheWrite5m = 0, cacheWrite1h = 0, cacheWriteOther = 0 } = input;
  if (total === undefined || uncached === undefined) return true;
  return uncached + cacheRead + cacheWrite5m + cacheWrite1h + cacheWriteOther === total;
}
