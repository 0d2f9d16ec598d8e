/** gRPC-Web as text and Connect by GET through the gateway, byte for byte. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type GrpcGateway, grpcGateway } from "../support/grpc/grpc-gateway.ts";
import { framed } from "../support/grpc/raw-grpc.ts";

let stand: GrpcGateway;
let closed: GrpcGateway;
beforeAll(async () => {
  stand = await grpcGateway("{ connectGet: true }");
  closed = await grpcGateway("{}");
});
afterAll(async () => {
  await stand[Symbol.asyncDispose]();
  await closed[Symbol.asyncDispose]();
});

/** The text `a` in its field. */
const message = "\u000a\u0001a";
interface Posted {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}
const ask = ({ origin, gateway }: GrpcGateway, query: string, options: Posted = {}) =>
  fetch(`${origin}/echo.v1.EchoService/Unary${query}`, {
    ...options,
    headers: { authorization: `Bearer ${gateway.key}`, ...options.headers },
  });

describe("Connect by GET", () => {
  const good = "?connect=v1&encoding=proto&base64=1&message=CgFh";

  it("has its message in the target and its trailers among the headers", async () => {
    const answer = await ask(stand, good);
    expect(answer.status).toBe(200);
    expect(answer.headers.get("content-type")).toBe("application/proto");
    expect(answer.headers.get("trailer-x-end")).toBe("done");
    expect(await answer.text()).toBe(message);
  });

  it("is told a failure as JSON with the status of HTTP that fits", async () => {
    // fail: 9
    const answer = await ask(stand, "?connect=v1&encoding=proto&base64=1&message=GAk");
    expect(answer.status).toBe(400);
    expect(await answer.json()).toMatchObject({
      code: "failed_precondition",
      message: "Das geht nicht: 100% «voll»",
    });
  });

  it.for([
    { name: "another codec", query: "?connect=v1&encoding=json&message=%7B%7D", status: 415 },
    { name: "no base64", query: "?connect=v1&encoding=proto&base64=1&message=%21", status: 400 },
    { name: "another version", query: "?connect=v2&encoding=proto&message=", status: 400 },
  ])("is refused for $name", async ({ query, status }) =>
    expect((await ask(stand, query)).status).toBe(status),
  );

  it("is refused where its route does not allow it", async () => {
    const answer = await ask(closed, good);
    expect(answer.headers.get("x-sallyport-error")).toBe("method_not_allowed");
  });
});

describe("gRPC-Web as text", () => {
  it("is base64 both ways, its trailers the last frame", async () => {
    const answer = await ask(stand, "", {
      method: "POST",
      headers: { "content-type": "application/grpc-web-text+proto" },
      body: framed(message).toString("base64"),
    });
    expect(answer.headers.get("content-type")).toBe("application/grpc-web-text+proto");
    // Each frame is padded for itself.
    const parts = (await answer.text()).match(/[^=]+=*/g) ?? [];
    const bytes = Buffer.concat(parts.map((part) => Buffer.from(part, "base64")));
    const first = framed(message);
    expect(bytes.subarray(0, first.length)).toEqual(first);
    expect(bytes.readUInt8(first.length)).toBe(0x80);
    expect(bytes.subarray(first.length + 5).toString()).toMatch(
      /^grpc-status:0\r\n(?:.*\r\n)*x-end:done\r\n/,
    );
  });
});
