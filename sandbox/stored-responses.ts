import type { Json, JsonObject } from "../src/kernel/json.ts";

/** One answer of the Responses API that later calls may build on. */
export interface StoredResponse {
  readonly id: string;
  /** The answer as it went out whole. */
  readonly text: string;
  /** The items of the conversation up to and with this answer. */
  readonly items: readonly Json[];
  /** Upper bound of what it holds in memory. */
  readonly bytes: number;
}

/** The last stored answers, bounded in number and in bytes; the oldest go first. */
export interface StoredResponses {
  readonly keep: (response: StoredResponse) => void;
  readonly find: (id: string) => StoredResponse | undefined;
  /** An item of an answer that is still stored, by its own id. */
  readonly item: (id: string) => JsonObject | undefined;
  /** Whether there was such an answer. */
  readonly remove: (id: string) => boolean;
}

const responsesMax = 1_000;
const bytesMax = 64 * 1024 * 1024;

export function createStoredResponses(): StoredResponses {
  const kept = new Map<string, StoredResponse>();
  let bytes = 0;
  return { keep, find: (id) => kept.get(id), item, remove };

  function keep(response: StoredResponse): void {
    remove(response.id);
    kept.set(response.id, response);
    bytes += response.bytes;
    for (const id of kept.keys()) {
      if (kept.size <= responsesMax && bytes <= bytesMax) return;
      remove(id);
    }
  }

  function remove(id: string): boolean {
    const response = kept.get(id);
    if (!response) return false;
    bytes -= response.bytes;
    return kept.delete(id);
  }

  function item(id: string): JsonObject | undefined {
    for (const { items } of kept.values()) {
      for (const candidate of items) if (hasId(candidate, id)) return candidate;
    }
    return undefined;
  }
}

const hasId = (item: Json, id: string): item is JsonObject =>
  typeof item === "object" && item !== null && !Array.isArray(item) && "id" in item && item["id"] === id;
