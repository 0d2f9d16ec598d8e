const token = /\s?[^\s]{1,8}|\s{1,8}/gu;

/**
 * Cuts `text` into the sandbox's own tokens: up to 8 visible characters with the one space before them, or up to 8
 * spaces. English prose has a token a word, near what real tokenizers count. The pieces joined give the text again,
 * no piece ends inside a character, and every streamed piece is exactly one token, so usage is exact.
 */
export function tokenize(text: string): readonly string[] {
  return text.match(token) ?? [];
}

/** How many tokens `tokenize` would give, without keeping them. */
export function countTokens(text: string): number {
  const scan = new RegExp(token);
  let count = 0;
  while (scan.test(text)) count += 1;
  return count;
}
