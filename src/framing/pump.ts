/** What takes bytes; `node:stream`'s writables have this shape. */
export interface Sink {
  /** `false`: it reads slower than we write; wait for `drain`. */
  readonly write: (chunk: Uint8Array) => boolean;
  readonly once: (event: "drain" | "close", listener: () => void) => unknown;
}

/**
 * Writes all pieces, each once the sink has room. The last one is not the end of the sink: that is the caller's.
 *
 * @returns Whether all were taken; `false`: the sink was closed before, of which the source was told at once.
 * @throws What the source throws.
 */
export async function pump(pieces: AsyncIterable<Uint8Array>, sink: Sink): Promise<boolean> {
  const source = pieces[Symbol.asyncIterator]();
  let isClosed = false;
  let wake: () => void = () => undefined;
  sink.once("close", () => {
    isClosed = true;
    wake();
    source.return?.().catch(() => undefined);
  });
  for (;;) {
    const next = await source.next();
    if (isClosed) return false;
    if (next.done === true) return true;
    if (!sink.write(next.value))
      await new Promise<void>((resolve) => {
        wake = resolve;
        sink.once("drain", resolve);
      });
  }
}
