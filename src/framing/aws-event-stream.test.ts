import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Frame } from "../exchange/codec.ts";
import { type ErrorCode, GatewayError } from "../kernel/errors.ts";
import { createEventStreamReader, encodeEventStreamMessage } from "./aws-event-stream.ts";
import {
  type EventStreamHeaders,
  type HeaderValue,
  readEventStreamHeaders,
} from "./aws-event-stream-headers.ts";
import { crc32 } from "./crc32.ts";

const encode = (text: string): Uint8Array => new TextEncoder().encode(text);
const hex = (digits: string): Uint8Array => new Uint8Array(Buffer.from(digits.replaceAll(" ", ""), "hex"));

/** Reads `bytes` cut before each of the offsets, to the end. */
function read(bytes: Uint8Array, cuts: readonly number[] = []): readonly Frame[] {
  const reader = createEventStreamReader();
  const edges = [0, ...cuts.toSorted((left, right) => left - right), bytes.length];
  const frames = edges
    .slice(1)
    .flatMap((edge, index) => reader.push(bytes.subarray(edges[index] ?? 0, edge)));
  return [...frames, ...reader.end()];
}

const shown = (frames: readonly Frame[]) =>
  frames.map(({ bytes, ...told }) => ({ ...told, hex: Buffer.from(bytes).toString("hex") }));

function codeOf(act: () => unknown): ErrorCode | undefined {
  try {
    act();
    return undefined;
  } catch (thrown) {
    return GatewayError.from(thrown).code;
  }
}

const event = (type: string, payload: string): Uint8Array =>
  encodeEventStreamMessage(
    { ":event-type": type, ":content-type": "application/json", ":message-type": "event" },
    payload,
  );

/** A message whose lengths say what they like; its checksums are right. */
function message(
  payload: Uint8Array,
  lengths: { readonly total?: number; readonly headers?: number } = {},
): Uint8Array {
  const bytes = new Uint8Array(16 + payload.length);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, lengths.total ?? bytes.length);
  view.setUint32(4, lengths.headers ?? 0);
  view.setUint32(8, crc32(bytes.subarray(0, 8)));
  bytes.set(payload, 12);
  view.setUint32(bytes.length - 4, crc32(bytes.subarray(0, bytes.length - 4)));
  return bytes;
}

describe("encodeEventStreamMessage", () => {
  it.for<{
    readonly name: string;
    readonly headers: EventStreamHeaders;
    readonly payload: string;
    readonly bytes: string;
  }>([
    { name: "an empty message", headers: {}, payload: "", bytes: "00000010 00000000 05c248eb 7d98c8ff" },
    {
      name: "a payload without headers",
      headers: {},
      payload: "{'foo':'bar'}",
      bytes: "0000001d 00000000 fd528c5a 7b27666f6f273a27626172277d c3653936",
    },
    {
      name: "a payload with one text header",
      headers: { "content-type": "application/json" },
      payload: "{'foo':'bar'}",
      bytes:
        "0000003d 00000020 07fd8396 0c 636f6e74656e742d74797065 07 0010 6170706c69636174696f6e2f6a736f6e 7b27666f6f273a27626172277d 8d9c08b1",
    },
    {
      name: "an integer header",
      headers: { "event-type": { kind: "integer", value: 40_972 } },
      payload: "{'foo':'bar'}",
      bytes:
        "0000002d 00000010 41c424b8 0a 6576656e742d74797065 04 0000a00c 7b27666f6f273a27626172277d 36f480a0",
    },
  ])("writes $name as AWS's own test vectors have it", ({ headers, payload, bytes }) => {
    expect(Buffer.from(encodeEventStreamMessage(headers, payload)).toString("hex")).toBe(
      Buffer.from(hex(bytes)).toString("hex"),
    );
  });
});

const integer = (bits: number) => fc.integer({ min: -(2 ** (bits - 1)), max: 2 ** (bits - 1) - 1 });
const long = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n });
const anyHeader: fc.Arbitrary<HeaderValue> = fc.oneof(
  fc.record({ kind: fc.constant("boolean" as const), value: fc.boolean() }),
  fc.record({ kind: fc.constant("byte" as const), value: integer(8) }),
  fc.record({ kind: fc.constant("short" as const), value: integer(16) }),
  fc.record({ kind: fc.constant("integer" as const), value: integer(32) }),
  fc.record({ kind: fc.constantFrom("long" as const, "timestamp" as const), value: long }),
  fc.record({ kind: fc.constant("bytes" as const), value: fc.uint8Array({ maxLength: 40 }) }),
  fc.record({ kind: fc.constant("string" as const), value: fc.string({ unit: "grapheme" }) }),
  fc.record({ kind: fc.constant("uuid" as const), value: fc.uint8Array({ minLength: 16, maxLength: 16 }) }),
);
const anyName = fc.string({ unit: "grapheme", minLength: 1, maxLength: 20 });
const anyMessage = fc
  .record({
    type: fc.string({ unit: "grapheme" }),
    payload: fc.string({ unit: "grapheme", maxLength: 60 }),
    more: fc.dictionary(anyName, anyHeader, { maxKeys: 4 }),
  })
  .map(({ type, payload, more }) => ({
    frame: { kind: "event", event: type, data: payload },
    bytes: encodeEventStreamMessage({ ...more, ":event-type": type, ":message-type": "event" }, payload),
  }));

describe("createEventStreamReader", () => {
  it("tells the event's type and the payload as text", () => {
    const bytes = event("messageStart", '{"role":"assistant","p":"äöü"}');
    expect(read(bytes)).toEqual([
      { bytes, kind: "event", event: "messageStart", data: '{"role":"assistant","p":"äöü"}' },
    ]);
  });

  it.for<{
    readonly name: string;
    readonly headers: EventStreamHeaders;
    readonly payload: string;
    readonly event: string;
    readonly data: string;
  }>([
    {
      name: "an exception by its type",
      headers: { ":exception-type": "throttlingException", ":message-type": "exception" },
      payload: '{"message":"slow down"}',
      event: "exception:throttlingException",
      data: '{"message":"slow down"}',
    },
    {
      name: "an error by its code, its words as a payload would have them",
      headers: {
        ":message-type": "error",
        ":error-code": "InternalFailure",
        ":error-message": 'it "broke"',
      },
      payload: "",
      event: "exception:InternalFailure",
      data: '{"message":"it \\"broke\\""}',
    },
    {
      name: "an error that has a payload by that",
      headers: { ":message-type": "error", ":error-code": "x", ":error-message": "m" },
      payload: "p",
      event: "exception:x",
      data: "p",
    },
    {
      name: "an error without words",
      headers: { ":message-type": "error", ":error-code": "x" },
      payload: "",
      event: "exception:x",
      data: "",
    },
  ])("tells $name", ({ headers, payload, event: type, data }) => {
    expect(read(encodeEventStreamMessage(headers, payload))).toMatchObject([{ event: type, data }]);
  });

  it("tells messages with different headers apart", () => {
    const bytes = Buffer.concat([event("a", "1"), event("a", "2"), event("b", "3"), event("a", "4")]);
    expect(read(bytes).map((frame) => frame.event + frame.data)).toEqual(["a1", "a2", "b3", "a4"]);
  });

  it("gives the same frames, and every byte, however the stream is cut", () => {
    fc.assert(
      fc.property(
        fc.array(anyMessage, { maxLength: 5 }),
        fc.array(fc.nat(), { maxLength: 20 }),
        (messages, places) => {
          const stream = Buffer.concat(messages.map(({ bytes }) => bytes));
          const frames = read(
            stream,
            places.map((place) => place % (stream.length + 1)),
          );
          expect(frames).toMatchObject(messages.map(({ frame }) => frame));
          expect(frames).toHaveLength(messages.length);
          expect(Buffer.concat(frames.map(({ bytes }) => bytes)).equals(stream)).toBe(true);
        },
      ),
    );
  });

  it("reads byte by byte what it reads at once", () => {
    const stream = Buffer.concat([event("a", "1"), event("b", "")]);
    const cuts = Array.from(stream, (_, index) => index);
    expect(shown(read(stream, cuts))).toEqual(shown(read(stream)));
  });

  it("notices any flipped bit, however the stream is cut", () => {
    fc.assert(
      fc.property(
        fc.array(anyMessage, { minLength: 1, maxLength: 3 }),
        fc.nat(),
        fc.array(fc.nat(), { maxLength: 5 }),
        (messages, bit, places) => {
          const stream = Buffer.concat(messages.map(({ bytes }) => bytes));
          const at = bit % (stream.length * 8);
          stream[at >> 3] = (stream[at >> 3] ?? 0) ^ (1 << (at & 7));
          const cuts = places.map((place) => place % (stream.length + 1));
          expect(codeOf(() => read(stream, cuts))).toBe("upstream_malformed_response");
        },
      ),
    );
  });

  it("keeps every type of header readable", () => {
    fc.assert(
      fc.property(fc.dictionary(anyName, anyHeader, { maxKeys: 6 }), (headers) => {
        const bytes = encodeEventStreamMessage(headers, "x");
        const size = new DataView(bytes.buffer).getUint32(4);
        const plain = [...readEventStreamHeaders(bytes.subarray(12, 12 + size))];
        expect(plain).toEqual(Object.entries(headers));
      }),
    );
  });

  it.for([
    { name: "a message shorter than its frame", bytes: message(encode(""), { total: 15 }) },
    { name: "a message above 24 MiB", bytes: message(encode(""), { total: 25_165_825 }) },
    {
      name: "more than 128 KiB of headers",
      bytes: message(encode(""), { total: 1_000_000, headers: 131_073 }),
    },
    { name: "headers longer than the message", bytes: message(encode("abc"), { headers: 4 }) },
    { name: "a header of an unknown type", bytes: message(hex("01 61 0a"), { headers: 3 }) },
    { name: "a header that is cut", bytes: message(hex("01 61 07 0005 61"), { headers: 6 }) },
    { name: "a header without a type", bytes: message(hex("01 61"), { headers: 2 }) },
    { name: "a header without its name", bytes: message(hex("05 61"), { headers: 2 }) },
    { name: "a message of no type", bytes: message(encode("{}")) },
    { name: "a message of an unknown type", bytes: encodeEventStreamMessage({ ":message-type": "x" }, "") },
    {
      name: "a message type that is no text",
      bytes: encodeEventStreamMessage({ ":message-type": { kind: "byte", value: 1 } }, ""),
    },
    { name: "server-sent events", bytes: encode("data: {}\n\ndata: {}\n\n") },
    { name: "a JSON answer", bytes: encode('{"message":"no"}') },
  ])("refuses $name", ({ bytes }) => {
    expect(codeOf(() => createEventStreamReader().push(bytes))).toBe("upstream_malformed_response");
  });

  it("refuses a wrong length at its prelude, not after waiting for what it claims", () => {
    const reader = createEventStreamReader();
    const bytes = event("a", "1");
    bytes[1] = 1; // 64 KiB more
    expect(codeOf(() => reader.push(bytes.subarray(0, 12)))).toBe("upstream_malformed_response");
  });

  it("reads nothing more after a fault", () => {
    const reader = createEventStreamReader();
    const bad = event("a", "1");
    bad[20] = 0xff;
    expect(codeOf(() => reader.push(bad))).toBe("upstream_malformed_response");
    expect(codeOf(() => reader.push(event("b", "2")))).toBe("upstream_malformed_response");
  });

  it("takes messages of 24 MiB, and none above", () => {
    const headers = { ":message-type": "event" };
    const room = 25_165_824 - encodeEventStreamMessage(headers, "").length;
    const bytes = encodeEventStreamMessage(headers, "a".repeat(room));
    expect(read(bytes, [1, 12, 13, 1_000_000])[0]?.data.length).toBe(room);
    expect(codeOf(() => encodeEventStreamMessage(headers, "a".repeat(room + 1)))).toBe("internal");
  });

  it("says that the stream broke when it ends inside a message", () => {
    const bytes = event("a", "1");
    for (let size = 1; size < bytes.length; size += 1) {
      const reader = createEventStreamReader();
      expect(reader.push(bytes.subarray(0, size))).toEqual([]);
      expect(codeOf(reader.end)).toBe("upstream_stream_broken");
    }
    const whole = createEventStreamReader();
    whole.push(bytes);
    expect(whole.end()).toEqual([]);
  });

  it("is linear in a large message that comes in small pieces", () => {
    const bytes = event("a", "x".repeat(4_000_000));
    const cuts = Array.from({ length: 40_000 }, (_, index) => index * 100);
    expect(read(bytes, cuts)).toHaveLength(1);
  });
});
