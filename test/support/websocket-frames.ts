import { closeBody, frameBytes, type Heard, type WireTarget, wireClient } from "./websocket-wire.ts";

/** What one exchange of raw bytes with an echoing WebSocket server must come to. */
export interface FrameCase {
  readonly name: string;
  /** What is written, each piece in a write of its own after the one before has gone. */
  readonly bytes: () => readonly Uint8Array[];
  /** Texts and pieces that come back, in order; the harness closes with 1000 once all are there. */
  readonly texts?: readonly string[];
  /** Lengths of the binary messages that come back. */
  readonly binaryLengths?: readonly number[];
  readonly pongs?: readonly string[];
  /** How the server closes. Default: 1000, since the harness does. */
  readonly closeCode?: number;
}

const text = 1;
const binary = 2;
const close = 8;
const ping = 9;
const pong = 10;

const whole = (...frames: readonly Uint8Array[]): readonly Uint8Array[] => [Buffer.concat(frames)];
const byteByByte = (bytes: Uint8Array): readonly Uint8Array[] =>
  Array.from(bytes, (byte) => Uint8Array.of(byte));

/** A message that ends there shows that the server was alive until then. */
const faults: readonly FrameCase[] = (
  [
    ["an unmasked frame", { opcode: text, payload: "a", isMasked: false }],
    ["an unmasked empty frame", { opcode: text, isMasked: false }],
    ["an unmasked ping", { opcode: ping, isMasked: false }],
    ["reserved bit 1", { opcode: text, payload: "a", rsv: 4 }],
    ["reserved bit 2", { opcode: text, payload: "a", rsv: 2 }],
    ["reserved bit 3", { opcode: text, payload: "a", rsv: 1 }],
    ["all reserved bits on a ping", { opcode: ping, rsv: 7 }],
    ...[3, 4, 5, 6, 7, 11, 12, 13, 14, 15].map(
      (opcode) => [`reserved opcode ${opcode}`, { opcode, payload: "a" }] as const,
    ),
    ["a continuation of nothing", { opcode: 0, payload: "a" }],
    ["an unfinished continuation of nothing", { opcode: 0, payload: "a", fin: false }],
    ["a ping of 126 bytes", { opcode: ping, payload: "a".repeat(126) }],
    ["a pong of 126 bytes", { opcode: pong, payload: "a".repeat(126) }],
    ["a close of 126 bytes", { opcode: close, payload: closeBody(1000, "a".repeat(124)) }],
    ["a fragmented ping", { opcode: ping, payload: "a", fin: false }],
    ["a fragmented close", { opcode: close, payload: closeBody(1000), fin: false }],
    ["a close of one byte", { opcode: close, payload: Uint8Array.of(3) }],
  ] as const
).map(([name, shape]) => ({
  name: `${name} is a protocol error`,
  bytes: () => whole(frameBytes({ opcode: text, payload: "before" }), frameBytes(shape)),
  texts: ["before"],
  closeCode: 1002,
}));

const sizes: readonly FrameCase[] = [0, 1, 124, 125, 126, 127, 128, 65_535, 65_536, 65_537, 131_072].flatMap(
  (size) => [
    {
      name: `a text of ${size} bytes comes back`,
      bytes: () => whole(frameBytes({ opcode: text, payload: "*".repeat(size) })),
      texts: ["*".repeat(size)],
    },
    {
      name: `a binary of ${size} bytes comes back`,
      bytes: () => whole(frameBytes({ opcode: binary, payload: new Uint8Array(size).fill(254) })),
      binaryLengths: [size],
    },
  ],
);

const fragments: readonly FrameCase[] = [
  {
    name: "fragments are one message",
    bytes: () =>
      whole(
        frameBytes({ opcode: text, payload: "one ", fin: false }),
        frameBytes({ opcode: 0, payload: "two ", fin: false }),
        frameBytes({ opcode: 0, payload: "three" }),
      ),
    texts: ["one two three"],
  },
  {
    name: "empty fragments are an empty message",
    bytes: () =>
      whole(
        frameBytes({ opcode: text, fin: false }),
        frameBytes({ opcode: 0, fin: false }),
        frameBytes({ opcode: 0 }),
      ),
    texts: [""],
  },
  {
    name: "pings between fragments are answered before the message",
    bytes: () =>
      whole(
        frameBytes({ opcode: text, payload: "a", fin: false }),
        frameBytes({ opcode: ping, payload: "between" }),
        frameBytes({ opcode: 0, payload: "b" }),
      ),
    texts: ["ab"],
    pongs: ["between"],
  },
  {
    name: "a new message within a fragmented one is a protocol error",
    bytes: () =>
      whole(
        frameBytes({ opcode: text, payload: "a", fin: false }),
        frameBytes({ opcode: text, payload: "b" }),
      ),
    closeCode: 1002,
  },
  {
    name: "a continuation after a whole message is a protocol error",
    bytes: () => whole(frameBytes({ opcode: text, payload: "a" }), frameBytes({ opcode: 0, payload: "b" })),
    texts: ["a"],
    closeCode: 1002,
  },
  {
    name: "a close between fragments ends it",
    bytes: () =>
      whole(
        frameBytes({ opcode: text, payload: "a", fin: false }),
        frameBytes({ opcode: close, payload: closeBody(1001) }),
      ),
    closeCode: 1001,
  },
  {
    name: "frames that come byte by byte are read",
    bytes: () =>
      byteByByte(
        Buffer.concat([
          frameBytes({ opcode: text, payload: "slow ", fin: false }),
          frameBytes({ opcode: ping, payload: "p" }),
          frameBytes({ opcode: 0, payload: "as ever" }),
        ]),
      ),
    texts: ["slow as ever"],
    pongs: ["p"],
  },
  {
    name: "1,024 fragments are one message",
    bytes: () => whole(...fragmentsOf(1024)),
    texts: ["x".repeat(1024)],
  },
  {
    name: "1,025 fragments are refused",
    bytes: () => whole(...fragmentsOf(1025)),
    closeCode: 1008,
  },
];

function fragmentsOf(count: number): readonly Uint8Array[] {
  return Array.from({ length: count }, (_, index) =>
    frameBytes({ opcode: index === 0 ? text : 0, payload: "x", fin: index === count - 1 }),
  );
}

const control: readonly FrameCase[] = [
  {
    name: "a ping without payload is answered",
    bytes: () => whole(frameBytes({ opcode: ping })),
    pongs: [""],
  },
  {
    name: "a ping of 125 bytes is answered with the same",
    bytes: () => whole(frameBytes({ opcode: ping, payload: "p".repeat(125) })),
    pongs: ["p".repeat(125)],
  },
  {
    name: "a pong that nobody asked for is ignored",
    bytes: () =>
      whole(
        frameBytes({ opcode: pong, payload: "unasked" }),
        frameBytes({ opcode: text, payload: "still here" }),
      ),
    texts: ["still here"],
  },
  {
    name: "ten pings are answered in order",
    bytes: () =>
      whole(...Array.from({ length: 10 }, (_, index) => frameBytes({ opcode: ping, payload: `${index}` }))),
    pongs: Array.from({ length: 10 }, (_, index) => `${index}`),
  },
  {
    name: "nothing is read behind a close",
    bytes: () =>
      whole(
        frameBytes({ opcode: close, payload: closeBody(1000) }),
        frameBytes({ opcode: text, payload: "late" }),
        frameBytes({ opcode: ping }),
      ),
    closeCode: 1000,
  },
];

const closings: readonly FrameCase[] = [
  {
    name: "a close without a code is answered",
    bytes: () => whole(frameBytes({ opcode: close })),
    closeCode: 1005,
  },
  {
    name: "a close with the longest reason is answered",
    bytes: () => whole(frameBytes({ opcode: close, payload: closeBody(1000, "r".repeat(123)) })),
    closeCode: 1000,
  },
  {
    name: "a close whose reason is no UTF-8 is refused",
    bytes: () =>
      whole(frameBytes({ opcode: close, payload: closeBody(1000, Uint8Array.of(0xce, 0xba, 0xe1)) })),
    closeCode: 1007,
  },
  ...[1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 3000, 3999, 4000, 4999].map((code) => ({
    name: `close code ${code} is answered`,
    bytes: () => whole(frameBytes({ opcode: close, payload: closeBody(code) })),
    closeCode: code,
  })),
  ...[0, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999, 5000, 65_535].map((code) => ({
    name: `close code ${code} is a protocol error`,
    bytes: () => whole(frameBytes({ opcode: close, payload: closeBody(code) })),
    closeCode: 1002,
  })),
];

const greek = Buffer.from("κόσμε");
const badTexts: readonly (readonly [string, readonly number[]])[] = [
  ["a lone continuation byte", [0x80]],
  ["a lead byte at the end", [0x61, 0xc3]],
  ["an overlong slash", [0xc0, 0xaf]],
  ["an overlong NUL of three bytes", [0xe0, 0x80, 0x80]],
  ["a surrogate", [0xed, 0xa0, 0x80]],
  ["a surrogate pair", [0xed, 0xa0, 0xbd, 0xed, 0xb8, 0x80]],
  ["beyond U+10FFFF", [0xf4, 0x90, 0x80, 0x80]],
  ["a lead byte of five", [0xf8, 0x88, 0x80, 0x80, 0x80]],
  ["0xFE", [0xfe]],
  ["0xFF", [0xff]],
];
const utf8: readonly FrameCase[] = [
  ...badTexts.map(([name, bytes]) => ({
    name: `a text with ${name} is refused`,
    bytes: () => whole(frameBytes({ opcode: text, payload: Uint8Array.from(bytes) })),
    closeCode: 1007,
  })),
  ...badTexts.map(([name, bytes]) => ({
    name: `a fragmented text with ${name} is refused`,
    bytes: () =>
      whole(
        frameBytes({ opcode: text, payload: "good ", fin: false }),
        ...bytes.map((byte) => frameBytes({ opcode: 0, payload: Uint8Array.of(byte), fin: false })),
        frameBytes({ opcode: 0 }),
      ),
    closeCode: 1007,
  })),
  ...Array.from({ length: greek.length + 1 }, (_, at) => ({
    name: `a text cut into fragments at byte ${at}, be it within a character, is whole`,
    bytes: () =>
      whole(
        frameBytes({ opcode: text, payload: greek.subarray(0, at), fin: false }),
        frameBytes({ opcode: 0, payload: greek.subarray(at) }),
      ),
    texts: [greek.toString()],
  })),
  {
    name: "the last of Unicode and what is no character are text",
    bytes: () => whole(frameBytes({ opcode: text, payload: "\u{10ffff}\uffff\ufffe" })),
    texts: ["\u{10ffff}\uffff\ufffe"],
  },
  {
    name: "bytes that are no text are a good binary message",
    bytes: () => whole(frameBytes({ opcode: binary, payload: Uint8Array.of(0xff, 0xfe, 0x80) })),
    binaryLengths: [3],
  },
];

/** The cases of messages about a limit of `messageBytesMax`. */
export function sizeLimitCases(messageBytesMax: number): readonly FrameCase[] {
  return [
    {
      name: "the longest message comes back",
      bytes: () => whole(frameBytes({ opcode: binary, payload: new Uint8Array(messageBytesMax) })),
      binaryLengths: [messageBytesMax],
    },
    {
      name: "a longer one is refused by its header",
      bytes: () => whole(frameBytes({ opcode: binary, payload: "few", claims: messageBytesMax + 1 })),
      closeCode: 1009,
    },
    {
      name: "fragments that are longer together are refused",
      bytes: () =>
        whole(
          frameBytes({ opcode: binary, payload: new Uint8Array(messageBytesMax), fin: false }),
          frameBytes({ opcode: 0, payload: "x", fin: false }),
        ),
      closeCode: 1009,
    },
    {
      name: "a length of 2^62 is refused",
      bytes: () => whole(frameBytes({ opcode: binary, claims: 2 ** 62 })),
      closeCode: 1009,
    },
  ];
}

/** Own suite after RFC 6455: framing, control frames, fragments, closing, UTF-8, sizes. */
export const frameCases: readonly FrameCase[] = [
  ...faults,
  ...sizes,
  ...fragments,
  ...control,
  ...closings,
  ...utf8,
];

/** Runs one case against a server that echoes; what is compared is `outcomeOf` and `expectedOf`. */
export async function runFrameCase(frameCase: FrameCase, target: WireTarget): Promise<Heard> {
  const client = await wireClient(target);
  for (const bytes of frameCase.bytes()) {
    await new Promise<void>((resolve) => client.socket.write(bytes, () => resolve()));
  }
  const { texts = [], binaryLengths = [], pongs = [], closeCode } = frameCase;
  if (closeCode === undefined) {
    await client.until(
      (heard) =>
        heard.texts.length >= texts.length &&
        heard.binaries.length >= binaryLengths.length &&
        heard.pongs.length >= pongs.length,
    );
    client.socket.write(frameBytes({ opcode: close, payload: closeBody(1000) }));
  }
  await client.until((heard) => heard.closeCode !== undefined);
  client.socket.end();
  await client.until((heard) => heard.isOver);
  return client.heard;
}

/** Whether messages sent before a fault still come back depends on how fast the echo is: they may, but nothing else. */
export function matchesCase(frameCase: FrameCase, heard: Heard): string | undefined {
  const { texts = [], binaryLengths = [], pongs = [], closeCode = 1000 } = frameCase;
  if (heard.closeCode !== closeCode) return `closed with ${heard.closeCode}, not ${closeCode}`;
  const isWhole = frameCase.closeCode === undefined;
  const lengths = heard.binaries.map((bytes) => bytes.length);
  const pairs = [
    [texts, heard.texts],
    [binaryLengths, lengths],
    [pongs, heard.pongs],
  ] as const;
  for (const [wanted, got] of pairs) {
    const isGood = JSON.stringify(isWhole ? wanted : wanted.slice(0, got.length)) === JSON.stringify(got);
    if (!isGood)
      return `got ${JSON.stringify(got).slice(0, 200)}, not ${JSON.stringify(wanted).slice(0, 200)}`;
  }
  return undefined;
}
