/** A text file, or why there is no text: `there is no such file`, a clause without full stop. */
export type FileReading =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "unreadable"; readonly reason: string };

/** Where the configuration text is from. Implementation: `platform/file-config`. */
export interface ConfigSource {
  /** The name to show: the path as it was given. */
  readonly name: string;
  readonly read: () => Promise<FileReading>;
  /** Names the further files that count as part of the configuration: those its `file:` references were read from. */
  readonly follow: (files: readonly string[]) => void;
  /**
   * Calls `changed` each time the text or a followed file is no longer what was last read, once it has held still.
   * Becoming unreadable is a change too. At most one watch at a time; the answer ends it.
   */
  readonly watch: (changed: () => void) => () => void;
}
