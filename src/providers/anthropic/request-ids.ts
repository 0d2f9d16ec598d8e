import { fingerprint128 } from "../../kernel/fnv.ts";
import { base62 } from "../../kernel/ids.ts";

/**
 * Gives the tool-call ids of one request the form Anthropic takes, `^[a-zA-Z0-9_-]+$`. What fits passes; anything
 * else becomes a hash of itself, so that a call and its result keep meeting, in this request and on every replay.
 */
export function createToolIds(): (original: string) => string {
  const given = new Map<string, string>();
  const taken = new Set<string>();
  return (original) => {
    const known = given.get(original);
    if (known !== undefined) return known;
    let id = /^[a-zA-Z0-9_-]+$/.test(original) ? original : hashed(original);
    for (let salt = 1; taken.has(id); salt += 1) id = hashed(`${original}#${salt}`);
    given.set(original, id);
    taken.add(id);
    return id;
  };
}

function hashed(text: string): string {
  return `toolu_${base62(fingerprint128(text))}`;
}
