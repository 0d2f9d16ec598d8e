import { hash } from "node:crypto";
import type { Ask } from "./ask.ts";

/** How much of a prompt was found in the cache and how much was put there, in tokens. */
export interface CacheUse {
  readonly cacheRead: number;
  readonly cacheWrite: number;
}

/** Remembers the prefixes of long prompts, as providers do. */
export interface PromptCache {
  /** Looks the prompt up and puts it in. `mode` says whether the client must mark what is to be cached. */
  readonly use: (ask: Ask, mode: "automatic" | "marked" | "none") => CacheUse;
  readonly clear: () => void;
}

/** Prompts shorter than this are never cached: the least of OpenAI and Anthropic alike. */
export const cacheableTokens = 1_024;
const rememberedPrefixes = 10_000;

/**
 * A prompt cache by hashes of whole prompt units. Automatic (OpenAI): every prefix is kept, hits are told in steps of 128
 * tokens and cost nothing to write. Marked (Anthropic): only prefixes that end at a `cache_control` are kept and found.
 */
export function createPromptCache(): PromptCache {
  const known = new Set<string>();
  return { use, clear: () => known.clear() };

  function use(ask: Ask, mode: "automatic" | "marked" | "none"): CacheUse {
    if (mode === "none") return { cacheRead: 0, cacheWrite: 0 };
    const prefixes = prefixesOf(ask, mode);
    const read = prefixes.findLast((prefix) => known.has(prefix.key))?.tokens ?? 0;
    for (const { key } of prefixes) remember(key);
    if (mode === "automatic") return { cacheRead: Math.floor(read / 128) * 128, cacheWrite: 0 };
    return { cacheRead: read, cacheWrite: (prefixes.at(-1)?.tokens ?? 0) - read };
  }

  function remember(key: string): void {
    known.delete(key);
    known.add(key);
    if (known.size <= rememberedPrefixes) return;
    for (const oldest of known) {
      known.delete(oldest);
      return;
    }
  }
}

function prefixesOf(
  ask: Ask,
  mode: "automatic" | "marked",
): readonly { readonly key: string; readonly tokens: number }[] {
  const total = ask.prompt.reduce((sum, unit) => sum + unit.tokens, 0);
  if (total < cacheableTokens) return [];
  const prefixes: { key: string; tokens: number }[] = [];
  let key = ask.model;
  let tokens = 0;
  for (const unit of ask.prompt) {
    key = hash("sha256", `${key}\u0000${unit.text}`);
    tokens += unit.tokens;
    if (tokens >= cacheableTokens && (mode === "automatic" || unit.isMarked)) prefixes.push({ key, tokens });
  }
  return prefixes;
}
