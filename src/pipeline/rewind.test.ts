import { describe, expect, it } from "vitest";
import { rewindable } from "./rewind.ts";

const piecesOf = (...texts: readonly string[]): Uint8Array[] =>
  texts.map((text) => new TextEncoder().encode(text));
async function* given(pieces: readonly Uint8Array[]): AsyncGenerator<Uint8Array, void> {
  yield* pieces;
}
const read = async (from: AsyncIterable<Uint8Array>): Promise<string> =>
  (await Array.fromAsync(from)).map((piece) => new TextDecoder().decode(piece)).join("");

describe("rewindable", () => {
  it("is read from its beginning again, whether it was read in part or whole", async () => {
    const body = rewindable(given(piecesOf("a", "b", "c")), 10);
    for await (const piece of body.pieces()) {
      expect(new TextDecoder().decode(piece)).toBe("a");
      break;
    }
    expect(await read(body.pieces())).toBe("abc");
    expect(await read(body.pieces())).toBe("abc");
    expect(body.canRewind()).toBe(true);
  });

  it("passes all of what it cannot hold, once", async () => {
    const body = rewindable(given(piecesOf("ab", "cd", "ef")), 3);
    expect(await read(body.pieces())).toBe("abcdef");
    expect(body.canRewind()).toBe(false);
    await expect(read(body.pieces())).rejects.toThrow("gone");
  });

  it("loses no piece for which a reader waited that was given up", async () => {
    const came = Promise.withResolvers<Uint8Array>();
    const source = async function* (): AsyncGenerator<Uint8Array, void> {
      yield await came.promise;
      yield* piecesOf("2");
    };
    const body = rewindable(source(), 10);
    const first = body.pieces()[Symbol.asyncIterator]();
    void first.next();
    const second = read(body.pieces());
    came.resolve(new TextEncoder().encode("1"));
    expect(await second).toBe("12");
  });

  it("fails for whoever reads it when its source does", async () => {
    const body = rewindable(
      (async function* (): AsyncGenerator<Uint8Array, void> {
        yield* piecesOf("1");
        throw new Error("broken");
      })(),
      10,
    );
    await expect(read(body.pieces())).rejects.toThrow("broken");
  });
});
