import { describe, expect, it } from "vitest";
import { recordedChat } from "../../test/support/recorded-chat.ts";
import type { Frame } from "../exchange/codec.ts";
import { createSseReader } from "./sse.ts";

const streams = recordedChat().filter(({ isStream, response }) => isStream && response.length > 0);

function read(
  bytes: Uint8Array,
  step: number,
): { readonly frames: readonly Frame[]; readonly tail: Uint8Array } {
  const reader = createSseReader();
  const frames: Frame[] = [];
  for (let at = 0; at < bytes.length; at += step) frames.push(...reader.push(bytes.subarray(at, at + step)));
  return { frames: [...frames, ...reader.end()], tail: reader.tail() };
}

const dataOf = (frames: readonly Frame[]) =>
  frames.filter(({ kind }) => kind === "event").map(({ data }) => data);

describe.skipIf(streams.length === 0)("createSseReader on recorded streams", () => {
  it("reads the same events however they are cut, and keeps every byte", () => {
    for (const { name, response } of streams) {
      const whole = read(response, response.length);
      // Independent of our line scan: what the data lines say when split by hand.
      const plain = response
        .toString()
        .split(/\r?\n/)
        .filter((line) => line.startsWith("data:"))
        .map((line) => line.slice(line.startsWith("data: ") ? 6 : 5));
      expect(dataOf(whole.frames), name).toEqual(plain);
      for (const step of [1, 7]) {
        const cut = read(response, step);
        expect(dataOf(cut.frames), name).toEqual(plain);
        expect(
          Buffer.concat([...cut.frames.map((frame) => frame.bytes), cut.tail]).equals(response),
          name,
        ).toBe(true);
      }
    }
  });

  it("reads the same events when line ends are rewritten", () => {
    for (const { name, response } of streams) {
      const before = dataOf(read(response, response.length).frames);
      for (const lineEnd of ["\r\n", "\r"]) {
        const rewritten = Buffer.from(response.toString().replaceAll(/\r?\n/g, lineEnd));
        for (const step of [1, 7, rewritten.length]) {
          const { frames, tail } = read(rewritten, step);
          expect(dataOf(frames), name).toEqual(before);
          expect(Buffer.concat([...frames.map((frame) => frame.bytes), tail]).equals(rewritten), name).toBe(
            true,
          );
        }
      }
    }
  });
});
