/** What an end of a call says of its service: its breaker, and when it is asked again. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type BootedGateway, bootGateway } from "../support/booted-gateway.ts";
import {
  answerWith,
  fieldIn,
  framed,
  grpcHead,
  type RawArrival,
  type RawAsk,
  type RawGrpcServer,
  rawAsk,
  rawGrpcServer,
} from "../support/grpc/raw-grpc.ts";

interface Case {
  readonly name: string;
  readonly answer: (arrival: RawArrival) => unknown;
  readonly ask?: RawAsk;
  readonly opens: boolean;
}

const trailersOnly = (...fields: readonly string[]) => ({
  answer: ({ stream }: RawArrival) => stream.respond([...grpcHead, ...fields], { endStream: true }),
});
const httpStatus = (status: number, type = "text/html") => ({
  answer: ({ stream }: RawArrival) => {
    stream.respond({ ":status": status, "content-type": type });
    stream.end("<html>");
  },
});
const reset = (code: number) => ({ answer: ({ stream }: RawArrival) => stream.close(code) });
/** Which of the statuses speak against a service. */
const against: ReadonlySet<number> = new Set([13, 14, 15]);

const cases: readonly Case[] = [
  ...Array.from({ length: 17 }, (_, code) => ({
    name: `status ${code}`,
    ...trailersOnly("grpc-status", String(code)),
    opens: against.has(code),
  })),
  {
    name: "status 14 behind messages",
    answer: ({ stream }) => answerWith(stream, [framed("a")], ["grpc-status", "14"]),
    opens: true,
  },
  { name: "a page", ...httpStatus(200), opens: true },
  { name: "HTTP 500", ...httpStatus(500), opens: true },
  { name: "HTTP 502", ...httpStatus(502), opens: true },
  { name: "HTTP 503", ...httpStatus(503), opens: true },
  { name: "HTTP 501", ...httpStatus(501), opens: false },
  { name: "HTTP 400", ...httpStatus(400), opens: false },
  { name: "HTTP 429", ...httpStatus(429), opens: false },
  { name: "HTTP 404", ...httpStatus(404), opens: false },
  { name: "RST_STREAM 2", ...reset(2), opens: true },
  { name: "RST_STREAM 7", ...reset(7), opens: true },
  { name: "RST_STREAM 8", ...reset(8), opens: false },
  { name: "RST_STREAM 11", ...reset(11), opens: false },
  { name: "a connection that dies", answer: ({ session }) => session.socket.destroy(), opens: true },
  {
    name: "an answer that breaks off",
    answer: ({ stream, session }) => {
      stream.respond(grpcHead);
      stream.write(framed("a"));
      session.ping(() => stream.close(2));
    },
    opens: true,
  },
  {
    name: "no trailers",
    answer: ({ stream }) => {
      stream.respond(grpcHead);
      stream.end(framed("a"));
    },
    opens: true,
  },
  {
    name: "an answer too large for its route",
    answer: ({ stream }) => answerWith(stream, [framed("x".repeat(200))]),
    opens: false,
  },
  {
    name: "a message of the client that is too large",
    answer: () => undefined,
    ask: { body: framed("x".repeat(200)) },
    opens: false,
  },
  {
    name: "a deadline of the client",
    answer: () => undefined,
    ask: { fields: ["grpc-timeout", "20m"] },
    opens: false,
  },
];

const nameOf = (index: number): string => `s${index}`;
const later = ["pushed", "forbidden", "free", "exhausted", "silent"] as const;

let server: RawGrpcServer;
let gateway: BootedGateway;
let answer: Case["answer"] = () => undefined;

beforeAll(async () => {
  server = await rawGrpcServer((arrival) => answer(arrival));
  const names = [...cases.map((_, index) => nameOf(index)), ...later];
  const lines = (line: (name: string) => string): string => names.map((name) => `  ${line(name)}\n`).join("");
  gateway = await bootGateway(`
providers: {}
services:
${lines((name) => `${name}: { baseUrl: "${server.origin}" }`)}
routes:
${lines((name) => `${name}: { protocol: grpc, path: /${name}.v1.S/*, service: ${name}, grpc: { messageBytesMax: 100 } }`)}
circuitBreaker:
  targets:
${lines((name) => `  ${name}: { failure_threshold: 3, timeout_seconds: 60, half_open_requests: 1 }`)}
`);
});
afterAll(async () => {
  await gateway[Symbol.asyncDispose]();
  await server[Symbol.asyncDispose]();
});

const ask = (name: string, more: RawAsk = {}) =>
  rawAsk(`http://127.0.0.1:${gateway.port}`, gateway.key, { path: `/${name}.v1.S/Any`, ...more });

describe("three in a row", () => {
  it.for(cases.map((one, index) => ({ ...one, index })))("$name: opens its breaker: $opens", async (one) => {
    const name = nameOf(one.index);
    ({ answer } = one);
    for (let nth = 0; nth < 3; nth += 1) await ask(name, one.ask);
    answer = ({ stream }) => answerWith(stream, [framed("well")]);
    const came = server.arrivals.length;
    const told = await ask(name);
    expect(server.arrivals.length - came).toBe(one.opens ? 0 : 1);
    expect(told.status).toBe(one.opens ? "14" : "0");
  });
});

describe("a service that says when", () => {
  const then = async (name: (typeof later)[number], ...fields: readonly string[]) => {
    ({ answer } = trailersOnly(...fields));
    const first = await ask(name);
    answer = ({ stream }) => answerWith(stream, [framed("well")]);
    return { first, second: await ask(name) };
  };

  it("is not asked before, and others are told how long", async () => {
    const { first, second } = await then("pushed", "grpc-status", "14", "grpc-retry-pushback-ms", "20000");
    expect(fieldIn(first.end, "grpc-retry-pushback-ms")).toBe("20000");
    expect(second.status).toBe("8");
    expect(second.end).toContain("grpc-status-details-bin");
  });

  it("is asked where it only forbids to repeat the call", async () => {
    const { first, second } = await then("forbidden", "grpc-status", "14", "grpc-retry-pushback-ms", "-1");
    expect(fieldIn(first.end, "grpc-retry-pushback-ms")).toBe("-1");
    expect(second.status).toBe("0");
  });

  it("is asked where it does not say", async () =>
    expect((await then("free", "grpc-status", "14")).second.status).toBe("0"));

  it("is asked by others where one has used up what is his", async () =>
    expect(
      (await then("exhausted", "grpc-status", "8", "grpc-retry-pushback-ms", "20000")).second.status,
    ).toBe("0"));
});

describe("what is kept of a call that the gateway ends", () => {
  const trafficOf = (route: string) =>
    gateway.booted.control.routes().find(({ id }) => id === route)?.traffic;

  it("is a refusal, where its service was not asked", async () => {
    const name = nameOf(cases.findIndex((one) => one.name === "status 14"));
    await expect
      .poll(() => trafficOf(name))
      .toMatchObject({ requests: 4, failed: 3, refused: 1, rejects: { circuit_open: 1 } });
  });

  it("is a try, where its service was asked and has not answered", async () => {
    answer = () => undefined;
    await ask("silent", { fields: ["grpc-timeout", "20m"] });
    await expect.poll(() => trafficOf("silent")).toMatchObject({ requests: 1, failed: 1, refused: 0 });
    const { requests } = gateway.booted.control;
    await expect.poll(() => requests.list({ limit: 2, route: "silent" })).toHaveLength(1);
    const [{ id } = expect.fail("no record")] = await requests.list({ limit: 1, route: "silent" });
    expect(await requests.read(id)).toMatchObject({
      route: "silent",
      outcome: "failed",
      attempts: [{ provider: "silent", status: null, code: "deadline_exceeded" }],
    });
  });
});
