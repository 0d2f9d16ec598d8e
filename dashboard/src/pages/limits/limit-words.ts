import { money } from "../../format/money.ts";
import { count } from "../../format/numbers.ts";
import { longSpan } from "../../format/time.ts";
import type { LimitState } from "../../generated/client.ts";

export const units = [
  { value: "requests", name: "requests" },
  { value: "concurrent", name: "requests at the same time" },
  { value: "input_tokens", name: "tokens in" },
  { value: "output_tokens", name: "tokens out" },
  { value: "total_tokens", name: "tokens" },
  { value: "cost_nano_usd", name: "nano-dollars" },
  { value: "content_bytes", name: "bytes" },
  { value: "graphql_cost", name: "GraphQL cost" },
] as const;

/** `1,000`, or money. */
export const amountOf = (unit: string, amount: number): string =>
  unit === "cost_nano_usd" ? money(amount) : count(amount);

/** `100 requests / 1 min`. */
export function rateOf({ unit, limit, perMs }: Pick<LimitState, "unit" | "limit" | "perMs">): string {
  const many = units.find(({ value }) => value === unit)?.name ?? unit;
  const named = limit === 1 ? many.replace(/s\b/, "") : many;
  const amount = unit === "cost_nano_usd" ? money(limit) : `${count(limit)} ${named}`;
  return unit === "concurrent" ? amount : `${amount} / ${perMs < 1000 ? `${perMs} ms` : longSpan(perMs)}`;
}

/** Whose buckets they are, and for whom alone it holds. */
export function boundsOfLimit({ scope, for: of }: Pick<LimitState, "scope" | "for">): string {
  const each = scope.length === 1 && scope[0] === "global" ? "all together" : `each ${scope.join(" and ")}`;
  const bounds = Object.entries(of).flatMap(([kind, names]) =>
    names.length === 0 ? [] : [`${kind} ${names.join(", ")}`],
  );
  return [each, ...bounds].join(" · ");
}
