import { Code, ConnectError, createClient, type Interceptor, type Transport } from "@connectrpc/connect";
import {
  createConnectTransport,
  createGrpcTransport,
  createGrpcWebTransport,
} from "@connectrpc/connect-node";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { EchoService } from "../support/generated/echo/v1/echo_pb.ts";
import { type GrpcGateway, grpcGateway } from "../support/grpc/grpc-gateway.ts";

let stand: GrpcGateway;
beforeAll(async () => {
  stand = await grpcGateway(
    '{ origins: ["https://app.example"], connectGet: true, messageBytesMax: 100000 }',
  );
});
afterAll(async () => stand[Symbol.asyncDispose]());

const keyed: Interceptor = (next) => (request) => {
  request.header.set("authorization", `Bearer ${stand.gateway.key}`);
  return next(request);
};
const shared = () => ({ baseUrl: stand.origin, interceptors: [keyed] });
const kinds: readonly { readonly name: string; readonly transport: () => Transport }[] = [
  { name: "gRPC", transport: () => createGrpcTransport(shared()) },
  { name: "gRPC-Web on HTTP/2", transport: () => createGrpcWebTransport({ ...shared(), httpVersion: "2" }) },
  {
    name: "gRPC-Web on HTTP/1.1",
    transport: () => createGrpcWebTransport({ ...shared(), httpVersion: "1.1" }),
  },
  {
    name: "Connect on HTTP/2",
    transport: () => createConnectTransport({ ...shared(), httpVersion: "2", useBinaryFormat: true }),
  },
  {
    name: "Connect on HTTP/1.1",
    transport: () => createConnectTransport({ ...shared(), httpVersion: "1.1", useBinaryFormat: true }),
  },
];
const direct = () => createClient(EchoService, createGrpcTransport({ baseUrl: stand.server.origin }));

interface Ended {
  readonly texts: readonly string[];
  readonly code: Code | undefined;
  readonly message: string | undefined;
  readonly end: string | null | undefined;
}

type EchoClient = ReturnType<typeof direct>;
async function heardOf(
  answers: (told: { end: string | null }) => AsyncIterable<{ text: string }>,
): Promise<Ended> {
  const texts: string[] = [];
  const told: { end: string | null } = { end: null };
  try {
    for await (const { text } of answers(told)) texts.push(text);
    return { texts, code: undefined, message: undefined, end: told.end };
  } catch (thrown) {
    const error = ConnectError.from(thrown);
    return { texts, code: error.code, message: error.rawMessage, end: error.metadata.get("x-end-bin") };
  }
}

async function* one(answer: Promise<{ text: string }>) {
  yield await answer;
}
async function* sent(texts: readonly string[]) {
  for (const text of texts) yield { text };
}
const endOf = (told: { end: string | null }) => ({
  timeoutMs: 5000,
  onTrailer: (list: Headers) => {
    told.end = list.get("x-end-bin");
  },
});

const calls: readonly { readonly name: string; readonly run: (client: EchoClient) => Promise<Ended> }[] = [
  {
    name: "one message",
    run: (client) => heardOf((told) => one(client.unary({ text: "héllo 🙂" }, endOf(told)))),
  },
  {
    name: "a failure",
    run: (client) => heardOf((told) => one(client.unary({ fail: 9, count: 1 }, endOf(told)))),
  },
  {
    name: "a stream",
    run: (client) => heardOf((told) => client.server({ text: "m", count: 50 }, endOf(told))),
  },
  {
    name: "a stream that fails",
    run: (client) => heardOf((told) => client.server({ text: "m", count: 3, fail: 10 }, endOf(told))),
  },
  {
    name: "messages sent",
    run: (client) => heardOf((told) => one(client.client(sent(["a", "b", "ç"]), endOf(told)))),
  },
];

describe.for(kinds)("$name", ({ transport }) => {
  it.for(calls)("$name: as without the gateway", async ({ run }) => {
    const alone = await run(direct());
    const passed = await run(createClient(EchoService, transport()));
    const unpadded = (ended: Ended) => ({ ...ended, end: ended.end?.replace(/=+$/, "") });
    expect(unpadded(passed)).toEqual(unpadded(alone));
  });

  it("is refused what is too large, in its own words", async () => {
    const refused = await heardOf(() =>
      one(createClient(EchoService, transport()).unary({ text: "x".repeat(200_000) })),
    );
    expect(refused.code).toBe(Code.ResourceExhausted);
  });
});

describe("silence", () => {
  it("is no fault of a stream, however long; one message has to come", async () => {
    await using own = await grpcGateway("{}", "server: { limits: { bodyIdleTimeoutMs: 100 } }");
    const client = createClient(
      EchoService,
      createGrpcTransport({
        baseUrl: own.origin,
        interceptors: [
          (next) => (request) => {
            request.header.set("authorization", `Bearer ${own.gateway.key}`);
            return next(request);
          },
        ],
      }),
    );
    const first = Promise.withResolvers<void>();
    const silence = Promise.withResolvers<void>();
    const talk = async function* () {
      yield { text: "a" };
      await silence.promise;
      yield { text: "b" };
    };
    const heard = heardOf((told) => heardFirst(client.bidi(talk(), endOf(told)), first.resolve));
    await first.promise;
    // It is longer silent than this, which comes later and is given up.
    const slow = await fetch(`${own.origin}/echo.v1.EchoService/Unary`, {
      method: "POST",
      headers: { "content-type": "application/proto", authorization: `Bearer ${own.gateway.key}` },
      body: new ReadableStream({ start: (controller) => controller.enqueue(new Uint8Array(1)) }),
      duplex: "half",
    });
    expect(await slow.json()).toMatchObject({ code: "deadline_exceeded" });
    silence.resolve();
    expect(await heard).toMatchObject({ texts: ["a", "b"], code: undefined });
  });
});

async function* heardFirst<Message>(answers: AsyncIterable<Message>, heard: () => void) {
  for await (const answer of answers) {
    heard();
    yield answer;
  }
}

describe("refusals without a key", () => {
  it.for([
    {
      name: "gRPC-Web",
      transport: () => createGrpcWebTransport({ baseUrl: stand.origin, httpVersion: "1.1" }),
    },
    { name: "gRPC", transport: () => createGrpcTransport({ baseUrl: stand.origin }) },
    {
      name: "Connect",
      transport: () =>
        createConnectTransport({ baseUrl: stand.origin, httpVersion: "1.1", useBinaryFormat: true }),
    },
  ])("are told to $name in its own words", async ({ transport }) => {
    const refused = await heardOf(() => one(createClient(EchoService, transport()).unary({ text: "a" })));
    expect(refused.code).toBe(Code.Unauthenticated);
  });
});

describe("pages of browsers", () => {
  const ask = (origin: string) =>
    fetch(`${stand.origin}/echo.v1.EchoService/Unary`, {
      method: "OPTIONS",
      headers: {
        origin,
        "access-control-request-method": "POST",
        "access-control-request-headers": "authorization,content-type",
      },
    });

  it("may call a route that names their origin, and are told so without a key", async () => {
    const answer = await ask("https://app.example");
    expect(answer.status).toBe(204);
    expect(answer.headers.get("access-control-allow-origin")).toBe("https://app.example");
    expect(answer.headers.get("access-control-allow-headers")).toBe("authorization,content-type");
  });

  it("are told nothing of any other", async () => {
    const answer = await ask("https://evil.example");
    expect(answer.status).toBeGreaterThanOrEqual(400);
    expect(answer.headers.get("access-control-allow-origin")).toBeNull();
  });

  it("can read refusals", async () => {
    const answer = await fetch(`${stand.origin}/echo.v1.EchoService/Unary`, {
      method: "POST",
      headers: { origin: "https://app.example", "content-type": "application/proto" },
      body: new Uint8Array(0),
    });
    expect(answer.status).toBe(401);
    expect(answer.headers.get("access-control-allow-origin")).toBe("https://app.example");
    expect(await answer.json()).toMatchObject({ code: "unauthenticated" });
  });
});
