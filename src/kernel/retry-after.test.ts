import { describe, expect, it } from "vitest";
import { countersIn, forbidsRetry, readRetryAfter, spanOf } from "./retry-after.ts";

const date = "Fri, 27 Nov 2026 09:00:00 GMT";

describe("readRetryAfter", () => {
  it.for<{ name: string; headers: Record<string, string>; ms: number | undefined }>([
    { name: "nothing", headers: {}, ms: undefined },
    {
      name: "milliseconds before seconds",
      headers: { "retry-after-ms": "1500", "retry-after": "9" },
      ms: 1500,
    },
    { name: "seconds", headers: { "retry-after": "7" }, ms: 7000 },
    { name: "a fraction of a second, rounded up", headers: { "retry-after": "0.0201" }, ms: 21 },
    { name: "zero", headers: { "retry-after": "0" }, ms: 0 },
    { name: "a negative number", headers: { "retry-after": "-3" }, ms: undefined },
    { name: "words", headers: { "retry-after": "soon" }, ms: undefined },
    { name: "an empty value", headers: { "retry-after": " " }, ms: undefined },
    {
      name: "a date against the answer's own",
      headers: { date, "retry-after": "Fri, 27 Nov 2026 09:02:00 GMT" },
      ms: 120_000,
    },
    {
      name: "a date over the end of a year",
      headers: { date: "Thu, 31 Dec 2026 23:59:58 GMT", "retry-after": "Fri, 01 Jan 2027 00:00:01 GMT" },
      ms: 3000,
    },
    {
      name: "a date that has passed",
      headers: { date, "retry-after": "Fri, 27 Nov 2026 08:00:00 GMT" },
      ms: 0,
    },
    {
      name: "a date beside none",
      headers: { "retry-after": "Fri, 27 Nov 2026 08:00:00 GMT" },
      ms: undefined,
    },
    { name: "more than a day", headers: { "retry-after": "999999" }, ms: 86_400_000 },
    {
      name: "the pushback of gRPC, after what HTTP says and before what is used up",
      headers: {
        "grpc-retry-pushback-ms": "250",
        "x-ratelimit-remaining-requests": "0",
        "x-ratelimit-reset-requests": "6m0s",
      },
      ms: 250,
    },
    {
      name: "seconds before a pushback",
      headers: { "grpc-retry-pushback-ms": "250", "retry-after": "3" },
      ms: 3000,
    },
    { name: "a negative pushback", headers: { "grpc-retry-pushback-ms": "-1" }, ms: undefined },
    {
      name: "the reset of what is used up, not of what is left",
      headers: {
        "x-ratelimit-remaining-requests": "0",
        "x-ratelimit-reset-requests": "6m0s",
        "x-ratelimit-remaining-tokens": "5000",
        "x-ratelimit-reset-tokens": "9m",
      },
      ms: 360_000,
    },
    {
      name: "the later of two that are used up",
      headers: {
        "x-ratelimit-remaining-requests": "0",
        "x-ratelimit-reset-requests": "120ms",
        "x-ratelimit-remaining-tokens": "0",
        "x-ratelimit-reset-tokens": "1.5s",
      },
      ms: 1500,
    },
    {
      name: "a time of RFC 3339",
      headers: {
        date,
        "anthropic-ratelimit-input-tokens-remaining": "0",
        "anthropic-ratelimit-input-tokens-reset": "2026-11-27T09:00:30Z",
      },
      ms: 30_000,
    },
    {
      name: "a reset that cannot be read",
      headers: { "x-ratelimit-remaining-requests": "0", "x-ratelimit-reset-requests": "later" },
      ms: undefined,
    },
  ])("reads $name", ({ headers, ms }) => {
    expect(readRetryAfter(new Map(Object.entries(headers)))).toBe(ms);
  });
});

it.for([
  ["-1", true],
  ["-250", true],
  ["0", false],
  ["250", false],
  ["never", false],
] as const)("a pushback of %s forbids to ask again: %s", ([text, isForbidden]) => {
  expect(forbidsRetry(new Map([["grpc-retry-pushback-ms", text]]))).toBe(isForbidden);
  expect(forbidsRetry(new Map())).toBe(false);
});

it.for([
  ["34s", 34_000],
  ["34.4s", 34_400],
  ["1h2m3s", 3_723_000],
  ["2d", 172_800_000],
  ["5", 5000],
  ["-5s", undefined],
  ["s", undefined],
  ["", undefined],
] as const)("spanOf(%s) is %s", ([text, ms]) => {
  expect(spanOf(text)).toBe(ms);
});

describe("countersIn", () => {
  it.for<{ name: string; headers: Record<string, string>; counters: ReturnType<typeof countersIn> }>([
    { name: "nothing", headers: { "retry-after": "1" }, counters: [] },
    {
      name: "OpenAI's family",
      headers: {
        "x-ratelimit-limit-requests": "500",
        "x-ratelimit-remaining-requests": "499",
        "x-ratelimit-reset-requests": "120ms",
        "x-ratelimit-limit-tokens": "30000",
        "x-ratelimit-remaining-tokens": "0",
      },
      counters: [
        { kind: "requests", limit: 500, remaining: 499, resetMs: 120 },
        { kind: "tokens", limit: 30_000, remaining: 0, resetMs: undefined },
      ],
    },
    {
      name: "Anthropic",
      headers: {
        date,
        "anthropic-ratelimit-input-tokens-limit": "50000",
        "anthropic-ratelimit-input-tokens-remaining": "49000",
        "anthropic-ratelimit-input-tokens-reset": "2026-11-27T09:00:30Z",
      },
      counters: [{ kind: "input-tokens", limit: 50_000, remaining: 49_000, resetMs: 30_000 }],
    },
    {
      name: "halves, words and a limit of nothing, which say nothing",
      headers: {
        "x-ratelimit-limit-requests": "500",
        "x-ratelimit-remaining-tokens": "7",
        "anthropic-ratelimit-requests-limit": "many",
        "anthropic-ratelimit-requests-remaining": "4",
        "x-ratelimit-limit-input-tokens": "0",
        "x-ratelimit-remaining-input-tokens": "0",
        "x-ratelimit-limit-output-tokens": "10",
        "x-ratelimit-remaining-output-tokens": "-1",
      },
      counters: [],
    },
  ])("reads $name", ({ headers, counters }) => {
    expect(countersIn(new Map(Object.entries(headers)))).toEqual(counters);
  });
});
