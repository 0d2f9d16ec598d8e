/** A node that serves one request after the other and keeps the blocks of prompts that it has seen (model B). */
export interface PrefixNode {
  /** How many leading blocks it has. */
  readonly matching: (blocks: readonly number[]) => number;
  /** When it has done all that was given to it, seconds. */
  readonly freeAt: () => number;
  /** @returns When it is done, seconds. */
  readonly serve: (at: number, blocks: readonly number[]) => number;
  /** Seconds it has worked. */
  readonly busy: () => number;
}

const perBlock = 0.1;
const perRequest = 0.02;

/** First come, first served; the least recently used of `blocksMax` blocks goes. */
export function createPrefixNode(blocksMax: number): PrefixNode {
  const kept = new Set<number>();
  let freeAt = 0;
  let busy = 0;
  const matching = (blocks: readonly number[]): number => {
    const miss = blocks.findIndex((block) => !kept.has(block));
    return miss < 0 ? blocks.length : miss;
  };
  return {
    matching,
    freeAt: () => freeAt,
    serve: (at, blocks) => {
      const service = perBlock * (blocks.length - matching(blocks)) + perRequest;
      for (const block of blocks) {
        kept.delete(block);
        kept.add(block);
        if (kept.size > blocksMax) {
          const [oldest] = kept;
          if (oldest !== undefined) kept.delete(oldest);
        }
      }
      freeAt = Math.max(at, freeAt) + service;
      busy += service;
      return freeAt;
    },
    busy: () => busy,
  };
}
