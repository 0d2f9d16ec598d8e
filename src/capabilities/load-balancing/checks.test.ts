import { describe, expect, it } from "vitest";
import type { Endpoint, HealthChecks } from "../../exchange/target.ts";
import { upstreamCodecOf } from "../../gateway/codecs.ts";
import { milliseconds } from "../../kernel/units.ts";
import { createSeededRandom, createVirtualTime } from "../../platform/memory/index.ts";
import type { PlainTransport, UpstreamListener, UpstreamRequest } from "../../ports/transport.ts";
import { type CheckState, checked, nextCheck } from "./checks.ts";
import { createLoadBalancing } from "./stage.ts";

const rules = { healthy: 2, unhealthy: 3 } as const;
const every = milliseconds(10_000);

describe("checked", () => {
  it("turns after so many in a row, and no sooner", () => {
    let state: CheckState = { isWell: true, against: 0, since: 0 };
    const seen = [false, false, true, false, false, false, true, false, true, true].map((hasPassed, at) => {
      state = checked(state, hasPassed, rules, at);
      return state.isWell;
    });
    expect(seen).toEqual([true, true, true, true, true, false, false, false, false, true]);
    expect(state.since).toBe(9);
  });
});

describe("nextCheck", () => {
  it("comes after its span, give or take a tenth", () => {
    const well: CheckState = { isWell: true, against: 0, since: 0 };
    expect([0, 0.5, 1].map((random) => nextCheck(well, every, 1000, random))).toEqual([9000, 10_000, 11_000]);
  });

  it("comes each second in the first minute of a sickness", () => {
    const sick: CheckState = { isWell: false, against: 0, since: 5000 };
    expect([5000, 64_999, 65_000].map((now) => nextCheck(sick, every, now, 0.5))).toEqual([
      1000, 1000, 10_000,
    ]);
    expect(nextCheck(sick, milliseconds(500), 6000, 0.5)).toBe(500);
  });
});

const endpointAt = (origin: string): Endpoint => ({
  codec: upstreamCodecOf("openai-chat"),
  origin,
  basePath: "/v1",
  pathOf: () => "/v1/chat/completions",
  headers: ["authorization", "Bearer k"],
  credential: "k",
});

interface Asked {
  readonly request: Omit<UpstreamRequest, "permit">;
  readonly listener: UpstreamListener;
  isAborted: boolean;
}

/** A gateway's balancing with two addresses that are looked after, over virtual time and a transport of the test's. */
function looked(checks: Partial<HealthChecks> = {}) {
  const time = createVirtualTime();
  const asked: Asked[] = [];
  const changes: string[] = [];
  let act: (one: Asked) => void = ({ listener }) => listener.head({ status: 200, headers: new Map() });
  const transport: PlainTransport = {
    send: (request, listener) => {
      const one: Asked = { request, listener, isAborted: false };
      asked.push(one);
      act(one);
      return {
        pause: () => undefined,
        resume: () => undefined,
        abort: () => {
          one.isAborted = true;
        },
      };
    },
  };
  const balancing = createLoadBalancing({
    clock: time.clock,
    timer: time.timer,
    random: createSeededRandom(3),
    transport,
    onChange: (provider, { endpoint, to }) => changes.push(`${provider} ${endpoint ?? "-"} ${to}`),
  });
  const settings = {
    provider: "local",
    balance: "round-robin",
    hashOn: "key",
    addresses: ["one", "two"].map((name) => ({
      name,
      weight: 1,
      region: undefined,
      endpoints: [endpointAt(`http://${name}`)],
      check: { path: "/health", headers: endpointAt(`http://${name}`).headers },
    })),
    checks: {
      every,
      timeout: milliseconds(2000),
      ...rules,
      expect: { from: 200, to: 299 },
      ...checks,
    },
  } as const;
  return {
    time,
    asked,
    changes,
    balancing,
    settings,
    make: (next: (one: Asked) => void) => {
      act = next;
    },
    statesOf: () => balancing.states().flatMap(({ endpoints }) => endpoints.map(({ state }) => state)),
  };
}

describe("the checks of a provider", () => {
  it("ask each address within a second, then every ten, on a connection of their own with the credential", () => {
    const { time, asked, balancing, settings, statesOf } = looked();
    balancing.configure([settings]);
    time.advance(1000);
    expect(
      asked.map(({ request }) => `${request.method} ${request.origin}${request.path}`).toSorted(),
    ).toEqual(["GET http://one/health", "GET http://two/health"]);
    expect(
      asked.every(({ request }) => request.isApart === true && request.headers.includes("Bearer k")),
    ).toBe(true);
    time.advance(60_000);
    expect(asked.length).toBeGreaterThanOrEqual(10);
    expect(asked.length).toBeLessThanOrEqual(16);
    expect(statesOf()).toEqual(["in", "in"]);
  });

  it("turn away who answers badly or not in time, three times, and take back who is well twice", () => {
    const { time, asked, changes, balancing, settings, make, statesOf } = looked();
    balancing.configure([settings]);
    make(({ request, listener }) => {
      // One is silent, and the other well.
      if (request.origin === "http://two") listener.head({ status: 204, headers: new Map() });
    });
    time.advance(20_000);
    expect(changes).toEqual([]);
    time.advance(20_000);
    expect(changes).toEqual(["local one sick"]);
    expect(
      asked.filter(({ request }) => request.origin === "http://one").every(({ isAborted }) => isAborted),
    ).toBe(true);
    expect(statesOf()).toEqual(["sick", "in"]);
    const call = { model: "m", work: 1, hash: () => 0, avoid: [] };
    expect(balancing.place(settings, call).address.name).toBe("two");
    make(({ listener }) => listener.head({ status: 200, headers: new Map() }));
    time.advance(4000);
    expect(changes).toEqual(["local one sick", "local one well"]);
    expect(statesOf()).toEqual(["starting", "in"]);
  });

  it("count a refused connection and a status outside the span as failed", () => {
    for (const act of [
      ({ listener }: Asked) =>
        listener.failed({ code: "upstream_unreachable", detail: "ECONNREFUSED", wasSent: false }),
      ({ listener }: Asked) => listener.head({ status: 503, headers: new Map() }),
      ({ listener }: Asked) => listener.head({ status: 302, headers: new Map() }),
    ]) {
      const { time, balancing, settings, make, statesOf } = looked();
      make(act);
      balancing.configure([settings]);
      time.advance(25_000);
      expect(statesOf()).toEqual(["sick", "sick"]);
    }
  });

  it("end at a close, and go on from what they knew at a new configuration", () => {
    const { time, asked, balancing, settings, make, statesOf } = looked();
    make(({ listener }) => listener.head({ status: 500, headers: new Map() }));
    balancing.configure([settings]);
    time.advance(25_000);
    expect(statesOf()).toEqual(["sick", "sick"]);
    const before = asked.length;
    make(() => undefined);
    balancing.configure([{ ...settings, addresses: settings.addresses.slice(0, 1) }]);
    time.advance(1500);
    expect(asked.slice(before).map(({ request }) => request.origin)).toEqual(["http://one"]);
    expect(statesOf()).toEqual(["sick"]);
    balancing.close();
    expect(time.pending()).toBe(0);
    expect(asked.at(-1)?.isAborted).toBe(true);
    asked.at(-1)?.listener.head({ status: 200, headers: new Map() });
    expect(time.pending()).toBe(0);
    // Who is looked after no more counts as well.
    const { checks: _, ...unlooked } = settings;
    balancing.configure([unlooked]);
    expect(statesOf()).toEqual(["in", "starting"]);
  });
});

describe("an operator", () => {
  it("ejects, drains and restores one address, but never the last that takes calls", () => {
    const { time, balancing, settings, statesOf } = looked();
    balancing.configure([settings]);
    expect(balancing.steer("local", "one", "eject").kind).toBe("done");
    expect(statesOf()).toEqual(["ejected", "in"]);
    expect(balancing.steer("local", "two", "drain")).toEqual({ kind: "last" });
    expect(balancing.steer("local", "two", "eject")).toEqual({ kind: "last" });
    expect(balancing.steer("local", "three", "drain")).toEqual({ kind: "unknown" });
    expect(balancing.steer("nobody", "one", "drain")).toEqual({ kind: "unknown" });
    balancing.steer("local", "one", "restore");
    expect(statesOf()).toEqual(["starting", "in"]);
    balancing.steer("local", "one", "drain");
    time.advance(3_600_000);
    expect(statesOf()).toEqual(["drained", "in"]);
    expect(balancing.steer("local", "one", "restore").kind).toBe("done");
    expect(statesOf()).toEqual(["starting", "in"]);
  });
});

describe("a new configuration", () => {
  it("keeps what is known of who stays, weighs it anew, and lets who is new start slowly", () => {
    const { balancing, settings, statesOf } = looked();
    balancing.configure([settings]);
    const call = { model: "m", work: 1, hash: () => 0, avoid: ["two"] };
    const open = balancing.place(settings, call);
    const [one, two] = settings.addresses;
    if (one === undefined || two === undefined) throw new Error("two addresses");
    const next = { ...settings, addresses: [{ ...one, weight: 0 }, two, { ...two, name: "three" }] };
    balancing.configure([next]);
    expect(statesOf()).toEqual(["drained", "in", "starting"]);
    expect(balancing.states()[0]?.endpoints[0]?.inFlight).toBe(1);
    open.left();
    expect(balancing.states()[0]?.endpoints[0]?.inFlight).toBe(0);
    // A name that leads elsewhere is another address.
    balancing.configure([
      { ...settings, addresses: [{ ...one, endpoints: [endpointAt("http://new")] }, two] },
    ]);
    expect(statesOf()).toEqual(["starting", "in"]);
  });
});
