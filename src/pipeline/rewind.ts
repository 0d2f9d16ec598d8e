/** A body in pieces that can be read from its beginning again, as long as all that was read of it is still held. */
export interface Rewindable {
  /** Its pieces from the beginning. Only one reader at a time. */
  readonly pieces: () => AsyncIterable<Uint8Array>;
  readonly canRewind: () => boolean;
}

/**
 * @param bytesMax So much of what was read is held; beyond it there is no way back.
 */
export function rewindable(source: AsyncIterable<Uint8Array>, bytesMax: number): Rewindable {
  const rest = source[Symbol.asyncIterator]();
  let held: Uint8Array[] = [];
  let size = 0;
  let isWhole = true;
  let isRead = false;
  return {
    canRewind: () => isWhole,
    pieces: async function* () {
      if (isRead && !isWhole) throw new Error("what was read of the body is gone");
      isRead = true;
      for (const piece of [...held]) yield piece;
      for (;;) {
        const next = await rest.next();
        if (next.done === true) return;
        const piece = next.value;
        size += piece.byteLength;
        if (size > bytesMax) {
          isWhole = false;
          held = [];
        } else held.push(piece);
        yield piece;
      }
    },
  };
}
