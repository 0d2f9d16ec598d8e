/** Debian's python3-grpcio, whose core is that of C++, Ruby, PHP and C#: as client and as server. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { BootedGateway } from "../support/booted-gateway.ts";
import { openEchoServer } from "../support/grpc/echo-server.ts";
import { gatewayBefore } from "../support/grpc/grpc-gateway.ts";
import {
  callsOfPython,
  codeOfPython,
  comparable,
  isGrpcioMissing,
  type PythonCalls,
  pythonCalls,
  pythonServer,
} from "../support/grpc/python.ts";
import { deadPort } from "../support/rest-gateway.ts";

const servers = [
  {
    name: "grpc-js",
    open: async () => {
      const { origin, close } = await openEchoServer();
      return { origin, [Symbol.asyncDispose]: async () => close() };
    },
  },
  { name: "python3-grpcio, compressed", open: pythonServer },
] as const;

const isMissing = isGrpcioMissing();

describe.skipIf(isMissing).for(servers)("calls of python3-grpcio at $name", ({ open }) => {
  let server: Awaited<ReturnType<typeof open>>;
  let gateway: BootedGateway;
  let alone: PythonCalls;
  let passed: PythonCalls;
  beforeAll(async () => {
    server = await open();
    gateway = await gatewayBefore(server.origin, "{ messageBytesMax: 9000000 }");
    alone = await callsOfPython(server.origin);
    passed = await callsOfPython(`http://127.0.0.1:${gateway.port}`, gateway.key);
  }, 120_000);
  afterAll(async () => {
    await gateway[Symbol.asyncDispose]();
    await server[Symbol.asyncDispose]();
  });

  it("are those that were to be made, and not all of them end well", () => {
    expect(Object.keys(passed)).toEqual(pythonCalls);
    const codes = new Set(Object.values(alone).map(({ code }) => code));
    expect(codes).toEqual(
      new Set([
        ...["OK", "FAILED_PRECONDITION", "NOT_FOUND", "UNIMPLEMENTED", "ABORTED"],
        ...["CANCELLED", "DEADLINE_EXCEEDED"],
      ]),
    );
    expect(alone["20,000 messages of the server"].count).toBe(20_000);
    expect(alone["a failure"].trailing).toContainEqual(["x-end-bin", "00ff01"]);
  });

  it.for(pythonCalls)("%s: as without the gateway", (name) => {
    expect(comparable(passed[name])).toEqual(comparable(alone[name]));
  });

  it("leave nothing behind: the gateway closes at once", async () => {
    const startedAt = performance.now();
    await gateway.booted.close(0);
    expect(performance.now() - startedAt).toBeLessThan(10_000);
  });

  it("end at their deadline", () => {
    for (const { late = Number.NaN } of [alone["a deadline"], passed["a deadline"]]) {
      expect(late).toBeGreaterThanOrEqual(0);
      expect(late).toBeLessThan(0.3);
    }
  });
});

describe.skipIf(isMissing)("a call of python3-grpcio", () => {
  let gateway: BootedGateway;
  let dead: string;
  beforeAll(async () => {
    dead = `http://127.0.0.1:${await deadPort()}`;
    gateway = await gatewayBefore(dead);
  });
  afterAll(async () => gateway[Symbol.asyncDispose]());

  it("to a dead service ends as without the gateway", async () => {
    const path = "/echo.v1.EchoService/Unary";
    expect(await codeOfPython(dead, path)).toBe("UNAVAILABLE");
    expect(await codeOfPython(`http://127.0.0.1:${gateway.port}`, path, gateway.key)).toBe("UNAVAILABLE");
  });

  it("without a key, and to what is no service, is refused as such", async () => {
    const origin = `http://127.0.0.1:${gateway.port}`;
    expect(await codeOfPython(origin, "/echo.v1.EchoService/Unary")).toBe("UNAUTHENTICATED");
    expect(await codeOfPython(origin, "/none.v1.None/Unary", gateway.key)).toBe("UNIMPLEMENTED");
  });
});
