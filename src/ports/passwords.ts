/** Passwords of people, in the only form in which they are kept. Implementation: `platform/secrets`. */
export interface Passwords {
  /** Slow on purpose; few run at once, the others wait. */
  readonly hash: (password: string) => Promise<string>;
  /** `false` also for a hash that is none. As slow as `hash`, whatever the answer. */
  readonly verify: (password: string, hash: string) => Promise<boolean>;
}
