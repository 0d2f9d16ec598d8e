import type { PoolState } from "../capabilities/load-balancing/index.ts";
import type { Meter } from "../ports/meter.ts";

const seriesMax = 200;

/** What endpoints are at work on and how they are, looked up at each reading. Who is no longer configured reads 0. */
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
