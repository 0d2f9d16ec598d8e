import { epochMs, isoTime } from "../../kernel/units.ts";
import type { LimitUnit } from "./limit.ts";
import type { Standing } from "./limiter.ts";

const toldMax = 3;

/** Names of what is counted; requests need none. Source: draft-ietf-httpapi-ratelimit-headers-11, part 3.1.2; our own with a prefix. */
const quotaUnits: Readonly<Record<LimitUnit, string | undefined>> = {
  requests: undefined,
  input_tokens: "sallyport-input-tokens",
  output_tokens: "sallyport-output-tokens",
  total_tokens: "sallyport-tokens",
  cost_nano_usd: "sallyport-nano-usd",
  content_bytes: "content-bytes",
  graphql_cost: "sallyport-graphql-cost",
  concurrent: "concurrent-requests",
};

const byTightness = (left: Standing, right: Standing): number =>
  left.left / left.inForce - right.left / right.inForce;

const seconds = (ms: number): number => Math.max(1, Math.ceil(ms / 1000));

/** An integer of a structured field has fifteen digits. Source: RFC 9651, part 3.3.1. */
const integer = (value: number): string =>
  String(Math.min(999_999_999_999_999, Math.max(0, Math.floor(value))));

/**
 * `RateLimit-Policy` and `RateLimit` of the three limits of which least is left, as names and values in turn:
 *
 *     RateLimit-Policy: "team-rpm";q=60;w=60, "team-tpm";q=200000;qu="sallyport-tokens";w=60
 *     RateLimit: "team-rpm";r=12;t=30, "team-tpm";r=51200;t=15
 *
 * `w` and `t` in seconds; `t`: when the bucket is full again.
 *
 * @param retryAfterMs `t` is never later, so that no client waits longer than `Retry-After` says.
 * Source: draft-ietf-httpapi-ratelimit-headers-11.
 */
export function rateLimitFields(standings: readonly Standing[], retryAfterMs?: number): readonly string[] {
  const told = standings.toSorted(byTightness).slice(0, toldMax);
  if (told.length === 0) return [];
  const latest = retryAfterMs === undefined ? Number.POSITIVE_INFINITY : seconds(retryAfterMs);
  const policies = told.map(({ limit, inForce }) => {
    const unit = quotaUnits[limit.unit];
    const window = limit.unit === "concurrent" ? "" : `;w=${integer(seconds(limit.perMs))}`;
    return `"${limit.id}";q=${integer(inForce)}${unit === undefined ? "" : `;qu="${unit}"`}${window}`;
  });
  const states = told.map(({ limit, left, fullInMs }) => {
    const reset =
      limit.unit === "concurrent" || fullInMs === 0
        ? ""
        : `;t=${integer(Math.min(latest, seconds(fullInMs)))}`;
    return `"${limit.id}";r=${integer(left)}${reset}`;
  });
  return ["ratelimit-policy", policies.join(", "), "ratelimit", states.join(", ")];
}

type Counted = "requests" | "tokens" | "input-tokens" | "output-tokens";

const countedAs: Readonly<Partial<Record<LimitUnit, Counted>>> = {
  requests: "requests",
  total_tokens: "tokens",
  input_tokens: "input-tokens",
  output_tokens: "output-tokens",
};

/** The tightest of each kind. */
function tightest(standings: readonly Standing[]): ReadonlyMap<Counted, Standing> {
  const found = new Map<Counted, Standing>();
  for (const standing of standings) {
    const kind = countedAs[standing.limit.unit];
    if (kind === undefined) continue;
    const known = found.get(kind);
    if (known === undefined || byTightness(standing, known) < 0) found.set(kind, standing);
  }
  return found;
}

/** `x-ratelimit-{limit,remaining,reset}-{requests,tokens}`; a reset is a span: `1s`, `6m0s`, `20ms`. Source: OpenAI, "Rate limits in headers". */
export function openAiFields(standings: readonly Standing[]): readonly string[] {
  const found = tightest(standings);
  const tokens = found.get("tokens") ?? found.get("input-tokens") ?? found.get("output-tokens");
  return [["requests", found.get("requests")] as const, ["tokens", tokens] as const].flatMap(
    ([kind, standing]) =>
      standing === undefined
        ? []
        : [
            `x-ratelimit-limit-${kind}`,
            integer(standing.inForce),
            `x-ratelimit-remaining-${kind}`,
            integer(standing.left),
            `x-ratelimit-reset-${kind}`,
            printSpan(standing.fullInMs),
          ],
  );
}

/** `anthropic-ratelimit-{requests,tokens,…}-{limit,remaining,reset}`; a reset is a moment. Source: Anthropic, "Rate limits", "Response headers". */
export function anthropicFields(standings: readonly Standing[], nowMs: number): readonly string[] {
  return [...tightest(standings)].flatMap(([kind, { inForce, left, fullInMs }]) => [
    `anthropic-ratelimit-${kind}-limit`,
    integer(inForce),
    `anthropic-ratelimit-${kind}-remaining`,
    integer(left),
    `anthropic-ratelimit-${kind}-reset`,
    `${isoTime(epochMs(Math.ceil((nowMs + fullInMs) / 1000) * 1000)).slice(0, 19)}Z`,
  ]);
}

function printSpan(ms: number): string {
  if (ms < 1000) return `${Math.ceil(ms)}ms`;
  const whole = Math.ceil(ms / 1000);
  const [hours, minutes, rest] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  if (hours > 0) return `${hours}h${minutes}m${rest}s`;
  return minutes > 0 ? `${minutes}m${rest}s` : `${rest}s`;
}
