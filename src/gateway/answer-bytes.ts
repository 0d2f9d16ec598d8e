import type { RequestRecord } from "../exchange/settlement.ts";

/** How many bytes answers have for each of their tokens, learned from those whose bytes have a price. Bounded. */
export interface AnswerBytes {
  readonly perToken: (target: string, isStream: boolean) => number;
  readonly settled: (record: RequestRecord) => void;
}

/** Until some are known: a stream tells each token in a frame of its own. */
const assumed = { whole: 6, stream: 200 } as const;
const learningRate = 0.1;
const knownMax = 2000;

export function createAnswerBytes(): AnswerBytes {
  const known = new Map<string, number>();
  const nameOf = (target: string, isStream: boolean): string => `${target} ${isStream ? "stream" : "whole"}`;
  const perToken: AnswerBytes["perToken"] = (target, isStream) =>
    known.get(nameOf(target, isStream)) ?? (isStream ? assumed.stream : assumed.whole);
  return {
    perToken,
    settled: (record) => {
      const now = bytesPerTokenOf(record);
      const name = nameOf(`${record.provider}/${record.upstreamModel}`, record.isStream);
      const before = known.get(name);
      if (now === undefined || (before === undefined && known.size >= knownMax)) return;
      known.set(name, before === undefined ? now : before + learningRate * (now - before));
    },
  };
}

/** Of several tries nobody knows which has had how many. */
function bytesPerTokenOf({ outcome, attempts, usage, cost }: RequestRecord): number | undefined {
  const line = cost?.egress?.lines.find(({ unit }) => unit === "receivedBytes");
  if (line === undefined || outcome !== "completed" || attempts.length !== 1) return undefined;
  const tokens = usage?.basis === "reported" ? usage.output.total : undefined;
  return tokens === undefined || tokens === 0 ? undefined : line.quantity / tokens;
}
