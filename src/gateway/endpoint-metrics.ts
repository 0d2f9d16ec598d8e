import type { PoolState } from "../capabilities/load-balancing/index.ts";
import type { Meter } from "../ports/meter.ts";

const seriesMax = 200;

/** What endpoints and their pools are at work on and how they are, looked up at each reading. Who is no longer configured reads 0. */
export function measureEndpoints(meter: Meter, list: () => readonly PoolState[]): void {
  const labels = ["provider", "endpoint"] as const;
  const inFlight = meter.gauge({
    name: "sallyport_endpoint_inflight",
    help: "Calls in flight at each endpoint of the providers that have several.",
    labels,
    seriesMax,
  });
  const ejected = meter.gauge({
    name: "sallyport_endpoint_ejected",
    help: "Endpoints that are out for a while, since their calls went badly: 1, else 0.",
    labels,
    seriesMax,
  });
  const healthy = meter.gauge({
    name: "sallyport_endpoint_healthy",
    help: "Endpoints that take calls, as far as calls and checks have shown: 1, else 0.",
    labels,
    seriesMax,
  });
  measurePools(meter, list);
  let shown = new Map<string, { readonly provider: string; readonly endpoint: string }>();
  meter.onRead(() => {
    const gone = shown;
    shown = new Map();
    for (const { provider, endpoints } of list()) {
      for (const { name, state, inFlight: count } of endpoints) {
        const of = { provider, endpoint: name };
        inFlight.series(of).set(count);
        ejected.series(of).set(state === "ejected" ? 1 : 0);
        healthy.series(of).set(state === "in" || state === "starting" ? 1 : 0);
        gone.delete(`${provider}/${name}`);
        shown.set(`${provider}/${name}`, of);
      }
    }
    for (const of of gone.values()) for (const gauge of [inFlight, ejected, healthy]) gauge.series(of).set(0);
  });
}

/** How calls are shared in each pool, a provider with several endpoints. */
function measurePools(meter: Meter, list: () => readonly PoolState[]): void {
  const labels = ["pool"] as const;
  const imbalance = meter.gauge({
    name: "sallyport_balancer_imbalance",
    help: "Times its fair share that the busiest endpoint of a provider has in flight, over the last minute; 1: all alike.",
    labels,
    seriesMax,
  });
  const hits = meter.gauge({
    name: "sallyport_prefix_hit_ratio",
    help: "Tokens of prompts that the endpoints of a provider had kept from earlier ones, of all, as they tell it.",
    labels,
    seriesMax,
  });
  let shown = new Set<string>();
  meter.onRead(() => {
    const gone = shown;
    shown = new Set();
    for (const { provider: pool, imbalance: times, prefixHitRatio } of list()) {
      imbalance.series({ pool }).set(times);
      // Who does not tell has no ratio, rather than a bad one.
      if (prefixHitRatio !== null) hits.series({ pool }).set(prefixHitRatio);
      gone.delete(pool);
      shown.add(pool);
    }
    for (const pool of gone) for (const gauge of [imbalance, hits]) gauge.series({ pool }).set(0);
  });
}
