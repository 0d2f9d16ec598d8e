/** The public vocabularies of OpenAI's models. */
export type Vocabulary = "o200k" | "cl100k";

/** Counts the tokens of texts, off the thread that serves requests. Implementation: `platform/gpt-tokenizer`. */
export interface Tokenizer {
  /**
   * The tokens of each text. Words that mean something to a model, like `<|endoftext|>`, are text like any other.
   * Rejects when nothing can be counted: then an estimate has to do.
   */
  readonly count: (vocabulary: Vocabulary, texts: readonly string[]) => Promise<readonly number[]>;
  readonly close: () => Promise<void>;
}
