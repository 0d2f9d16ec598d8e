import { fingerprint128 } from "../../kernel/fnv.ts";
import { base62 } from "../../kernel/ids.ts";

/**
 * Gives the tool-call ids of one request the form Mistral takes: exactly nine letters and digits. What fits passes;
 * anything else becomes the beginning of a hash of itself, so that a call and its result keep meeting, in this request
 * and on every replay. Where two would get the same id, the later one's hash is salted.
 */
export function createToolIds(): (original: string) => string {
  const given = new Map<string, string>();
  const taken = new Set<string>();
  return (original) => {
    const known = given.get(original);
    if (known !== undefined) return known;
    let id = /^[a-zA-Z0-9]{9}$/.test(original) ? original : hashed(original);
    for (let salt = 1; taken.has(id); salt += 1) id = hashed(`${original}#${salt}`);
    given.set(original, id);
    taken.add(id);
    return id;
  };
}

function hashed(text: string): string {
  return base62(fingerprint128(text)).slice(0, 9);
}
