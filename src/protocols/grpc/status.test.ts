import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { GatewayError } from "../../kernel/errors.ts";
import { codeNames, codeOfHttp, codeOfReset, grpcCode } from "./codes.ts";
import { statusOfFailure } from "./failure.ts";
import { decodeMessage, encodeMessage, readStatus, statusFields, statusOfError } from "./status.ts";

describe("grpc-message", () => {
  it("is read as it was told, in printable ASCII", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme" }), (message) => {
        const told = encodeMessage(message);
        expect(told).toMatch(/^[\x20-\x7e]*$/);
        expect(decodeMessage(told)).toBe(message);
      }),
    );
  });

  it.for([
    { message: "100%", told: "100%25" },
    { message: "ä\n", told: "%C3%A4%0A" },
    { message: "plain text, with ~ and spaces", told: "plain text, with ~ and spaces" },
  ])("tells $message", ({ message, told }) => expect(encodeMessage(message)).toBe(told));

  it("keeps what is no triple", () => {
    expect(decodeMessage("100% %zz %4")).toBe("100% %zz %4");
    expect(decodeMessage("%FF")).toBe("\ufffd");
  });
});

describe("codes", () => {
  it("stand at their numbers", () => {
    expect(codeNames.map((name) => grpcCode[name])).toEqual(codeNames.map((_, index) => index));
  });

  it.for<[http: number, code: number]>([
    [400, 13],
    [401, 16],
    [403, 7],
    [404, 12],
    [429, 14],
    [502, 14],
    [503, 14],
    [504, 14],
    [500, 2],
    [301, 2],
  ])("of HTTP %d is %d", ([http, code]) => expect(codeOfHttp(http)).toBe(code));

  it.for<[reset: number, code: number]>([
    [0, 13],
    [1, 13],
    [2, 13],
    [3, 13],
    [4, 13],
    [6, 13],
    [7, 14],
    [8, 1],
    [9, 13],
    [10, 13],
    [11, 8],
    [12, 7],
    [99, 2],
  ])("of RST_STREAM %d is %d", ([reset, code]) => expect(codeOfReset(reset)).toBe(code));
});

describe("a status", () => {
  it("tells when to try again as RetryInfo", () => {
    const error = new GatewayError("rate_limited", "private", { message: "Zu viel.", retryAfterMs: 1500 });
    const fields = statusFields(statusOfError(error));
    expect(fields.slice(0, 4)).toEqual(["grpc-status", "8", "grpc-message", "Zu viel."]);
    // Status{8,"Zu viel.",[Any{RetryInfo,{retry_delay{1 s, 500,000,000 ns}}}]} by the rules of the encoding.
    const duration = Buffer.from("08011080cab5ee01", "hex");
    const info = Buffer.concat([Buffer.from([0x0a, duration.length]), duration]);
    const url = Buffer.from("type.googleapis.com/google.rpc.RetryInfo");
    const any = Buffer.concat([Buffer.from([0x0a, url.length]), url, Buffer.from([0x12, info.length]), info]);
    const status = Buffer.concat([
      Buffer.from([0x08, 8, 0x12, 8]),
      Buffer.from("Zu viel."),
      Buffer.from([0x1a, any.length]),
      any,
    ]);
    expect(fields.slice(4)).toEqual([
      "grpc-status-details-bin",
      status.toString("base64").replace(/=+$/, ""),
    ]);
  });

  it("is read as it was told, details too", () => {
    const detail = fc.record({ type: fc.stringMatching(/^[a-z.]{1,20}$/), value: fc.uint8Array() });
    fc.assert(
      fc.property(fc.nat(16), fc.string(), fc.array(detail), (code, message, details) => {
        expect(readStatus(statusFields({ code, message, details }))).toEqual({ code, message, details });
      }),
    );
  });

  it.for<{ name: string; list: readonly string[]; ms: number | undefined }>([
    { name: "pushback", list: ["grpc-retry-pushback-ms", "250"], ms: 250 },
    { name: "pushback that forbids it", list: ["grpc-retry-pushback-ms", "-1"], ms: undefined },
    { name: "pushback that is no number", list: ["grpc-retry-pushback-ms", "soon"], ms: undefined },
    { name: "nothing", list: [], ms: undefined },
    {
      name: "RetryInfo before pushback",
      list: [
        ...statusFields(
          statusOfError(new GatewayError("overloaded", "full", { retryAfterMs: 61_250 })),
        ).slice(2),
        ...["grpc-retry-pushback-ms", "250"],
      ],
      ms: 61_250,
    },
  ])("tells when to ask again: $name", ({ list, ms }) =>
    expect(readStatus(["grpc-status", "14", ...list])?.retryAfterMs).toBe(ms),
  );

  it("survives details that are no protobuf", () => {
    fc.assert(
      fc.property(fc.uint8Array(), (bytes) => {
        const packed = Buffer.from(bytes).toString("base64");
        expect(readStatus(["grpc-status", "3", "grpc-status-details-bin", packed])?.code).toBe(3);
      }),
    );
  });

  it("of a word that is no code is unknown", () => {
    expect(readStatus(["Grpc-Status", "bad"])?.code).toBe(2);
    expect(readStatus(["x", "1"])).toBeUndefined();
  });

  it("never tells the detail of a failure, nor a stranger's words", () => {
    const failure = { code: "upstream_unreachable", detail: "10.1.2.3 refused", wasSent: false } as const;
    expect(JSON.stringify(statusOfFailure(failure))).not.toContain("10.1.2.3");
    expect(statusOfFailure(failure).code).toBe(14);
    expect(statusOfFailure({ ...failure, resetCode: 8 }).code).toBe(1);
  });
});
