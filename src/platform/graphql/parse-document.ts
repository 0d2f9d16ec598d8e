import { type DocumentNode, GraphQLError, parse } from "graphql";
import type { GraphqlFault, GraphqlLimits } from "../../ports/graphql.ts";
import { faultOf } from "./faults.ts";

/** Longer texts are refused unread, in UTF-16 code units: what a GraphQL body may have in bytes. */
const textLengthMax = 256 * 1024;

/**
 * Parses at most as many tokens, and as many comments, as the limit allows: time and memory are bounded before any
 * other rule looks at the document.
 */
export function parseDocument(
  text: string,
  limits: Pick<GraphqlLimits, "tokens">,
): { readonly document: DocumentNode } | { readonly fault: GraphqlFault } {
  if (text.length > textLengthMax) {
    return { fault: limit("text", `The document has more than ${textLengthMax} characters.`) };
  }
  try {
    return { document: parse(text, { maxLexicalTokens: limits.tokens, maxComments: limits.tokens }) };
  } catch (thrown) {
    return { fault: faultOfThrown(thrown, limits.tokens) };
  }
}

const limit = (rule: string, message: string): GraphqlFault => ({
  kind: "limit",
  rule,
  message,
  locations: [],
});

function faultOfThrown(thrown: unknown, tokensMax: number): GraphqlFault {
  if (thrown instanceof GraphQLError) {
    return /contains more tha[nt] \d+ (tokens|comments)/.test(thrown.message)
      ? limit("tokens", `The document has more than ${tokensMax} tokens.`)
      : faultOf(thrown, "syntax", "syntax");
  }
  // The parser calls itself for each level; a limit on tokens that was set very high lets the stack end first.
  if (thrown instanceof RangeError) return limit("nesting", "The document is nested too deeply.");
  throw thrown;
}
