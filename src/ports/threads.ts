/** A thread of this process. It keeps the process alive only between `ref` and `unref`. */
export interface Thread {
  /** What is sent is copied; it arrives in the order of sending. */
  readonly send: (message: unknown) => void;
  readonly ref: () => void;
  readonly unref: () => void;
  readonly end: () => Promise<void>;
}

/** What a thread is begun with, and who hears from it. */
export interface ThreadParts<Message> {
  /** What its program finds in its `ThreadData`; empty when absent. */
  readonly data?: string;
  /** For whoever looks at the threads of the process; Node's own when absent. */
  readonly name?: string;
  /** The most its heap may hold of what lives long; Node's own bound when absent. */
  readonly heapMebibytesMax?: number;
  readonly onMessage: (message: Message) => void;
  /** It died, or could not be begun. Not called once `end` was. */
  readonly onDeath: (why: Error) => void;
}

/** Begins threads; none of them is given the environment. Implementation: `platform/threads`. */
export interface Threads {
  /** @param program A file of this package; it finds `ThreadData` as its `workerData`. */
  readonly begin: <Message>(program: URL, parts: ThreadParts<Message>) => Thread;
}

/** What the program of a thread is given. */
export interface ThreadData {
  readonly data: string;
  readonly port: {
    readonly on: (event: "message", hear: (message: never) => void) => unknown;
    readonly postMessage: (message: unknown) => void;
  };
}
