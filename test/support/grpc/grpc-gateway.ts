import { connect } from "node:http2";
import { type BootedGateway, bootGateway } from "../booted-gateway.ts";
import { type EchoServer, openEchoServer } from "./echo-server.ts";

export interface GrpcGateway extends AsyncDisposable {
  readonly server: EchoServer;
  readonly gateway: BootedGateway;
  /** Of the gateway. */
  readonly origin: string;
}

/** A whole gateway in front of the echo service, and of one that is dead. `more`: other sections. */
export async function grpcGateway(settings = "{}", more = ""): Promise<GrpcGateway> {
  const server = await openEchoServer();
  const gateway = await gatewayBefore(server.origin, settings, more);
  return {
    server,
    gateway,
    origin: `http://127.0.0.1:${gateway.port}`,
    [Symbol.asyncDispose]: async () => {
      await gateway[Symbol.asyncDispose]();
      server.close();
    },
  };
}

/** The same in front of another echo service. */
export const gatewayBefore = (origin: string, settings = "{}", more = ""): Promise<BootedGateway> =>
  bootGateway(`
providers: {}
services:
  echo: { baseUrl: "${origin}" }
  dead: { baseUrl: "http://127.0.0.1:1" }
routes:
  echo: { protocol: grpc, path: /echo.v1.EchoService/*, service: echo, grpc: ${settings} }
  dead: { protocol: grpc, path: /dead.v1.Service/*, service: dead }
${more}`);

/** The fields of the head that answers an empty message, and of the trailers behind it. */
export function rawCall(
  origin: string,
  path: string,
  key?: string,
): Promise<Readonly<Record<string, unknown>>> {
  return new Promise((resolve, reject) => {
    const session = connect(origin);
    session.on("error", reject);
    const stream = session.request({
      ":method": "POST",
      ":path": path,
      "content-type": "application/grpc",
      te: "trailers",
      ...(key === undefined ? {} : { authorization: `Bearer ${key}` }),
    });
    const told: Record<string, unknown> = {};
    stream.on("response", (head) => Object.assign(told, head));
    stream.on("trailers", (trailers) => Object.assign(told, trailers));
    stream.on("error", reject);
    stream.on("close", () => {
      session.close();
      resolve(told);
    });
    stream.resume();
    stream.end(Buffer.alloc(5));
  });
}
