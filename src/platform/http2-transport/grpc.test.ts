import {
  type handleBidiStreamingCall,
  type handleClientStreamingCall,
  Server,
  ServerCredentials,
  status,
} from "@grpc/grpc-js";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { hear } from "../../../test/support/heard-answer.ts";
import type { Transport } from "../../ports/transport.ts";
import { createHttp2Transport } from "./index.ts";

const opaque = { serialize: (bytes: Buffer) => bytes, deserialize: (bytes: Buffer) => bytes };
const method = (path: string, requestStream: boolean, responseStream: boolean) => ({
  path,
  requestStream,
  responseStream,
  requestSerialize: opaque.serialize,
  requestDeserialize: opaque.deserialize,
  responseSerialize: opaque.serialize,
  responseDeserialize: opaque.deserialize,
});

const echo: handleBidiStreamingCall<Buffer, Buffer> = (call) => {
  call.on("data", (message: Buffer) => {
    if (!call.write(message)) {
      call.pause();
      call.once("drain", () => call.resume());
    }
  });
  call.on("end", () => call.end());
};
const count: handleClientStreamingCall<Buffer, Buffer> = (call, callback) => {
  let bytes = 0;
  call.on("data", (message: Buffer) => {
    bytes += message.length;
  });
  call.on("end", () => callback(null, Buffer.from(String(bytes))));
};

let server: Server;
let origin: string;
beforeAll(async () => {
  server = new Server({ "grpc.max_receive_message_length": -1 });
  server.addService(
    { echo: method("/test.Echo/Echo", true, true), count: method("/test.Echo/Count", true, false) },
    { echo, count },
  );
  const port = await new Promise<number>((resolve, reject) =>
    server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, bound) =>
      error === null ? resolve(bound) : reject(error),
    ),
  );
  origin = `http://127.0.0.1:${port}`;
});
afterAll(() => server.forceShutdown());

let transport: Transport;
beforeEach(() => {
  transport = createHttp2Transport({ connectTimeoutMs: 2000, keepAliveMs: 100, endOfTurn: setImmediate });
});
afterEach(async () => transport.close());

/** A message in its five-byte frame. */
function framed(message: Uint8Array): Buffer {
  const prefix = Buffer.alloc(5);
  prefix.writeUInt32BE(message.length, 1);
  return Buffer.concat([prefix, message]);
}

const headers = ["content-type", "application/grpc", "te", "trailers"];

describe("a gRPC server as the upstream", () => {
  it("echoes 20,000 messages both ways, in order and whole", async () => {
    async function* messages(): AsyncGenerator<Uint8Array> {
      for (let at = 0; at < 20_000; at += 1) yield framed(Buffer.from(`message ${at}`));
    }
    const heard = hear(transport, { origin, path: "/test.Echo/Echo", headers, body: messages() });
    expect(await heard.over).toBe("end");
    expect(heard.trailers()?.slice(0, 2)).toEqual(["grpc-status", "0"]);
    const sent: Uint8Array[] = [];
    for await (const message of messages()) sent.push(message);
    expect(heard.body().equals(Buffer.concat(sent))).toBe(true);
  });

  it("takes a stream of a client, and a message of 8 MiB", async () => {
    async function* messages(): AsyncGenerator<Uint8Array> {
      yield framed(Buffer.alloc(8 * 1_048_576, 7));
      yield framed(Buffer.from("more"));
    }
    const heard = hear(transport, { origin, path: "/test.Echo/Count", headers, body: messages() });
    expect(await heard.over).toBe("end");
    expect(heard.body().subarray(5).toString()).toBe(String(8 * 1_048_576 + 4));
  });

  it("echoes a message of 8 MiB", async () => {
    const message = framed(Buffer.alloc(8 * 1_048_576, 7));
    const heard = hear(transport, { origin, path: "/test.Echo/Echo", headers, body: message });
    expect(await heard.over).toBe("end");
    expect(heard.body().equals(message)).toBe(true);
  });

  it("tells an unknown method by a head that is the end", async () => {
    const heard = hear(transport, {
      origin,
      path: "/test.Echo/None",
      headers,
      body: framed(Buffer.alloc(0)),
    });
    expect(await heard.over).toBe("end");
    expect(heard.told).toEqual(["head 200", "end"]);
    expect(heard.head()?.headers.get("grpc-status")).toBe(String(status.UNIMPLEMENTED));
  });
});
