import { describe, expect, it } from "vitest";
import { milliseconds } from "../../kernel/units.ts";
import { answerMetadata, previousAttempts, requestMetadata, upstreamFields } from "./metadata.ts";

describe("requestMetadata", () => {
  const kept = (...list: string[]) => requestMetadata(list, (name) => name === "authorization");

  it("passes what is the caller's, in its order, repeated names and binary values as they are", () => {
    const list = [
      "x-b",
      "1",
      "x-a-bin",
      "AP8,AA==",
      "x-b",
      "2",
      "user-agent",
      "grpc-node-js/1.14",
      "grpc-encoding",
      "gzip",
    ];
    expect(kept(...list)).toEqual(list);
  });

  it.for([
    "connection",
    "te",
    "host",
    "content-type",
    "content-length",
    "transfer-encoding",
    "upgrade",
    "grpc-timeout",
    "grpc-previous-rpc-attempts",
    "grpc-status",
    "grpc-message",
    "grpc-status-details-bin",
    "authorization",
    ":path",
  ])("keeps %s back", (name) => expect(kept(name, "x", name.toUpperCase(), "y")).toEqual([]));

  it("keeps back what the connection names", () => {
    expect(kept("connection", "X-Hop, close", "x-hop", "1", "x-end", "2")).toEqual(["x-end", "2"]);
  });
});

describe("upstreamFields", () => {
  const base = { contentType: "application/grpc", metadata: ["x-a", "1"], timeLeft: milliseconds(5) };

  it("tells what is left of the time", () => {
    expect(upstreamFields({ ...base, attempts: 0 })).toEqual([
      ...["te", "trailers", "content-type", "application/grpc", "grpc-timeout", "5000u"],
      ...["x-a", "1"],
    ]);
  });

  it("tells of attempts where there were any", () => {
    expect(upstreamFields({ ...base, attempts: 2 })).toContain("grpc-previous-rpc-attempts");
    expect(previousAttempts(["grpc-previous-rpc-attempts", "3"])).toBe(3);
    expect(previousAttempts(["grpc-previous-rpc-attempts", "-3"])).toBe(0);
    expect(previousAttempts(["grpc-previous-rpc-attempts", "9999"])).toBe(1000);
    expect(previousAttempts([])).toBe(0);
  });
});

describe("answerMetadata", () => {
  it("leaves the status, the connection, other services and what is guarded apart", () => {
    expect(
      answerMetadata(
        [
          ...[
            ":status",
            "200",
            "content-type",
            "application/grpc",
            "grpc-status",
            "0",
            "connection",
            "close",
          ],
          ...["alt-svc", "h3", "X-A", "1", "x-a-bin", "AA", "X-Own", "forged"],
        ],
        (name) => name === "x-own",
      ),
    ).toEqual(["x-a", "1", "x-a-bin", "AA"]);
  });
});
