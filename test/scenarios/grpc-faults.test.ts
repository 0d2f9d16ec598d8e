/** Services that break the rules of gRPC or leave the call: what a client is told, frame by frame. */
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
  type RawTold,
  rawAsk,
  rawGrpcServer,
} from "../support/grpc/raw-grpc.ts";

let server: RawGrpcServer;
let gateway: BootedGateway;
let answer: (arrival: RawArrival) => unknown = () => undefined;

beforeAll(async () => {
  server = await rawGrpcServer((arrival) => answer(arrival));
  gateway = await bootGateway(`
providers: {}
services: { raw: { baseUrl: "${server.origin}" } }
routes: { raw: { protocol: grpc, path: /raw.v1.Raw/*, service: raw, grpc: { messageBytesMax: 100 } } }
circuitBreaker: { enforce: false }
`);
});
afterAll(async () => {
  await gateway[Symbol.asyncDispose]();
  await server[Symbol.asyncDispose]();
});

const asked = (by: (arrival: RawArrival) => unknown, ask: RawAsk = {}): Promise<RawTold> => {
  answer = by;
  return rawAsk(`http://127.0.0.1:${gateway.port}`, gateway.key, { path: "/raw.v1.Raw/Any", ...ask });
};
const open = ({ stream }: RawArrival) => stream.respond(grpcHead, { waitForTrailers: true });

describe("an answer without a status of gRPC", () => {
  it.for([
    [400, "13"],
    [401, "16"],
    [403, "7"],
    [404, "12"],
    [429, "14"],
    [502, "14"],
    [503, "14"],
    [504, "14"],
    [500, "2"],
    [418, "2"],
    [301, "2"],
  ] as const)("HTTP %d is status %s", async ([http, status]) => {
    const told = await asked(({ stream }) => {
      stream.respond({ ":status": http, "content-type": "text/html" });
      stream.end("<html>");
    });
    expect(told).toMatchObject({ status, message: `Received HTTP status code ${http}`, reset: 0 });
    expect(fieldIn(told.head, ":status")).toBe("200");
    expect(told.body).toHaveLength(0);
  });

  it("a page with status 200 is 2", async () => {
    const told = await asked(({ stream }) => {
      stream.respond({ ":status": 200, "content-type": "text/html" });
      stream.end("<html>");
    });
    expect(told).toMatchObject({ status: "2", reset: 0 });
  });

  it("messages without trailers are 13, behind the messages", async () => {
    const told = await asked(({ stream }) => {
      stream.respond(grpcHead);
      stream.end(framed("a"));
    });
    expect(told).toMatchObject({ status: "13", reset: 0 });
    expect(told.body).toEqual(framed("a"));
  });

  it("a status that HTTP contradicts counts", async () => {
    const told = await asked(({ stream }) =>
      stream.respond(
        { ":status": 503, "grpc-status": "5", "grpc-message": "no such thing" },
        { endStream: true },
      ),
    );
    expect(told).toMatchObject({ status: "5", message: "no such thing" });
    expect(fieldIn(told.head, ":status")).toBe("200");
  });
});

describe("a stream that the service resets", () => {
  const codes = [
    [0, "13"],
    [1, "13"],
    [2, "13"],
    [3, "13"],
    [4, "13"],
    [5, "2"],
    [6, "13"],
    [7, "14"],
    [8, "1"],
    [9, "13"],
    [10, "13"],
    [11, "8"],
    [12, "7"],
    [99, "2"],
  ] as const;

  it.for(codes)("with %d before its answer is status %s", async ([code, status]) => {
    const told = await asked(({ stream }) => stream.close(code));
    expect(told).toMatchObject({ status, message: `Received RST_STREAM with error code ${code}`, reset: 0 });
    expect(told.body).toHaveLength(0);
  });

  it.for(codes)("with %d behind a message is status %s behind it", async ([code, status]) => {
    const count = server.arrivals.length;
    const told = await asked((arrival) => {
      open(arrival);
      arrival.stream.write(framed("first"));
      // Not before the message has gone.
      arrival.session.ping(() => arrival.stream.close(code));
    });
    expect(told).toMatchObject({ status, reset: 0 });
    expect(told.body).toEqual(framed("first"));
    expect(server.arrivals).toHaveLength(count + 1);
  });
});

describe("messages that cannot be read", () => {
  it.for<{ name: string; pieces: readonly Uint8Array[]; head?: readonly string[]; status: string }>([
    { name: "a flag that is none", pieces: [framed("a", 7)], status: "13" },
    { name: "compressed, and no encoding named", pieces: [framed("a", 1)], status: "13" },
    { name: "cut in its prefix", pieces: [framed("a").subarray(0, 3)], status: "13" },
    { name: "cut in its bytes", pieces: [framed("abc").subarray(0, 6)], status: "13" },
    { name: "larger than the limit", pieces: [framed("x".repeat(101))], status: "8" },
    { name: "as large as the limit", pieces: [framed("x".repeat(100))], status: "0" },
    {
      name: "compressed as it was named",
      pieces: [framed("a", 1)],
      head: ["grpc-encoding", "gzip"],
      status: "0",
    },
    {
      name: "compressed, and the encoding is to be none",
      pieces: [framed("a", 1)],
      head: ["grpc-encoding", "identity"],
      status: "13",
    },
  ])("of the service: $name ($status)", async ({ pieces, head = [], status }) => {
    const told = await asked(({ stream }) => {
      stream.respond([...grpcHead, ...head], { waitForTrailers: true });
      stream.once("wantTrailers", () => stream.sendTrailers({ "grpc-status": "0" }));
      for (const piece of pieces) stream.write(piece);
      stream.end();
    });
    expect(told).toMatchObject({ status, reset: 0 });
    expect(told.body.length > 0 || status !== "0").toBe(true);
  });

  it.for<{ name: string; body: Uint8Array; fields?: readonly string[]; status: string }>([
    { name: "a flag that is none", body: framed("a", 2), status: "13" },
    { name: "compressed, and no encoding named", body: framed("a", 1), status: "13" },
    { name: "cut", body: framed("abc").subarray(0, 6), status: "13" },
    { name: "larger than the limit", body: framed("x".repeat(101)), status: "8" },
    { name: "as large as the limit", body: framed("x".repeat(100)), status: "0" },
    { name: "compressed as named", body: framed("a", 1), fields: ["grpc-encoding", "gzip"], status: "0" },
  ])("of the client: $name ($status)", async ({ body, fields = [], status }) => {
    const ended = Promise.withResolvers<number>();
    const told = await asked(
      ({ stream }) => {
        stream.on("end", () => answerWith(stream, []));
        stream.once("close", () => ended.resolve(stream.rstCode));
        stream.resume();
      },
      { body, fields },
    );
    expect(told).toMatchObject({ status, reset: 0 });
    expect(await ended.promise).toBe(status === "0" ? 0 : 8);
  });

  it("a message behind a status that was the head is 13", async () => {
    const told = await asked(({ stream }) => {
      stream.respond([...grpcHead, "grpc-status", "0"]);
      stream.end(framed("a"));
    });
    expect(told).toMatchObject({ status: "13" });
  });
});

describe("metadata", () => {
  it("goes up in its order, repeated and binary values as they came", async () => {
    const mine = [
      ...["x-b", "1", "x-a-bin", "AP8B", "x-b", "2", "x-a-bin", "AP8BAA==", "x-a-bin", "not/base64,,="],
      ...["user-agent", "mine/1", "grpc-accept-encoding", "gzip", "x-c", "a, b"],
    ];
    await asked(({ stream }) => answerWith(stream, []), { fields: mine });
    const fields = server.arrivals.at(-1)?.fields ?? [];
    const names = new Set(mine.filter((_, index) => index % 2 === 0));
    expect(fields.filter((_, index) => names.has(fields[index - (index % 2)] ?? ""))).toEqual(mine);
    expect(fieldIn(fields, "te")).toBe("trailers");
    expect(fieldIn(fields, "content-type")).toBe("application/grpc");
  });

  it("of an answer goes down in its order at both ends, repeated and binary values as they came", async () => {
    const leading = ["x-b", "1", "x-a-bin", "AP8B", "x-b", "2", "x-a-bin", "AP8BAA=="];
    const told = await asked(({ stream }) => {
      stream.respond([...grpcHead, ...leading], { waitForTrailers: true });
      stream.once("wantTrailers", () =>
        stream.sendTrailers({
          "grpc-status": "9",
          "grpc-message": "100%25 %C3%A4 %zz",
          "x-z-bin": ["AA", "AAE="],
          "x-y": "1",
        }),
      );
      stream.end(framed("a"));
    });
    expect(told.head.filter((_, at) => (told.head[at - (at % 2)] ?? "").match(/^x-[ab]/))).toEqual(leading);
    expect(told.end).toEqual([
      ...["grpc-status", "9", "grpc-message", "100%25 %C3%A4 %zz"],
      ...["x-z-bin", "AA", "x-z-bin", "AAE=", "x-y", "1"],
    ]);
  });

  it("is the client's own but for the names of gRPC and of the gateway", async () => {
    await asked(({ stream }) => answerWith(stream, []), {
      fields: [
        ...["grpc-status", "0", "grpc-message", "forged", "grpc-status-details-bin", "AA"],
        ...["grpc-previous-rpc-attempts", "2", "grpc-timeout", "5S", "x-sallyport-consumer", "forged"],
        ...["x_sallyport_consumer", "forged", "x-forwarded-for", "1.2.3.4", "x-original-url", "/admin"],
      ],
    });
    const fields = server.arrivals.at(-1)?.fields ?? [];
    const told = (name: string) => fieldIn(fields, name);
    for (const name of ["grpc-status", "grpc-message", "grpc-status-details-bin", "authorization"])
      expect([name, told(name)]).toEqual([name, undefined]);
    expect(fields.join("\n")).not.toMatch(/forged|1\.2\.3\.4|admin/);
    expect(told("grpc-previous-rpc-attempts")).toBe("2");
    const [, left = "0"] = /^(\d+)u$/.exec(told("grpc-timeout") ?? "") ?? [];
    expect(Number(left)).toBeGreaterThan(4_000_000);
    expect(Number(left)).toBeLessThan(5_000_000);
    expect(fields.filter((name, index) => index % 2 === 0 && name === "grpc-timeout")).toHaveLength(1);
  });

  it("of an answer cannot tell of the gateway", async () => {
    const told = await asked(({ stream }) => {
      stream.respond([...grpcHead, "x-sallyport-error", "forged", "alt-svc", "h3"], {
        waitForTrailers: true,
      });
      stream.once("wantTrailers", () =>
        stream.sendTrailers({ "grpc-status": "0", "X-Sallyport-Request-Id": "forged" }),
      );
      stream.end(framed("a"));
    });
    expect([...told.head, ...told.end].join("\n")).not.toMatch(/forged|alt-svc/);
  });

  it.for(["soon", "1", "123456789S", "-1S", "1.5S"])(
    "a grpc-timeout of %s is refused with 3",
    async (text) => {
      expect(await asked(() => undefined, { fields: ["grpc-timeout", text] })).toMatchObject({ status: "3" });
    },
  );
});

describe("a head that is the end", () => {
  it("stays one: one block of fields, and nothing behind it", async () => {
    const told = await asked(({ stream }) =>
      stream.respond([...grpcHead, "grpc-status", "5", "x-a-bin", "AA"], { endStream: true }),
    );
    expect(told.head).toBe(told.end);
    expect(told).toMatchObject({ status: "5", reset: 0 });
    expect(fieldIn(told.end, "x-a-bin")).toBe("AA");
  });
});
