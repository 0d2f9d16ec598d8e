import { createRateLimits, type Limit } from "../src/capabilities/rate-limit/index.ts";
import { createLimitState } from "../src/capabilities/rate-limit/limiter.ts";
import { createSeededRandom } from "../src/platform/memory/index.ts";
import { systemClock } from "../src/platform/system/index.ts";
import { type CostRow, costOf, heldBytes } from "./cost-of.ts";

const limits: readonly Limit[] = [
  { id: "rpm", scope: ["key"], unit: "requests", limit: 1_000_000, perMs: 1000, for: {} },
  { id: "tpm", scope: ["tenant"], unit: "total_tokens", limit: 1e12, perMs: 1000, for: {} },
  { id: "model", scope: ["key", "model"], unit: "requests", limit: 1_000_000, perMs: 1000, for: {} },
];
const keys = Array.from({ length: 1000 }, (_, index) => `key_${index}`);
const bucketCount = 1_000_000;

/** A request that has three limits: chosen, charged, and settled with what it took. */
export function limitRows(): readonly CostRow[] {
  const rooms = createRateLimits({
    clock: systemClock,
    random: createSeededRandom(4),
    counted: () => undefined,
  });
  rooms.configure(limits);
  const ask = (index: number) => ({
    subject: { key: keys[index % keys.length] ?? "", tenant: "acme", model: "fast" },
    amounts: { requests: 1, inputTokens: 100, outputTokens: 200 },
    holdMs: 660_000,
  });
  return [
    ["rate limits: admission, three at once", costOf((index) => void rooms.admit(ask(index)), 100), "≤ 2 µs"],
    [
      "rate limits: admission and settlement, three at once",
      costOf((index) => rooms.admit(ask(index))?.settle({ inputTokens: 90, outputTokens: 150 }), 100),
      "-",
    ],
  ];
}

/** Bytes of a million buckets that are not full, their names among them. */
export function bucketBytes(): number {
  const state = createLimitState(
    { id: "l", scope: ["key"], unit: "requests", limit: 10, perMs: 3_600_000, for: {} },
    bucketCount,
  );
  const { bytes } = heldBytes(() => {
    for (let index = 0; index < bucketCount; index += 1)
      // As flat as a name that came with a request.
      state.buckets.set(
        Buffer.from(`key_${index.toString(36).padStart(12, "0")}`).toString("latin1"),
        1e15,
        0,
      );
  });
  if (state.buckets.size() !== bucketCount) throw new Error("buckets got lost");
  return bytes;
}
