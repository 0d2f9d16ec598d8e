/** An answer that needs no time: sent in one write, and the same for every request like it. */
export interface InstantAnswer {
  readonly headers: Readonly<Record<string, string>>;
  readonly bytes: Buffer;
  readonly isStream: boolean;
}

/** The latest instant answers by request, so that a bench measures what stands before the sandbox and not the sandbox. */
export interface InstantAnswers {
  readonly find: (key: string) => InstantAnswer | undefined;
  readonly keep: (key: string, answer: InstantAnswer) => void;
  readonly clear: () => void;
}

const answersMax = 64;
const keyLengthMax = 32 * 1024;
const answerBytesMax = 256 * 1024;

/** What an instant answer depends on besides the seed: all of the request that the sandbox reads. */
export const instantKey = (url: URL, directions: string, body: string): string =>
  `${url.pathname}${url.search}\n${directions}\n${body}`;

export function createInstantAnswers(): InstantAnswers {
  const kept = new Map<string, InstantAnswer>();
  return {
    find: (key) => kept.get(key),
    clear: () => kept.clear(),
    keep: (key, answer) => {
      if (key.length > keyLengthMax || answer.bytes.length > answerBytesMax) return;
      if (kept.size >= answersMax) kept.clear();
      kept.set(key, answer);
    },
  };
}
