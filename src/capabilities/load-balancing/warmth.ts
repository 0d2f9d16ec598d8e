import { blockBytes, createPrefixIndex, type PrefixIndex, type Prompt, prefixKeys } from "./prefix-index.ts";

/** Where the beginning of a prompt is likely to be kept. Members by their place in the pool. */
export interface Warm {
  /** Tokens of the prompt that a member will not have to work through. */
  readonly savedAt: (member: number) => number;
  /** Who has most of it; `undefined`: nobody has any. */
  readonly warmest: number | undefined;
  /** It is sent there, and will be kept there. */
  readonly sentTo: (member: number, now: number) => void;
  /** What a member told that it had kept, in tokens: teaches how much of what should be there is. */
  readonly told: (member: number, cachedTokens: number) => void;
}

/** What a pool knows of the prompts that its members have had. Owned by it. */
export interface Warmth {
  readonly of: (prompt: Prompt, now: number) => Warm;
}

const bytesPerToken = 4;
const tokensPerBlock = blockBytes / bytesPerToken;
const keptShareFirst = 0.7;
const learningRate = 0.05;

export function createWarmth(members: number): Warmth {
  let index: PrefixIndex | undefined;
  /** Of the tokens that match, those that were kept: a moving mean. */
  let keptShare = keptShareFirst;
  return {
    of: (prompt, now) => {
      const keys = prefixKeys(prompt);
      index ??= createPrefixIndex(members);
      const made = index;
      const matches = made.matches(keys, now);
      const most = Math.max(...matches);
      return {
        savedAt: (member) => (matches[member] ?? 0) * tokensPerBlock * keptShare,
        warmest: most === 0 ? undefined : matches.indexOf(most),
        sentTo: (member, at) => made.remember(keys, member, at),
        told: (member, cachedTokens) => {
          const matched = (matches[member] ?? 0) * tokensPerBlock;
          if (matched > 0) keptShare += learningRate * (Math.min(1, cachedTokens / matched) - keptShare);
        },
      };
    },
  };
}
