/** A piece of a rule's text between blanks and comments. */
export interface Token {
  readonly text: string;
  readonly from: number;
  readonly to: number;
  /** False: a literal, the name of a part (`a.not`), or the key of a map, where words are no words. */
  readonly isWordOrSign: boolean;
}

/**
 * Strings with their prefixes, of one line or three quotes; comments; names; numbers; signs. What is unfinished goes on to
 * the end: whoever parses it will say so.
 * Source: CEL language definition, "Lexis".
 */
const lexeme =
  /(?<blank>\s+|\/\/[^\n]*)|(?<text>(?:[rR][bB]?|[bB][rR]?)?(?:"""|'''|"|'))|(?<name>[A-Za-z_][A-Za-z0-9_]*)|(?<number>(?:\d|\.\d)[\w.]*)|(?<sign>&&|\|\||==|!=|<=|>=|[^])/gy;

export function tokensOf(written: string): readonly Token[] {
  const tokens: Token[] = [];
  lexeme.lastIndex = 0;
  for (let match = lexeme.exec(written); match !== null; match = lexeme.exec(written)) {
    const { groups = {} } = match;
    const from = match.index;
    if (groups["blank"] !== undefined) continue;
    if (groups["text"] !== undefined) lexeme.lastIndex = endOfText(written, from, groups["text"]);
    const to = lexeme.lastIndex;
    const isLiteral = groups["text"] !== undefined || groups["number"] !== undefined;
    const isPart =
      groups["name"] !== undefined && tokens.at(-1)?.text === "." && tokens.at(-1)?.isWordOrSign === true;
    tokens.push({ text: written.slice(from, to), from, to, isWordOrSign: !isLiteral && !isPart });
  }
  return withoutKeys(tokens);
}

function endOfText(written: string, from: number, opening: string): number {
  const quote = opening.replace(/^[rRbB]+/, "");
  const isRaw = /[rR]/.test(opening);
  for (let at = from + opening.length; at < written.length; at += 1) {
    if (written[at] === "\\" && !isRaw) at += 1;
    else if (written.startsWith(quote, at)) return at + quote.length;
  }
  return written.length;
}

/** `{not: 1}`: a name between `{` or a comma and a colon, inside braces, is a key. */
function withoutKeys(tokens: readonly Token[]): readonly Token[] {
  const open: string[] = [];
  return tokens.map((token, index) => {
    const before = tokens[index - 1]?.text;
    if (token.isWordOrSign && ["(", "[", "{"].includes(token.text)) open.push(token.text);
    else if (token.isWordOrSign && [")", "]", "}"].includes(token.text)) open.pop();
    const isKey =
      open.at(-1) === "{" &&
      (before === "{" || before === ",") &&
      tokens[index + 1]?.text === ":" &&
      token.text !== "{";
    return isKey ? { ...token, isWordOrSign: false } : token;
  });
}
