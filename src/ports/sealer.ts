/** Marks text as made by this installation, so that it can be trusted when a client brings it back. Implementation: `platform/secrets`. */
export interface Sealer {
  /** Names the key, so that texts of an older one can be told apart. */
  readonly keyId: string;
  /** The mark of a text: 22 characters, base64url. */
  readonly mark: (text: string) => string;
  /** Whether `mark` is the mark of `text`; takes the same time whatever the answer. */
  readonly isMarked: (text: string, mark: string) => boolean;
}
