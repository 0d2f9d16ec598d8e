import { randomBytes } from "node:crypto";
import { create } from "@bufbuild/protobuf";
import { Code, ConnectError, createClient, type Transport } from "@connectrpc/connect";
import {
  compressionGzip,
  createConnectTransport,
  createGrpcTransport,
  createGrpcWebTransport,
} from "@connectrpc/connect-node";
import {
  createConnectTransport as createBrowserConnect,
  createGrpcWebTransport as createBrowserGrpcWeb,
} from "@connectrpc/connect-web";
import { Client, credentials, Metadata, type ServiceError, type StatusObject } from "@grpc/grpc-js";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { EchoRequestSchema, type EchoResponse, EchoService } from "../support/generated/echo/v1/echo_pb.ts";
import { type EchoServer, echoService, openEchoServer } from "../support/grpc/echo-server.ts";
import { openFlavourProxy } from "../support/grpc/flavour-proxy.ts";

const message = "Das geht nicht: 100% «voll»";
let server: EchoServer;
let proxy: Awaited<ReturnType<typeof openFlavourProxy>>;

beforeAll(async () => {
  server = await openEchoServer();
  proxy = await openFlavourProxy(server.origin, 100_000);
});
afterAll(() => {
  proxy.close();
  server.close();
});

interface Kind {
  readonly name: string;
  readonly transport: () => Transport;
  /** Clients of HTTP/1.1 and browsers send whole requests only. */
  readonly isBrowser?: boolean;
  /** Messages stand in the target, whose length HTTP/2 bounds before we do. */
  readonly isGet?: boolean;
}

const gzip = { sendCompression: compressionGzip, compressMinBytes: 1, acceptCompression: [compressionGzip] };

const kinds: readonly Kind[] = [
  { name: "gRPC", transport: () => createGrpcTransport({ baseUrl: proxy.h2 }) },
  { name: "gRPC, compressed", transport: () => createGrpcTransport({ baseUrl: proxy.h2, ...gzip }) },
  {
    name: "gRPC-Web on HTTP/2",
    transport: () => createGrpcWebTransport({ baseUrl: proxy.h2, httpVersion: "2" }),
  },
  {
    name: "gRPC-Web on HTTP/1.1, compressed",
    transport: () => createGrpcWebTransport({ baseUrl: proxy.h1, httpVersion: "1.1", ...gzip }),
  },
  {
    name: "Connect on HTTP/2",
    transport: () => createConnectTransport({ baseUrl: proxy.h2, httpVersion: "2", useBinaryFormat: true }),
  },
  {
    name: "Connect on HTTP/1.1, compressed",
    transport: () =>
      createConnectTransport({ baseUrl: proxy.h1, httpVersion: "1.1", useBinaryFormat: true, ...gzip }),
  },
  {
    name: "Connect with GET, compressed",
    isGet: true,
    transport: () =>
      createConnectTransport({
        baseUrl: proxy.h2,
        httpVersion: "2",
        useBinaryFormat: true,
        useHttpGet: true,
        ...gzip,
      }),
  },
  {
    name: "gRPC-Web of a browser",
    transport: () => createBrowserGrpcWeb({ baseUrl: proxy.h1 }),
    isBrowser: true,
  },
  {
    name: "Connect of a browser",
    transport: () => createBrowserConnect({ baseUrl: proxy.h1, useBinaryFormat: true }),
    isBrowser: true,
  },
];

describe.for(kinds)("$name", ({ transport, isBrowser, isGet }) => {
  const client = () => createClient(EchoService, transport());

  it("has one message answered, with the metadata of both ends", async () => {
    const headers = new Headers();
    const trailers = new Headers();
    const answer = await client().unary(
      { text: "héllo ".repeat(500) },
      {
        headers: { "x-asked": "yes", authorization: "Bearer secret", "x-asked-bin": "AP8B" },
        timeoutMs: 5000,
        onHeader: (list) => list.forEach((value, name) => headers.set(name, value)),
        onTrailer: (list) => list.forEach((value, name) => trailers.set(name, value)),
      },
    );
    expect(answer.text).toBe("héllo ".repeat(500));
    expect(headers.get("x-begin")).toBe("here");
    expect(headers.get("x-sallyport-request-id")).toBe("r1");
    expect(trailers.get("x-end")).toBe("done");
    expect(trailers.get("x-end-bin")?.replace(/=+$/, "")).toBe("AP8B");
    const seen = server.seen.at(-1);
    expect(seen?.get("x-asked")).toEqual(["yes"]);
    expect(seen?.get("x-asked-bin")).toEqual([Buffer.from([0, 255, 1])]);
    expect(seen?.get("authorization")).toEqual([]);
    expect(Object.keys(seen?.getMap() ?? {}).filter((name) => name.startsWith("connect-"))).toEqual([]);
  });

  it.for([{ count: 0 }, { count: 1 }])("is told of a failure (%o)", async ({ count }) => {
    const thrown = await client()
      .unary({ text: "a", fail: 9, count })
      .catch((error: unknown) => error);
    const error = ConnectError.from(thrown);
    expect(error.code).toBe(Code.FailedPrecondition);
    expect(error.rawMessage).toBe(message);
    expect(error.metadata.get("x-end")).toBe("done");
  });

  it("reads a stream, and what ends it", async () => {
    const texts: string[] = [];
    let error: ConnectError | undefined;
    try {
      for await (const { text } of client().server({ text: "m", count: 3, fail: 10 })) texts.push(text);
    } catch (thrown) {
      error = ConnectError.from(thrown);
    }
    expect(texts).toEqual(["m0", "m1", "m2"]);
    expect(error?.code).toBe(Code.Aborted);
    expect(error?.rawMessage).toBe(message);
  });

  it("reads an empty stream that ends well", async () => {
    const texts: string[] = [];
    const trailers = new Headers();
    const onTrailer = (list: Headers) => list.forEach((value, name) => trailers.set(name, value));
    for await (const { text } of client().server({ text: "m", count: 0 }, { onTrailer })) texts.push(text);
    expect(texts).toEqual([]);
    expect(trailers.get("x-end")).toBe("done");
  });

  it.runIf(isGet !== true)("is refused a message that is too large", async () => {
    const text = randomBytes(60_000).toString("hex");
    const thrown = await client()
      .unary({ text })
      .catch((error: unknown) => error);
    expect(ConnectError.from(thrown).code).toBe(Code.ResourceExhausted);
  });

  it.runIf(isBrowser !== true)("sends a stream of messages", async () => {
    const answer = await client().client(many());
    expect(answer.text).toBe("a+b+c");
  });
});

async function* many() {
  for (const text of ["a", "b", "c"]) yield create(EchoRequestSchema, { text });
}

describe("Connect with GET", () => {
  it("has its calls in the target", async () => {
    const transport = kinds.find(({ name }) => name.startsWith("Connect with GET"))?.transport();
    if (transport === undefined) throw new Error("no such kind");
    await createClient(EchoService, transport).unary({ text: "a" });
    expect(proxy.methods.at(-1)).toBe("GET");
  });
});

describe("clients of grpc-js", () => {
  const ask = (origin: string, fail: number) =>
    new Promise<{ error: ServiceError | null; answer?: EchoResponse; status: StatusObject }>((resolve) => {
      const client = new Client(origin.slice("http://".length), credentials.createInsecure());
      const metadata = new Metadata();
      metadata.set("x-asked", "yes");
      const { path, requestSerialize, responseDeserialize } = echoService.unary;
      let ended: { error: ServiceError | null; answer?: EchoResponse } | undefined;
      const call = client.makeUnaryRequest(
        path,
        requestSerialize,
        responseDeserialize,
        create(EchoRequestSchema, { text: "x", fail, count: 1 }),
        metadata,
        (error, answer) => {
          ended = { error, ...(answer === undefined ? {} : { answer }) };
        },
      );
      call.on("status", (status) => {
        setImmediate(() => resolve({ error: ended?.error ?? null, ...ended, status }));
      });
    });

  it.for([{ fail: 0 }, { fail: 9 }])("see what they would see without the gateway (%o)", async ({ fail }) => {
    const direct = await ask(server.origin, fail);
    const through = await ask(proxy.h2, fail);
    expect(through.status.code).toBe(fail);
    expect(through.status.code).toBe(direct.status.code);
    expect(through.status.details).toBe(direct.status.details);
    expect(through.status.metadata.getMap()).toEqual(direct.status.metadata.getMap());
    expect(through.answer).toEqual(direct.answer);
  });

  it("talk both ways at once", async () => {
    const client = new Client(proxy.h2.slice("http://".length), credentials.createInsecure());
    const { path, requestSerialize, responseDeserialize } = echoService.bidi;
    const talk = client.makeBidiStreamRequest(path, requestSerialize, responseDeserialize);
    const heard: string[] = [];
    talk.write(create(EchoRequestSchema, { text: "1" }));
    await new Promise<void>((resolve, reject) => {
      talk.on("error", reject);
      talk.on("data", ({ text }: EchoResponse) => {
        heard.push(text);
        if (heard.length === 3) talk.end();
        else talk.write(create(EchoRequestSchema, { text: String(heard.length + 1) }));
      });
      talk.on("end", resolve);
    });
    expect(heard).toEqual(["1", "2", "3"]);
    client.close();
  });
});
