/** A body in pieces that can be read from its beginning again, as long as all that was read of it is still held. */
export interface Rewindable {
  /** Its pieces from the beginning. A reader that was given up may still be waiting: what it gets is the next one's too. */
  readonly pieces: () => AsyncIterable<Uint8Array>;
  readonly canRewind: () => boolean;
}

/**
 * @param bytesMax So much of what was read is held; beyond it there is no way back.
 */
export function rewindable(source: AsyncIterable<Uint8Array>, bytesMax: number): Rewindable {
  const rest = source[Symbol.asyncIterator]();
  let held: Uint8Array[] = [];
  /** How many pieces before the held ones are gone. */
  let gone = 0;
  let size = 0;
  let isWhole = true;
  let isDone = false;
  let isRead = false;
  let pull: Promise<void> | undefined;
  const take = (next: IteratorResult<Uint8Array>): void => {
    pull = undefined;
    if (next.done === true) {
      isDone = true;
      return;
    }
    size += next.value.byteLength;
    if (size > bytesMax) isWhole = false;
    held.push(next.value);
  };
  return {
    canRewind: () => isWhole,
    pieces: async function* () {
      if (isRead && !isWhole) throw new Error("what was read of the body is gone");
      isRead = true;
      for (let at = 0; ; at += 1) {
        while (at >= gone + held.length) {
          if (isDone) return;
          pull ??= rest.next().then(take);
          await pull;
        }
        const piece = held[at - gone];
        if (!isWhole) {
          held = held.slice(at + 1 - gone);
          gone = at + 1;
        }
        if (piece !== undefined) yield piece;
      }
    },
  };
}
