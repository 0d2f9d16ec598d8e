import type { Frame } from "../exchange/codec.ts";

/**
 * Whether an event can be a whole piece of JSON, by its outside: it begins and ends as an object or an array does, and
 * its brackets are balanced. Not parsed: this runs for every event of every stream. What is no JSON by intention (the
 * word `[DONE]`, nothing at all) is whole.
 *
 * Source: resilience specification, part 8.
 */
export function looksWhole({ kind, data }: Frame): boolean {
  if (kind === "comment" || data === "" || data === "[DONE]") return true;
  const text = isBrace(data.charCodeAt(0)) && isEnd(data.charCodeAt(data.length - 1)) ? data : data.trim();
  return isBrace(text.charCodeAt(0)) && isEnd(text.charCodeAt(text.length - 1)) && isBalanced(text);
}

const quote = 0x22;
const backslash = 0x5c;
const isBrace = (code: number): boolean => code === 0x7b || code === 0x5b;
const isEnd = (code: number): boolean => code === 0x7d || code === 0x5d;

function isBalanced(text: string): boolean {
  let depth = 0;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === quote) {
      at = endOfString(text, at + 1);
      if (at < 0) return false;
    } else if (isBrace(code)) depth += 1;
    else if (isEnd(code)) {
      depth -= 1;
      if (depth === 0) return at === text.length - 1;
    }
  }
  return false;
}

/** The place of the quote that ends the string begun before `from`; -1: there is none. */
function endOfString(text: string, from: number): number {
  let at = text.indexOf('"', from);
  while (at >= 0 && isEscaped(text, at)) at = text.indexOf('"', at + 1);
  return at;
}

function isEscaped(text: string, at: number): boolean {
  let slashes = 0;
  while (text.charCodeAt(at - 1 - slashes) === backslash) slashes += 1;
  return slashes % 2 === 1;
}
