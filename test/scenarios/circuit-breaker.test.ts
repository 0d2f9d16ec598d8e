import { Agent, request } from "node:http";
import { setTimeout as pause } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type BootedGateway, bootGateway, providerAt } from "../support/booted-gateway.ts";
import { type RawCall, type RawUpstream, rawUpstream, wholeAnswer } from "../support/raw-upstream.ts";
import { chatAnswer } from "../support/stream-frames.ts";

const well = (name: string) => (call: RawCall) => void call.socket.write(wholeAnswer(200, chatAnswer(name)));
const dead = ({ socket }: RawCall): void => void socket.resetAndDestroy();
const hanging = (): void => undefined;

/** What the first of three equal targets does. */
let act: (call: RawCall) => void = dead;
let firstCalls = 0;
let upstreams: readonly RawUpstream[] = [];
let gateway: BootedGateway;
const agent = new Agent({ keepAlive: true, maxSockets: 200 });

beforeAll(async () => {
  upstreams = await Promise.all([
    rawUpstream((call) => {
      firstCalls += 1;
      act(call);
    }),
    rawUpstream(well("second")),
    rawUpstream(well("third")),
  ]);
  const [first, second, third] = upstreams.map(({ url }) => url);
  gateway = await bootGateway(`
providers:
${providerAt("first", first ?? "")}
${providerAt("second", second ?? "")}
${providerAt("third", third ?? "")}
models:
  trio: [first/m, second/m, third/m]
  lone: [first/lone]
resilience: { timeouts: { wholeMs: 1000 } }
`);
});
afterAll(async () => {
  agent.destroy();
  await gateway[Symbol.asyncDispose]();
  for (const upstream of upstreams) await upstream[Symbol.asyncDispose]();
});

interface Seen {
  /** ms since the load began. */
  readonly atMs: number;
  readonly tookMs: number;
  readonly status: number;
  readonly by: string;
}

function ask(model: string, startedAt: number): Promise<Seen> {
  const body = JSON.stringify({ model, messages: [{ role: "user", content: "hi" }] });
  const from = performance.now();
  return new Promise((resolve, reject) => {
    const sent = request(
      {
        agent,
        port: gateway.port,
        path: "/v1/chat/completions",
        method: "POST",
        headers: {
          authorization: `Bearer ${gateway.key}`,
          "content-type": "application/json",
          "content-length": Buffer.byteLength(body),
        },
      },
      (response) => {
        response.resume();
        response.once("end", () =>
          resolve({
            atMs: from - startedAt,
            tookMs: performance.now() - from,
            status: response.statusCode ?? 0,
            by: String(response.headers["x-sallyport-deployment"] ?? ""),
          }),
        );
      },
    );
    sent.once("error", reject);
    sent.end(body);
  });
}

/** `rate` requests a second, whether or not those before are answered, while `goesOn` says so. */
async function load(model: string, rate: number, goesOn: (seen: readonly Seen[], ms: number) => boolean) {
  const startedAt = performance.now();
  const seen: Seen[] = [];
  const open: Promise<unknown>[] = [];
  for (let sent = 0; goesOn(seen, performance.now() - startedAt); ) {
    const due = Math.floor(((performance.now() - startedAt) * rate) / 1000);
    for (; sent < due; sent += 1) open.push(ask(model, startedAt).then((one) => seen.push(one)));
    await pause(5);
  }
  await Promise.all(open);
  return seen;
}

const stateOf = (provider: string) =>
  gateway.booted.control.breakers.list().find((breaker) => breaker.provider === provider);

describe("one of three targets dead", () => {
  it("at 500 requests a second at most one in a thousand clients sees an error, and none after a second", async () => {
    act = dead;
    const seen = await load("trio", 500, (_, ms) => ms < 4000);
    const errors = seen.filter(({ status }) => status !== 200);
    expect(seen.length).toBeGreaterThan(1500);
    expect(errors.length).toBeLessThanOrEqual(seen.length / 1000);
    expect(errors.filter(({ atMs }) => atMs > 1000)).toEqual([]);
    // It was found out quickly, and then left alone.
    expect(stateOf("first")?.state).toBe("open");
    expect(firstCalls).toBeLessThan(seen.length / 4);
  });

  it("E3: while it hangs, nobody waits but those who look whether it has healed", async () => {
    act = hanging;
    const before = firstCalls;
    const seen = await load("trio", 100, (_, ms) => ms < 8000 && firstCalls - before < 3);
    expect(firstCalls).toBeGreaterThan(before);
    expect(seen.filter(({ tookMs }) => tookMs > 900).length).toBeLessThanOrEqual(firstCalls - before);
    expect(seen.every(({ status }) => status === 200)).toBe(true);
  });

  it("is back at full traffic within half a minute after it has healed, with few failures on the way", async () => {
    act = well("first");
    const isBack = (seen: readonly Seen[]): boolean =>
      seen.length > 100 && seen.slice(-100).every(({ by }) => by === "first");
    const seen = await load("trio", 100, (so, ms) => ms < 40_000 && !isBack(so));
    expect(isBack(seen)).toBe(true);
    expect(["ramp", "closed"]).toContain(stateOf("first")?.phase);
    expect(Math.max(...seen.map(({ atMs }) => atMs))).toBeLessThan(30_000);
    expect(seen.every(({ status }) => status === 200)).toBe(true);
  });
});

it("E6: a dead target that is alone is asked at most 1.2 times per request, the fixed few aside", async () => {
  act = dead;
  const before = firstCalls;
  const seen = await load("lone", 200, (_, ms) => ms < 3000);
  expect(firstCalls - before).toBeLessThanOrEqual(seen.length * 1.2 + 20);
  expect(seen.every(({ status }) => status >= 500)).toBe(true);
});
