import type { ClientDialect } from "../exchange/dialect.ts";
import { type EpochMs, isoTime } from "../kernel/units.ts";
import type { ModelEntry } from "./control.ts";

/** `GET /v1/models` in the asker's dialect: the names this key may use; patterns are not names and stay out. */
export function modelsAnswer(
  entries: readonly ModelEntry[],
  dialect: ClientDialect,
  startedAt: EpochMs,
): string {
  const named = entries.filter((entry) => entry.kind !== "pattern");
  switch (dialect) {
    case "openai-chat":
    case "openai-responses":
    case "openai-embeddings":
    case "ai-v1":
    case "ai-v1-embed": {
      const created = Math.floor(startedAt / 1000);
      return JSON.stringify({
        object: "list",
        data: named.map((entry) => ({ id: entry.name, object: "model", created, owned_by: ownerOf(entry) })),
      });
    }
    case "anthropic-messages":
    case "anthropic-count": {
      const data = named.map((entry) => ({
        type: "model",
        id: entry.name,
        display_name: entry.name,
        created_at: isoTime(startedAt),
      }));
      return JSON.stringify({
        data,
        has_more: false,
        first_id: data[0]?.id ?? null,
        last_id: data.at(-1)?.id ?? null,
      });
    }
    case "gemini-generate":
      return JSON.stringify({
        models: named.map((entry) => ({
          name: `models/${entry.name}`,
          displayName: entry.name,
          supportedGenerationMethods: ["generateContent", "streamGenerateContent"],
        })),
      });
  }
}

const ownerOf = (entry: ModelEntry): string =>
  entry.kind === "pool" ? "sallyport" : (entry.targets[0]?.provider ?? "sallyport");
