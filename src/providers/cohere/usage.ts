import type { Usage } from "../../exchange/usage.ts";
import type { JsonSlice } from "../../framing/json-slices.ts";
import { isJsonObject, type Json, type JsonObject, RawJson } from "../../kernel/json.ts";
import { type Tokens, tokens } from "../../kernel/units.ts";

/**
 * Reads a `usage`. The tokens are those the model saw and wrote; what is charged are the `billed_units`, which leave
 * out Cohere's own instructions: they are kept as counts. Nothing told stays `undefined`.
 *
 * Source: AI models specification, part 13; `cohere-ai` 8.1.0, `Usage`.
 */
export function readUsage(value: Json | undefined, raw: JsonSlice | undefined): Usage | undefined {
  if (!isJsonObject(value)) return undefined;
  const seen = objectIn(value, "tokens");
  const billed = objectIn(value, "billed_units");
  const total = count(seen, "input_tokens");
  const cacheRead = count(value, "cached_tokens");
  const output = count(seen, "output_tokens");
  const counts = {
    ...told("billedInputTokens", count(billed, "input_tokens")),
    ...told("billedOutputTokens", count(billed, "output_tokens")),
    ...told("searchUnits", count(billed, "search_units")),
    ...told("classifications", count(billed, "classifications")),
  };
  return {
    input: {
      ...told("total", total),
      ...told("uncached", uncachedOf(total, cacheRead)),
      ...told("cacheRead", cacheRead),
    },
    output: told("total", output),
    ...(Object.keys(counts).length > 0 && { counts }),
    basis: "reported",
    ...(raw !== undefined && { raw: new RawJson(raw.text()) }),
  };
}

/** What is left of the prompt; not guessed where the cache gave more than there was. */
function uncachedOf(total: Tokens | undefined, cacheRead: Tokens | undefined): Tokens | undefined {
  const uncached = total === undefined ? -1 : total - (cacheRead ?? 0);
  return uncached < 0 ? undefined : tokens(uncached);
}

function objectIn(usage: JsonObject, member: string): JsonObject {
  const value = usage[member];
  return isJsonObject(value) ? value : {};
}

function count(object: JsonObject, member: string): Tokens | undefined {
  const value = object[member];
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0 ? tokens(value) : undefined;
}

function told<Name extends string>(name: Name, value: Tokens | undefined): { readonly [N in Name]?: Tokens } {
  const known: { [N in Name]?: Tokens } = {};
  if (value !== undefined) known[name] = value;
  return known;
}
