/** The pieces as one; `size` is the sum of theirs. A single piece is not copied. */
export function joined(pieces: readonly Uint8Array[], size: number): Uint8Array {
  const [only] = pieces;
  if (pieces.length === 1 && only !== undefined) return only;
  const whole = new Uint8Array(size);
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.length;
  }
  return whole;
}

/** All the pieces of a body, held. */
export async function wholeOf(
  pieces: AsyncIterable<Uint8Array> | undefined,
): Promise<Uint8Array | undefined> {
  if (pieces === undefined) return undefined;
  const held = await Array.fromAsync(pieces);
  return joined(
    held,
    held.reduce((sum, { byteLength }) => sum + byteLength, 0),
  );
}
