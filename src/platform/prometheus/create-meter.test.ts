import { spawnSync } from "node:child_process";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { exponentialBuckets } from "../../ports/meter.ts";
import { createMeter } from "./create-meter.ts";

const requests = { name: "app_requests_total", help: "Requests." };

describe("createMeter", () => {
  it("prints each metric with help and type, in the order of declaration", () => {
    const meter = createMeter();
    const counter = meter.counter({ ...requests, labels: ["route", "code"] });
    const gauge = meter.gauge({ name: "app_inflight", help: "Requests in flight." });
    const histogram = meter.histogram({
      name: "app_seconds",
      help: "Duration.",
      labels: ["route"],
      buckets: [0.5, 1],
    });
    counter.series({ route: "chat", code: "2xx" }).add(2);
    counter.series({ code: "5xx", route: "chat" }).add(1);
    gauge.series({}).set(7);
    gauge.series({}).add(-9);
    for (const value of [0.5, 0.75, 3]) histogram.series({ route: "chat" }).observe(value);
    expect(meter.text()).toBe(
      `# HELP app_requests_total Requests.
# TYPE app_requests_total counter
app_requests_total{route="chat",code="2xx"} 2
app_requests_total{route="chat",code="5xx"} 1
# HELP app_inflight Requests in flight.
# TYPE app_inflight gauge
app_inflight -2
# HELP app_seconds Duration.
# TYPE app_seconds histogram
app_seconds_bucket{route="chat",le="0.5"} 1
app_seconds_bucket{route="chat",le="1"} 2
app_seconds_bucket{route="chat",le="+Inf"} 3
app_seconds_sum{route="chat"} 4.25
app_seconds_count{route="chat"} 3
`,
    );
  });

  it("shows a metric without labels as 0 before anything has happened", () => {
    const meter = createMeter();
    meter.counter(requests);
    expect(meter.text()).toContain("\napp_requests_total 0\n");
  });

  it("gives the same series for the same labels, whatever their order", () => {
    const family = createMeter().counter({ ...requests, labels: ["a", "b"] });
    expect(family.series({ a: "1", b: "2" })).toBe(family.series({ b: "2", a: "1" }));
    expect(family.series({ a: "1", b: "2" })).not.toBe(family.series({ a: "2", b: "1" }));
    expect(family.series({ a: "1", b: "23" })).not.toBe(family.series({ a: "12", b: "3" }));
  });

  it("counts combinations above the maximum under `other` and loses none", () => {
    const meter = createMeter();
    const family = meter.counter({ ...requests, labels: ["model"], seriesMax: 3 });
    for (const model of ["other", "a", "b", "c", "d", "a"]) family.series({ model }).add(1);
    expect(meter.text().split("\n").slice(2, -1)).toEqual([
      'app_requests_total{model="other"} 3',
      'app_requests_total{model="a"} 2',
      'app_requests_total{model="b"} 1',
    ]);
  });

  it("never exposes more than 50,000 lines besides titles and `other`", () => {
    const meter = createMeter();
    for (let metric = 0; metric < 12; metric += 1) {
      const family = meter.counter({ name: `app_${metric}_total`, help: "Many.", labels: ["label"] });
      for (let value = 0; value < 6000; value += 1) family.series({ label: String(value) }).add(1);
    }
    const lines = meter.text().split("\n").slice(0, -1);
    const values = lines.filter((line) => !line.startsWith("#"));
    expect(values.filter((line) => !line.includes('"other"')).length).toBe(50_000);
    expect(values.reduce((sum, line) => sum + Number(line.split(" ")[1]), 0)).toBe(12 * 6000);
  });

  it("escapes what would break a line", () => {
    const meter = createMeter();
    meter
      .gauge({ name: "app_info", help: "Back\\slash\nand line.", labels: ["text"] })
      .series({ text: 'a"b\\c\nd' })
      .set(1);
    expect(meter.text()).toBe(
      '# HELP app_info Back\\\\slash\\nand line.\n# TYPE app_info gauge\napp_info{text="a\\"b\\\\c\\nd"} 1\n',
    );
  });

  it("ignores what would spoil a counter or a sum", () => {
    const meter = createMeter();
    const counter = meter.counter(requests).series({});
    const histogram = meter.histogram({ name: "app_seconds", help: "Duration.", buckets: [1] }).series({});
    for (const amount of [Number.NaN, -1, Number.POSITIVE_INFINITY]) counter.add(amount);
    for (const value of [Number.NaN, Number.POSITIVE_INFINITY]) histogram.observe(value);
    expect(meter.text()).toContain("\napp_requests_total 0\n");
    expect(meter.text()).toContain("\napp_seconds_sum 0\napp_seconds_count 0\n");
  });

  it("measures before each reading", () => {
    const meter = createMeter();
    const gauge = meter.gauge({ name: "app_rss_bytes", help: "Memory." }).series({});
    let rss = 1;
    meter.onRead(() => gauge.set(rss));
    expect(meter.text()).toContain("\napp_rss_bytes 1\n");
    rss = 2;
    expect(meter.text()).toContain("\napp_rss_bytes 2\n");
  });

  it.for([
    {
      name: "a counter without _total",
      declare: () => createMeter().counter({ name: "app_requests", help: "x" }),
    },
    { name: "a gauge with _total", declare: () => createMeter().gauge({ name: "app_total", help: "x" }) },
    { name: "a name in capitals", declare: () => createMeter().gauge({ name: "appInflight", help: "x" }) },
    { name: "a missing help", declare: () => createMeter().gauge({ name: "app_inflight", help: "" }) },
    {
      name: "the label le",
      declare: () => createMeter().gauge({ name: "app_inflight", help: "x", labels: ["le"] }),
    },
    {
      name: "a doubled label",
      declare: () => createMeter().gauge({ name: "app_x", help: "x", labels: ["a", "a"] }),
    },
    {
      name: "more series than fit",
      declare: () => createMeter().gauge({ name: "app_x", help: "x", seriesMax: 5001 }),
    },
    {
      name: "falling buckets",
      declare: () => createMeter().histogram({ name: "app_x", help: "x", buckets: [2, 1] }),
    },
    { name: "no buckets", declare: () => createMeter().histogram({ name: "app_x", help: "x", buckets: [] }) },
  ])("refuses $name", ({ declare }) => {
    expect(declare).toThrow(/broken invariant/);
  });

  it("refuses a second metric of the same name", () => {
    const meter = createMeter();
    meter.counter(requests);
    expect(() => meter.counter(requests)).toThrow(/declared twice/);
  });
});

describe("a histogram", () => {
  it("counts in each bucket exactly the observations up to its bound", () => {
    const value = fc.double({ min: -10, max: 200, noNaN: true });
    const bounds = exponentialBuckets({ start: 1, factor: 2, count: 6 });
    expect(bounds).toEqual([1, 2, 4, 8, 16, 32]);
    fc.assert(
      fc.property(fc.array(fc.oneof(value, fc.constantFrom(...bounds))), (values) => {
        const meter = createMeter();
        const series = meter
          .histogram({ name: "app_seconds", help: "Duration.", buckets: bounds })
          .series({});
        for (const observed of values) series.observe(observed);
        const text = meter.text();
        for (const bound of [...bounds, Number.POSITIVE_INFINITY]) {
          const shown = bound === Number.POSITIVE_INFINITY ? "+Inf" : String(bound);
          const expected = values.filter((observed) => observed <= bound).length;
          expect(text).toContain(`\napp_seconds_bucket{le="${shown}"} ${expected}\n`);
        }
      }),
    );
  });
});

describe("promtool check metrics", () => {
  const isInstalled = spawnSync("promtool", ["--version"]).error === undefined;
  if (!isInstalled) {
    const missing = "promtool is not installed (package `prometheus`): the exposition was not checked by it";
    if (process.env["CI"] === "true") throw new Error(missing);
    console.warn(missing);
  }
  const check = (text: string) =>
    spawnSync("promtool", ["check", "metrics"], { input: text, encoding: "utf8" });

  it.skipIf(!isInstalled)("finds nothing to say about a page with every kind of metric", () => {
    const meter = createMeter();
    meter
      .counter({ name: "sallyport_spend_nano_usd_total", help: "Spent.", labels: ["model"] })
      .series({ model: 'a"\\\n' })
      .add(3);
    meter.gauge({ name: "sallyport_rss_bytes", help: "Memory." }).series({}).set(1.5e21);
    const seconds = meter.histogram({
      name: "gen_ai_client_operation_duration_seconds",
      help: "Duration.",
      labels: ["provider", "model"],
      buckets: exponentialBuckets({ start: 0.01, factor: 2, count: 14 }),
    });
    seconds.series({ provider: "a", model: "b" }).observe(0.07);
    seconds.series({ provider: "a", model: "c" }).observe(1e9);
    const { status, stdout, stderr } = check(meter.text());
    expect({ status, stdout, stderr }).toEqual({ status: 0, stdout: "", stderr: "" });
  });

  it.skipIf(!isInstalled)("is really asked: it refuses a broken page", () => {
    expect(check("# TYPE x counter\nx{ 1\n").status).not.toBe(0);
  });
});
