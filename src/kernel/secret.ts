/** What is shown wherever a secret would be printed. */
export const maskedSecret = "***";

const inspect = Symbol.for("nodejs.util.inspect.custom");

/**
 * Text that may be used but not shown: strings, JSON, `console.log` and template literals all print `***`.
 * Only `reveal` gives it away, so that a search for `.reveal(` finds every place that touches one.
 */
export class Secret {
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  /** The text itself; never to be logged, printed or put into an error. */
  reveal(): string {
    return this.#text;
  }

  /** Whether both hide the same text. Not in constant time: for comparing configurations, never for checking a caller's. */
  equals(other: Secret): boolean {
    return this.#text === other.#text;
  }

  toString(): string {
    return maskedSecret;
  }

  toJSON(): string {
    return maskedSecret;
  }

  [inspect](): string {
    return maskedSecret;
  }
}
