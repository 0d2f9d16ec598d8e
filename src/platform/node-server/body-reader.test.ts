import { once } from "node:events";
import { PassThrough } from "node:stream";
import { afterEach, describe, expect, it } from "vitest";
import { type BodySource, createBodyReader } from "./body-reader.ts";

describe("createBodyReader", () => {
  const reader = createBodyReader({
    bodiesBytesMax: 1000,
    bodyIdleTimeoutMs: 60_000,
    bodyRateMinBytesPerSecond: 0,
  });
  afterEach(reader.close);

  const sourceOf = (readable: PassThrough): BodySource => ({
    readable,
    answer: { closed: false, on: () => undefined },
    isWhole: () => true,
    announced: 0,
  });
  const inPieces = async (source: BodySource): Promise<number> => {
    let size = 0;
    for await (const piece of reader.stream(source, 10)) size += piece.length;
    return size;
  };
  const ended = async (): Promise<PassThrough> => {
    const readable = new PassThrough({ autoDestroy: false });
    readable.end();
    readable.resume();
    await once(readable, "end");
    return readable;
  };

  it("gives a body that had ended before anybody asked for it", async () => {
    expect(await inPieces(sourceOf(await ended()))).toBe(0);
    expect(await reader.read(sourceOf(await ended()), 10)).toHaveLength(0);
  });

  it("counts the pieces that are held like a body that is read whole", async () => {
    const readable = new PassThrough();
    readable.end(Buffer.alloc(1001));
    const held = reader.stream(sourceOf(readable), 2000, { isHeld: true });
    await expect(held[Symbol.asyncIterator]().next()).rejects.toMatchObject({ code: "overloaded" });
  });

  it("tells who asks late that the client has gone", async () => {
    const gone = new PassThrough().destroy();
    await once(gone, "close");
    await expect(inPieces(sourceOf(gone))).rejects.toMatchObject({ code: "client_closed" });
    await expect(reader.read(sourceOf(gone), 10)).rejects.toMatchObject({ code: "client_closed" });
  });
});
