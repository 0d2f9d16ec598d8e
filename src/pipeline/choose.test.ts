import { describe, expect, it } from "vitest";
import type { Candidate } from "../exchange/target.ts";
import type { ErrorCode } from "../kernel/errors.ts";
import { type Choice, type Failed, nextMove, type Seat } from "./choose.ts";

/** `name` or `name:tier`, `+` for each try, `!` for out, `~` for held. */
function seatOf(text: string): Seat & { readonly name: string } {
  const [, name = "", tier = "0", marks = ""] = /^(\w+)(?::(\d))?([+!~]*)$/.exec(text) ?? [];
  const target = {
    provider: name,
    model: "m",
    abilities: windows[name] === undefined ? {} : { contextTokens: { value: windows[name] } },
  };
  return {
    name,
    // Only the target is looked at.
    candidate: { target } as unknown as Candidate,
    tier: Number(tier),
    tries: marks.split("+").length - 1,
    isOut: marks.includes("!"),
    isHeld: marks.includes("~"),
    isFull: false,
  };
}
const windows: Readonly<Record<string, number>> = { small: 1000, large: 2000 };

interface Case {
  readonly name: string;
  readonly seats: readonly string[];
  /** The seat that failed last, and how. */
  readonly last?: readonly [name: string, code: ErrorCode];
  readonly cools?: Readonly<Record<string, number>>;
  /** Cool, but may be asked when nobody else can. */
  readonly blocked?: readonly string[];
  readonly leftMs?: number;
  readonly noBudget?: boolean;
  readonly fallbackOn?: readonly string[];
  readonly move: string;
}

function move({ seats: texts, last, cools = {}, blocked = [], ...more }: Case): string {
  const seats = texts.map(seatOf);
  const failed = seats.find(({ name }) => name === last?.[0]);
  const nameOf = ({ provider }: { readonly provider: string }): string => provider;
  const choice: Choice = {
    seats,
    rules: {
      retry: { perTarget: 2, total: 6, waitForRetryAfterMs: 5000 },
      fallbackOn: new Set(
        (more.fallbackOn ?? ["upstream", "rate-limit", "timeout", "context-length", "quota"]) as "upstream"[],
      ),
      cooldownMaxWaitMs: 10_000,
    },
    retrier: {
      mayTry: () => more.noBudget !== true,
      coolsFor: (target) => cools[nameOf(target)] ?? 0,
      waitsFor: (target) => (blocked.includes(nameOf(target)) ? 0 : (cools[nameOf(target)] ?? 0)),
      usualMs: () => 100,
      backoffMs: () => 50,
    },
    tries: seats.reduce((sum, { tries }) => sum + tries, 0),
    perTarget: 2,
    leftMs: more.leftMs ?? 60_000,
  };
  const failure =
    last === undefined || failed === undefined
      ? undefined
      : ({
          seat: failed,
          result: { kind: "failed", failure: { code: last[1], status: 500, message: "" }, native: undefined },
        } satisfies Failed);
  const next = nextMove(choice, failure);
  if (next.kind === "end") return "end";
  const seat = seats.find((one) => one === next.seat);
  return `${seat?.name}${next.waitMs > 0 ? ` after ${next.waitMs}` : ""}`;
}

const failed = "upstream_failed";
const limited = "upstream_rate_limited";

describe("nextMove", () => {
  it.for<Case>([
    { name: "the first", seats: ["a", "b:1"], move: "a" },
    { name: "not one that cools", seats: ["a", "b:1"], cools: { a: 500 }, move: "b" },
    { name: "not one that is out or held", seats: ["a!", "b~", "c"], move: "c" },
    {
      name: "all cool: the soonest is waited for",
      seats: ["a", "b:1"],
      cools: { a: 900, b: 500 },
      move: "b after 500",
    },
    { name: "all cool for too long", seats: ["a", "b:1"], cools: { a: 90_000, b: 20_000 }, move: "end" },
    { name: "all cool, and no time to wait", seats: ["a"], cools: { a: 900 }, leftMs: 800, move: "end" },
    {
      name: "all blocked: asked all the same",
      seats: ["a"],
      cools: { a: 3_600_000 },
      blocked: ["a"],
      move: "a",
    },
    { name: "a sibling at once", seats: ["a+", "b", "c:1"], last: ["a", failed], move: "b" },
    { name: "without a sibling once more", seats: ["a+", "b:1"], last: ["a", failed], move: "a after 50" },
    { name: "then the fallback", seats: ["a++", "b:1"], last: ["a", failed], move: "b" },
    {
      name: "never twice after a timeout",
      seats: ["a+!", "b:1"],
      last: ["a", "upstream_timeout"],
      move: "b",
    },
    {
      name: "a rate limit is waited for",
      seats: ["a+", "b:1"],
      last: ["a", limited],
      cools: { a: 2000 },
      move: "a after 2000",
    },
    { name: "unless it is long", seats: ["a+", "b:1"], last: ["a", limited], cools: { a: 6000 }, move: "b" },
    {
      name: "and nobody else is there",
      seats: ["a+"],
      last: ["a", limited],
      cools: { a: 6000 },
      move: "end",
    },
    {
      name: "E5: a quota is never tried again",
      seats: ["a+!", "b:1"],
      last: ["a", "upstream_quota_exhausted"],
      move: "b",
    },
    {
      name: "a failure that is no cause to fall back",
      seats: ["a++", "b:1"],
      last: ["a", failed],
      fallbackOn: ["timeout"],
      move: "end",
    },
    {
      name: "a refusal is not routed around",
      seats: ["a+", "b"],
      last: ["a", "content_refused"],
      move: "end",
    },
    {
      name: "nor a mistake of the client",
      seats: ["a+", "b"],
      last: ["a", "upstream_rejected"],
      move: "end",
    },
    {
      name: "a prompt too long goes where there is more room",
      seats: ["large+!", "small:1", "other:2"],
      last: ["large", "context_length_exceeded"],
      move: "other",
    },
    {
      name: "or to a larger window",
      seats: ["small+!", "large"],
      last: ["small", "context_length_exceeded"],
      move: "large",
    },
    {
      name: "six tries are enough",
      seats: ["a++", "b:1++", "c:2++", "d:3"],
      last: ["c", failed],
      move: "end",
    },
    { name: "no budget, no try", seats: ["a+", "b"], last: ["a", failed], noBudget: true, move: "end" },
    { name: "the first try needs none", seats: ["a"], noBudget: true, move: "a" },
    { name: "no time for an answer, no try", seats: ["a+"], last: ["a", failed], leftMs: 120, move: "end" },
    {
      name: "a fallback that cools is waited for at last",
      seats: ["a++", "b:1"],
      last: ["a", failed],
      cools: { b: 700 },
      move: "b after 700",
    },
  ])("$name", (one) => {
    expect(move(one)).toBe(one.move);
  });
});
