import { RE2JS, RE2JSException } from "re2js";
import type { CompiledPattern } from "../../ports/expressions.ts";

/** A pattern of RE2: linear in the text, so that nobody's text can take for ever. */
export function compilePattern(text: string): CompiledPattern {
  try {
    const compiled = RE2JS.compile(text);
    return {
      kind: "pattern",
      find: (within, from) => {
        const matcher = compiled.matcher(within);
        return matcher.find(from) ? { start: matcher.start(), end: matcher.end() } : undefined;
      },
    };
  } catch (thrown) {
    if (!(thrown instanceof RE2JSException)) throw thrown;
    return { kind: "problem", message: thrown.message };
  }
}
