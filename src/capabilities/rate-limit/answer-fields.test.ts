import { describe, expect, it } from "vitest";
import { parseList } from "../../kernel/structured-fields.ts";
import { epochMs } from "../../kernel/units.ts";
import { anthropicFields, openAiFields, rateLimitFields } from "./answer-fields.ts";
import type { Limit } from "./limit.ts";
import type { Standing } from "./limiter.ts";

const standing = (id: string, more: Partial<Standing & Pick<Limit, "unit" | "perMs">> = {}): Standing => {
  const { unit = "requests", perMs = 60_000, ...rest } = more;
  const limit: Limit = { id, scope: ["key"], unit, limit: 60, perMs, for: {} };
  return { limit, scope: "a", inForce: 60, left: 12, fullInMs: 30_000, ...rest };
};
const tpm = standing("team-tpm", { unit: "total_tokens", inForce: 200_000, left: 51_200, fullInMs: 14_500 });

describe("rateLimitFields", () => {
  it("writes the fields of the draft", () => {
    expect(rateLimitFields([standing("team-rpm"), tpm])).toEqual([
      "ratelimit-policy",
      '"team-rpm";q=60;w=60, "team-tpm";q=200000;qu="sallyport-tokens";w=60',
      "ratelimit",
      '"team-rpm";r=12;t=30, "team-tpm";r=51200;t=15',
    ]);
  });

  it("tells of three at most, those of which least is left", () => {
    const lefts = [50, 10, 30, 20].map((left) => standing(`l${left}`, { left }));
    expect(rateLimitFields(lefts)[3]).toBe('"l10";r=10;t=30, "l20";r=20;t=30, "l30";r=30;t=30');
    expect(rateLimitFields([])).toEqual([]);
  });

  it("never says `t` to be later than Retry-After", () => {
    expect(rateLimitFields([standing("a"), tpm], 4200)[3]).toBe('"a";r=12;t=5, "team-tpm";r=51200;t=5');
  });

  it("stays within the grammar whatever the numbers are", () => {
    for (const unit of ["cost_nano_usd", "concurrent", "content_bytes", "graphql_cost"] as const)
      for (const value of [0, 0.4, 1e18]) {
        const [, policy, , state] = rateLimitFields([
          standing("a.b-c", { unit, perMs: 1, inForce: value, left: value, fullInMs: value }),
        ]);
        expect(parseList(policy ?? "")).toHaveLength(1);
        expect(parseList(state ?? "")).toHaveLength(1);
      }
  });
});

describe("the headers of the dialects", () => {
  it("are OpenAI's, a span each, of the tightest of each kind", () => {
    expect(
      openAiFields([standing("wide", { left: 59 }), standing("rpm", { fullInMs: 370_000 }), tpm]),
    ).toEqual([
      ...["x-ratelimit-limit-requests", "60", "x-ratelimit-remaining-requests", "12"],
      ...["x-ratelimit-reset-requests", "6m10s", "x-ratelimit-limit-tokens", "200000"],
      ...["x-ratelimit-remaining-tokens", "51200", "x-ratelimit-reset-tokens", "15s"],
    ]);
    expect(openAiFields([standing("a", { fullInMs: 20 })]).at(-1)).toBe("20ms");
    expect(openAiFields([standing("a", { fullInMs: 7_200_000 })]).at(-1)).toBe("2h0m0s");
  });

  it("are Anthropic's, a moment each", () => {
    const output = standing("out", { unit: "output_tokens", left: 5 });
    expect(anthropicFields([standing("rpm"), output], epochMs(1_767_225_600_000))).toEqual([
      ...["anthropic-ratelimit-requests-limit", "60", "anthropic-ratelimit-requests-remaining", "12"],
      ...["anthropic-ratelimit-requests-reset", "2026-01-01T00:00:30Z"],
      ...[
        "anthropic-ratelimit-output-tokens-limit",
        "60",
        "anthropic-ratelimit-output-tokens-remaining",
        "5",
      ],
      ...["anthropic-ratelimit-output-tokens-reset", "2026-01-01T00:00:30Z"],
    ]);
  });
});
