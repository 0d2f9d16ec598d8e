import { expect, it } from "vitest";
import type { AddressState, PoolState } from "../capabilities/load-balancing/index.ts";
import { createMeter } from "../platform/prometheus/index.ts";
import { measureEndpoints } from "./endpoint-metrics.ts";

const address = (name: string, state: AddressState["state"], inFlight: number): AddressState => ({
  ...{ name, origin: `http://${name}`, region: null, weight: 1, state, inFlight, errors: 0 },
  ...{ ejectedUntil: null, ejectedFor: null, ejections: 0, slowStart: null, lines: [] },
});
const pool = (...endpoints: readonly AddressState[]): PoolState => ({
  provider: "local",
  balance: "predicted",
  isPanicking: false,
  isChecked: false,
  imbalance: 1.5,
  prefixHitRatio: null,
  endpoints,
});

const poolReadings = (text: string): readonly string[] =>
  text.split("\n").filter((line) => /^sallyport_(balancer|prefix)/.test(line));

const readings = (text: string): readonly string[] =>
  text.split("\n").filter((line) => line.startsWith("sallyport_endpoint"));

it("measures each endpoint at a reading, and sets to 0 who is no longer there", () => {
  const meter = createMeter();
  let pools = [pool(address("a", "in", 3), address("b", "ejected", 1), address("c", "sick", 0))];
  measureEndpoints(meter, () => pools);
  expect(readings(meter.text())).toEqual([
    'sallyport_endpoint_inflight{provider="local",endpoint="a"} 3',
    'sallyport_endpoint_inflight{provider="local",endpoint="b"} 1',
    'sallyport_endpoint_inflight{provider="local",endpoint="c"} 0',
    'sallyport_endpoint_ejected{provider="local",endpoint="a"} 0',
    'sallyport_endpoint_ejected{provider="local",endpoint="b"} 1',
    'sallyport_endpoint_ejected{provider="local",endpoint="c"} 0',
    'sallyport_endpoint_healthy{provider="local",endpoint="a"} 1',
    'sallyport_endpoint_healthy{provider="local",endpoint="b"} 0',
    'sallyport_endpoint_healthy{provider="local",endpoint="c"} 0',
  ]);
  pools = [pool(address("b", "starting", 2))];
  const later = readings(meter.text());
  expect(later).toContain('sallyport_endpoint_healthy{provider="local",endpoint="a"} 0');
  expect(later).toContain('sallyport_endpoint_inflight{provider="local",endpoint="a"} 0');
  expect(later).toContain('sallyport_endpoint_healthy{provider="local",endpoint="b"} 1');
});

it("shows at most 200 of them", () => {
  const meter = createMeter();
  const many = Array.from({ length: 250 }, (_, index) => address(`e${index}`, "in", 1));
  measureEndpoints(meter, () => [pool(...many)]);
  const counted = readings(meter.text()).filter((line) => line.startsWith("sallyport_endpoint_inflight"));
  expect(counted.length).toBeLessThanOrEqual(201);
});

it("measures how a pool shares its calls, and what its prompts find there once somebody tells", () => {
  const meter = createMeter();
  let pools = [pool(address("a", "in", 3))];
  measureEndpoints(meter, () => pools);
  expect(poolReadings(meter.text())).toEqual(['sallyport_balancer_imbalance{pool="local"} 1.5']);
  pools = [{ ...pool(address("a", "in", 3)), imbalance: 2, prefixHitRatio: 0.25 }];
  expect(poolReadings(meter.text())).toEqual([
    'sallyport_balancer_imbalance{pool="local"} 2',
    'sallyport_prefix_hit_ratio{pool="local"} 0.25',
  ]);
  pools = [];
  expect(poolReadings(meter.text())).toEqual([
    'sallyport_balancer_imbalance{pool="local"} 0',
    'sallyport_prefix_hit_ratio{pool="local"} 0',
  ]);
  pools = Array.from({ length: 250 }, (_, index) => ({ ...pool(), provider: `p${index}` }));
  const shown = poolReadings(meter.text()).filter((line) => line.startsWith("sallyport_balancer"));
  expect(shown.length).toBeLessThanOrEqual(201);
});
