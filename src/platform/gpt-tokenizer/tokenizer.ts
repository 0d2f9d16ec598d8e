import type { Thread, Threads } from "../../ports/threads.ts";
import type { Tokenizer, Vocabulary } from "../../ports/tokenizer.ts";

const thread = new URL(
  import.meta.url.endsWith(".ts") ? "./tokenizer-thread.ts" : "./tokenizer-thread.js",
  import.meta.url,
);

/** What the thread is sent, and what it answers. */
export interface CountJob {
  readonly id: number;
  readonly vocabulary: Vocabulary;
  readonly texts: readonly string[];
}
export interface CountAnswer {
  readonly id: number;
  readonly counts: readonly number[];
  readonly error: string | undefined;
}

/** So many counts may wait: what comes on top is refused, and estimated. */
const waitingMax = 100;

/** One thread, begun with the first count: the vocabularies take 70 MiB and a tenth of a second to load. */
export function createTokenizer(threads: Threads): Tokenizer {
  const waiting = new Map<
    number,
    { resolve: (counts: readonly number[]) => void; reject: (why: Error) => void }
  >();
  let worker: Thread | undefined;
  let jobs = 0;

  const begin = (): Thread =>
    threads.begin(thread, {
      onMessage: ({ id, counts, error }: CountAnswer) => {
        const job = waiting.get(id);
        waiting.delete(id);
        if (waiting.size === 0) worker?.unref();
        if (error === undefined) job?.resolve(counts);
        else job?.reject(new Error(error));
      },
      onDeath: (why) => {
        worker = undefined;
        failAll(why);
      },
    });
  const failAll = (why: Error): void => {
    const failed = [...waiting.values()];
    waiting.clear();
    for (const { reject } of failed) reject(why);
  };
  return {
    count: (vocabulary, texts) =>
      new Promise((resolve, reject) => {
        if (waiting.size >= waitingMax) {
          reject(new Error(`${waitingMax} counts are waiting`));
          return;
        }
        jobs += 1;
        waiting.set(jobs, { resolve, reject });
        worker ??= begin();
        worker.ref();
        const job: CountJob = { id: jobs, vocabulary, texts };
        worker.send(job);
      }),
    close: async () => {
      const ending = worker;
      worker = undefined;
      failAll(new Error("the gateway is shutting down"));
      await ending?.end();
    },
  };
}
