import { describe, expect, it } from "vitest";
import { hasRecordedTraffic, recordedTraffic } from "../../test/support/recorded-traffic.ts";
import type { Frame } from "../exchange/codec.ts";
import { createEventStreamReader, encodeEventStreamMessage } from "./aws-event-stream.ts";
import { readEventStreamHeaders } from "./aws-event-stream-headers.ts";

const hasTraffic = hasRecordedTraffic();
/** The streams among the recorded exchanges with Bedrock: their first byte is the high one of a length. */
const streams = hasTraffic
  ? [...recordedTraffic("bedrock.converse"), ...recordedTraffic("bedrock.invoke")].filter(
      ({ response }) => response[0] === 0,
    )
  : [];

function read(bytes: Uint8Array, step: number): readonly Frame[] {
  const reader = createEventStreamReader();
  const frames: Frame[] = [];
  for (let at = 0; at < bytes.length; at += step) frames.push(...reader.push(bytes.subarray(at, at + step)));
  return [...frames, ...reader.end()];
}

const shown = (frames: readonly Frame[]) =>
  frames.map(({ bytes, ...told }) => ({ ...told, hex: Buffer.from(bytes).toString("hex") }));

describe.skipIf(!hasTraffic)("createEventStreamReader on recorded streams of Bedrock", () => {
  it("reads all frames of all streams, and keeps every byte", () => {
    let count = 0;
    for (const { name, response } of streams) {
      const frames = read(response, response.length);
      count += frames.length;
      expect(Buffer.concat(frames.map(({ bytes }) => bytes)).equals(response), name).toBe(true);
      for (const { data } of frames) expect(JSON.parse(data), name).toBeTypeOf("object");
    }
    // The counts of the data's own description.
    expect({ streams: streams.length, frames: count }).toEqual({ streams: 48, frames: 1334 });
  });

  it("reads the same frames however the streams are cut", () => {
    for (const { name, response } of streams) {
      const whole = shown(read(response, response.length));
      for (const step of [1, 7, 1000]) expect(shown(read(response, step)), name).toEqual(whole);
    }
  });

  it("writes again what it has read, to the byte", () => {
    for (const { name, response } of streams) {
      for (const { bytes } of read(response, response.length)) {
        const size = new DataView(bytes.buffer, bytes.byteOffset).getUint32(4);
        const headers = Object.fromEntries(readEventStreamHeaders(bytes.subarray(12, 12 + size)));
        const again = encodeEventStreamMessage(headers, bytes.subarray(12 + size, bytes.length - 4));
        expect(Buffer.from(again).equals(bytes), name).toBe(true);
      }
    }
  });

  it("notices a flipped bit in any byte of a recorded stream", () => {
    const response = streams.toSorted((left, right) => left.response.length - right.response.length)[0]
      ?.response;
    if (response === undefined) throw new Error("there is no recorded stream");
    for (let at = 0; at < response.length; at += 1) {
      const garbled = Buffer.from(response);
      garbled[at] = (garbled[at] ?? 0) ^ (1 << (at % 8));
      expect(() => read(garbled, garbled.length), String(at)).toThrow("upstream_malformed_response");
    }
  });
});
