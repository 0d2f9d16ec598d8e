import { type DocumentNode, GraphQLError, parse, TokenKind } from "graphql";
import type { GraphqlFault, GraphqlLimits } from "../../ports/graphql.ts";
import { faultOf } from "./faults.ts";

/** Longer texts are refused unread, in UTF-16 code units: what a GraphQL body may have in bytes. */
const textLengthMax = 256 * 1024;

/** Lists, input objects and types of lists within each other. No tool writes more, and rules walk a value again and again. */
export const valueNestingMax = 32;
/** Selections within each other beyond the levels of fields: inline fragments, which add no level. */
const fragmentNestingMax = 100;

/**
 * Parses at most as many tokens, and as many comments, as the limit allows: time and memory are bounded before any
 * other rule looks at the document.
 */
export function parseDocument(
  text: string,
  limits: Pick<GraphqlLimits, "tokens" | "depth">,
): { readonly document: DocumentNode } | { readonly fault: GraphqlFault } {
  if (text.length > textLengthMax) {
    return { fault: limit("text", `The document has more than ${textLengthMax} characters.`) };
  }
  try {
    const document = parse(text, { maxLexicalTokens: limits.tokens, maxComments: limits.tokens });
    const fault = nestingFault(document, limits.depth + fragmentNestingMax);
    return fault === undefined ? { document } : { fault };
  } catch (thrown) {
    return { fault: faultOfThrown(thrown, limits.tokens) };
  }
}

/** One pass over the tokens: whatever stands in parentheses is a value, or its type. */
function nestingFault({ loc }: DocumentNode, selectionsMax: number): GraphqlFault | undefined {
  let [parentheses, values, selections] = [0, 0, 0];
  for (let token = loc?.startToken ?? null; token !== null; token = token.next) {
    const step = steps.get(token.kind) ?? 0;
    if (token.kind === TokenKind.PAREN_L || token.kind === TokenKind.PAREN_R) parentheses += step;
    else if (parentheses > 0) values += step;
    else selections += step;
    if (values <= valueNestingMax && selections <= selectionsMax) continue;
    const { line, column } = token;
    return { ...limit("nesting", "The document is nested too deeply."), locations: [{ line, column }] };
  }
  return undefined;
}

/** What opens leads one level down, what closes one up. */
const steps: ReadonlyMap<TokenKind, number> = new Map([
  [TokenKind.PAREN_L, 1],
  [TokenKind.PAREN_R, -1],
  [TokenKind.BRACKET_L, 1],
  [TokenKind.BRACKET_R, -1],
  [TokenKind.BRACE_L, 1],
  [TokenKind.BRACE_R, -1],
]);

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
