/** When a call of gRPC is sent once more, and to whom. */
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type BootedGateway, bootGateway } from "../support/booted-gateway.ts";
import {
  answerWith,
  fieldIn,
  framed,
  grpcHead,
  type RawArrival,
  type RawGrpcServer,
  rawAsk,
  rawGrpcServer,
} from "../support/grpc/raw-grpc.ts";
import { deadPort } from "../support/rest-gateway.ts";

const internal = 2;
const refused = 7;
const cancel = 8;

let servers: readonly RawGrpcServer[] = [];
let gateway: BootedGateway;
/** In order, whoever it came to. */
let arrivals: (RawArrival & { readonly at: string })[] = [];
let answer: (arrival: RawArrival, nth: number) => unknown;

const oneServer = async (at: string): Promise<RawGrpcServer> =>
  rawGrpcServer((arrival) => {
    arrivals.push({ ...arrival, at });
    return answer(arrival, arrivals.length);
  });

beforeEach(async () => {
  arrivals = [];
  servers = await Promise.all(["a", "b"].map(oneServer));
  const [a, b] = servers;
  gateway = await bootGateway(`
providers: {}
services:
  two: { endpoints: [{ baseUrl: "${a?.origin}", name: a }, { baseUrl: "${b?.origin}", name: b }], balance: round-robin }
  one: { baseUrl: "${a?.origin}" }
  half: { endpoints: [{ baseUrl: "${a?.origin}", name: a }, { baseUrl: "http://127.0.0.1:${await deadPort()}", name: dead }], balance: round-robin }
  dead: { baseUrl: "http://127.0.0.1:${await deadPort()}" }
routes:
  two: { protocol: grpc, path: /two.v1.S/*, service: two }
  one: { protocol: grpc, path: /one.v1.S/*, service: one }
  half: { protocol: grpc, path: /half.v1.S/*, service: half }
  dead: { protocol: grpc, path: /dead.v1.S/*, service: dead }
circuitBreaker: { enforce: false }
`);
});
afterEach(async () => {
  await gateway[Symbol.asyncDispose]();
  for (const server of servers) await server[Symbol.asyncDispose]();
});

const ask = (service: string, more: Parameters<typeof rawAsk>[2] = {}) =>
  rawAsk(`http://127.0.0.1:${gateway.port}`, gateway.key, { path: `/${service}.v1.S/Any`, ...more });
const attempts = (): readonly (string | undefined)[] =>
  arrivals.map(({ fields }) => fieldIn(fields, "grpc-previous-rpc-attempts"));

/** Answers with what it was sent. */
const echo = ({ stream }: RawArrival): void => {
  const pieces: Buffer[] = [];
  stream.on("data", (piece: Buffer) => pieces.push(piece));
  stream.on("end", () => answerWith(stream, [Buffer.concat(pieces)]));
};
/** The call is the first that is not looked at. */
const goodbye = ({ session, stream }: RawArrival, code = 0): void =>
  session.goaway(code, (stream.id ?? 0) - 2);
/** Each has had a call before: no goodbye can leave out the first stream of a connection. */
async function warm(service: string): Promise<void> {
  answer = echo;
  for (let nth = 0; nth < 2; nth += 1) expect(await ask(service, { body })).toMatchObject({ status: "0" });
  arrivals = [];
}

const body = Buffer.concat([framed("one"), framed("two")]);

describe("sent once more", () => {
  it.for([
    { name: "REFUSED_STREAM", fault: ({ stream }: RawArrival) => stream.close(refused) },
    { name: "a goodbye that leaves the call out", fault: (arrival: RawArrival) => goodbye(arrival) },
    { name: "an angry one", fault: (arrival: RawArrival) => goodbye(arrival, 11) },
  ])("to another address after $name, whole, and it is told", async ({ fault }) => {
    await warm("two");
    answer = (arrival, nth) => (nth === 1 ? fault(arrival) : echo(arrival));
    const told = await ask("two", { body, fields: ["grpc-previous-rpc-attempts", "2"] });
    expect(told).toMatchObject({ status: "0", body });
    expect(new Set(arrivals.map(({ at }) => at))).toEqual(new Set(["a", "b"]));
    expect(attempts()).toEqual(["2", "3"]);
    expect(fieldIn(arrivals[1]?.fields ?? [], "grpc-timeout")).toMatch(/^\d+[um]$/);
    const records = await gateway.records(3);
    expect(records.at(-1)?.attempts).toHaveLength(2);
  });

  it("to another address where nobody listened", async () => {
    answer = echo;
    for (let nth = 0; nth < 2; nth += 1)
      expect(await ask("half", { body })).toMatchObject({ status: "0", body });
    expect(arrivals.map(({ at }) => at)).toEqual(["a", "a"]);
    expect(new Set(attempts())).toEqual(new Set([undefined, "1"]));
  });

  it.for([
    { name: "refuses it", fault: ({ stream }: RawArrival) => stream.close(refused), sessions: 1 },
    { name: "is about to leave", fault: (arrival: RawArrival) => goodbye(arrival), sessions: 2 },
  ])("to the only address, where it $name", async ({ fault, sessions }) => {
    await warm("one");
    answer = (arrival, nth) => (nth === 1 ? fault(arrival) : echo(arrival));
    expect(await ask("one", { body })).toMatchObject({ status: "0", body });
    expect(attempts()).toEqual([undefined, "1"]);
    expect(servers[0]?.sessions).toHaveLength(sessions);
  });

  it("and not a second time", async () => {
    answer = ({ stream }) => stream.close(refused);
    expect(await ask("two", { body })).toMatchObject({ status: "14", reset: 0 });
    expect(arrivals.map(({ at }) => at).toSorted()).toEqual(["a", "b"]);
  });
});

describe("not sent again", () => {
  it.for<{ name: string; fault: (arrival: RawArrival) => unknown; status: string }>([
    { name: "a reset with another code", fault: ({ stream }) => stream.close(internal), status: "13" },
    { name: "a call that is given up", fault: ({ stream }) => stream.close(cancel), status: "1" },
    { name: "a connection that dies", fault: ({ session }) => session.socket.destroy(), status: "14" },
    { name: "a goodbye that keeps it, and a death", fault: leaves, status: "14" },
    {
      name: "a head, and then REFUSED_STREAM",
      fault: ({ stream, session }) => {
        stream.respond(grpcHead);
        session.ping(() => stream.close(refused));
      },
      status: "14",
    },
    {
      name: "status 14",
      fault: ({ stream }) => stream.respond([...grpcHead, "grpc-status", "14"], { endStream: true }),
      status: "14",
    },
    {
      name: "status 14 that asks for it",
      fault: ({ stream }) =>
        stream.respond([...grpcHead, "grpc-status", "14", "grpc-retry-pushback-ms", "1"], {
          endStream: true,
        }),
      status: "14",
    },
    {
      name: "HTTP 503",
      fault: ({ stream }) => stream.respond([":status", "503"], { endStream: true }),
      status: "14",
    },
  ])("after $name ($status)", async ({ fault, status }) => {
    answer = fault;
    expect(await ask("two", { body })).toMatchObject({ status, reset: 0 });
    expect(arrivals).toHaveLength(1);
  });

  it("when more of it has gone than is held", async () => {
    answer = ({ stream }) => {
      let bytes = 0;
      stream.on("data", (piece: Buffer) => {
        bytes += piece.length;
        if (bytes > 100_000) stream.close(refused);
      });
    };
    const large = framed("x".repeat(200_000));
    expect(await ask("two", { body: large })).toMatchObject({ status: "14" });
    expect(arrivals).toHaveLength(1);
  });

  it("where nobody listens at the only address", async () => {
    const told = await ask("dead");
    expect(told).toMatchObject({ status: "14", reset: 0 });
    const [record] = await gateway.records(1);
    expect(record?.attempts).toHaveLength(1);
  });
});

/** It will look at all that has come, says so, and dies. */
function leaves({ session, stream }: RawArrival): void {
  session.goaway(0, stream.id ?? 0);
  session.ping(() => session.socket.destroy());
}

describe("a goodbye in two steps", () => {
  it("lets the call that runs end, and new ones go to another connection", async () => {
    const begun = Promise.withResolvers<RawArrival>();
    const news = Promise.withResolvers<void>();
    answer = (arrival, nth) => {
      if (nth === 1) begun.resolve(arrival);
      else echo(arrival);
    };
    const running = ask("one", { body });
    const { stream, session } = await begun.promise;
    session.goaway(0, 2 ** 31 - 1);
    session.ping(() => {
      session.goaway(0, stream.id ?? 0);
      session.ping(() => news.resolve());
    });
    await news.promise;
    expect(await ask("one", { body })).toMatchObject({ status: "0", body });
    expect(servers[0]?.sessions).toHaveLength(2);
    answerWith(stream, [framed("late")]);
    expect(await running).toMatchObject({ status: "0", body: framed("late") });
    expect(attempts()).toEqual([undefined, undefined]);
  });
});
