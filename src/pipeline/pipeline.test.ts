import { describe, expect, it } from "vitest";
import { milliseconds, monotonicMs } from "../kernel/units.ts";
import { passedHeaders, warningsField } from "./answer-headers.ts";
import { maskCredential } from "./mask.ts";
import { problemsError } from "./problems.ts";
import { createStageLog } from "./stage-log.ts";

describe("warningsField", () => {
  it("is a structured-field list", () => {
    expect(
      warningsField([
        { kind: "dropped", subject: "top_k" },
        { kind: "clamped", subject: 'a"b\\é', note: "0 to 1" },
      ]),
    ).toBe('dropped;param="top_k", clamped;param="a\\"b\\\\?";note="0 to 1"');
  });
  it("stays below 4 KiB and says how many it left out", () => {
    const field = warningsField(
      Array.from({ length: 300 }, (_, index) => ({
        kind: "dropped" as const,
        subject: `member_number_${index}`,
      })),
    );
    expect(field.length).toBeLessThan(4200);
    expect(field).toMatch(/, more;count=\d+$/);
  });
});

describe("passedHeaders", () => {
  it("passes what clients of a provider rely on and keeps the rest", () => {
    const headers = new Map([
      ["content-type", "a"],
      ["set-cookie", "b"],
      ["x-request-id", "c"],
      ["x-ratelimit-limit-requests", "d"],
      ["server", "e"],
      ["alt-svc", "f"],
      ["content-length", "3"],
    ]);
    expect(passedHeaders({ status: 200, headers })).toEqual([
      "content-type",
      "a",
      "x-request-id",
      "c",
      "x-ratelimit-limit-requests",
      "d",
    ]);
  });
});

describe("maskCredential", () => {
  const mask = (body: string, credential: string | undefined) =>
    Buffer.from(maskCredential(Buffer.from(body), credential)).toString();
  it.for<{ name: string; body: string; expected: string }>([
    {
      name: "the whole key",
      body: "Incorrect key: sk-abcdefghijkl.",
      expected: "Incorrect key: ***************.",
    },
    { name: "eight characters of it", body: "key defghijk given", expected: "key ******** given" },
    {
      name: "two places",
      body: "sk-abcdefghijkl sk-abcdefghijkl",
      expected: "*************** ***************",
    },
    { name: "seven characters stay", body: "defghij", expected: "defghij" },
    {
      name: "text around multi-byte characters",
      body: "ü sk-abcdefghijkl ü",
      expected: "ü *************** ü",
    },
  ])("masks $name", ({ body, expected }) => {
    expect(mask(body, "sk-abcdefghijkl")).toBe(expected);
  });
  it("returns the same bytes when there is nothing to mask", () => {
    const body = Buffer.from("fine");
    expect(maskCredential(body, "sk-abcdefghijkl")).toBe(body);
    expect(maskCredential(body, undefined)).toBe(body);
  });
});

describe("problemsError", () => {
  it("names each place, what was expected and what came", () => {
    const error = problemsError([
      { path: "messages", expected: "an array", got: "a string" },
      { path: "", expected: "an object", got: "null" },
    ]);
    expect(error.publicMessage).toBe(
      "The request body is not valid: `messages`: expected an array, got a string; the body: expected an object, got null.",
    );
    expect(error.facts.param).toBe("messages");
  });
});

describe("stage log", () => {
  it("lets each door begin where the one before ended, and skips time outside the doors", () => {
    let now = 0;
    const log = createStageLog(() => monotonicMs(now), monotonicMs(0));
    now = 2;
    log.record("identify", "know", "key k");
    now = 10;
    log.resume();
    now = 11;
    log.record("decode", "read", "chat");
    expect(log.records()).toEqual([
      {
        stage: "identify",
        decision: "know",
        reason: "key k",
        startedAt: milliseconds(0),
        tookMs: milliseconds(2),
      },
      {
        stage: "decode",
        decision: "read",
        reason: "chat",
        startedAt: milliseconds(10),
        tookMs: milliseconds(1),
      },
    ]);
  });
});
