/** A running system that passes chat completions on to the mock upstream. */
export interface SystemUnderTest {
  readonly name: SystemName;
  /** The process whose cost counts. */
  readonly pid: number;
  /** Origin without a final slash. */
  readonly url: string;
  /** The path that is asked for; absent: that of chat completions. */
  readonly target?: string;
  /** What its clients must send besides `content-type`. */
  readonly headers: Readonly<Record<string, string>>;
  readonly end: () => Promise<void>;
}

/** `direct` is the mock upstream itself, without anything before it. */
export type SystemName = "direct" | "nginx" | "sallyport" | "portkey";
