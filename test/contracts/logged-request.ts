import { uuidv7 } from "../../src/kernel/ids.ts";
import { epochMs } from "../../src/kernel/units.ts";
import type { LoggedRequest } from "../../src/ports/event-log.ts";

/** The moment of the first of the records below: a minute before a UTC midnight, so that they lie in two days. */
export const firstMoment = Date.UTC(2026, 2, 14, 23, 59, 0);

/** The `index`-th record of a sequence that always is the same; one record each `stepMs`, ids sorted by `index`. */
export function loggedRequest(
  index: number,
  changes: Partial<LoggedRequest> = {},
  stepMs = 10_000,
): LoggedRequest {
  const at = epochMs(firstMoment + index * stepMs);
  const random = new Uint8Array(10);
  new DataView(random.buffer).setUint32(6, index);
  const isError = index % 3 === 2;
  return {
    id: uuidv7(at, random),
    at,
    status: isError ? 502 : 200,
    outcome: isError ? "failed" : "completed",
    model: index % 2 === 0 ? "gpt-5-mini" : "claude-sonnet-4-5",
    provider: index % 2 === 0 ? "openai" : "anthropic",
    keyId: index % 4 === 0 ? null : `key_${index % 4}`,
    tenant: index % 4 === 0 ? null : index % 2 === 0 ? "acme" : "default",
    project: index % 4 === 0 ? null : index % 3 === 0 ? "shop" : "default",
    user: index % 5 === 0 ? "ann@example.test" : null,
    dialect: "openai-chat",
    route: index % 5 === 0 ? "orders" : index % 5 === 1 ? "echo" : null,
    code: isError ? "upstream_failed" : null,
    isStream: index % 2 === 1,
    durationMs: index + 0.25,
    inputTokens: index,
    outputTokens: isError ? null : index * 2,
    costNanoUsd: isError ? null : index * 1_000_000_007,
    body: JSON.stringify({ index, text: "naïve \u{1F30A} \u0000 ".repeat(index % 5) }),
    ...changes,
  };
}
