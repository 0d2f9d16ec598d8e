import { Receiver, Sender } from "ws";

export const opcodes = { text: 1, binary: 2, close: 8, ping: 9, pong: 10 } as const;

/** One whole frame, as one or two pieces of bytes. Bytes of the caller's are never changed. */
export function writeFrame(
  opcode: (typeof opcodes)[keyof typeof opcodes],
  data: Uint8Array | string,
  isMasked: boolean,
): readonly Uint8Array[] {
  return Sender.frame(data, { opcode, fin: true, mask: isMasked, readOnly: true, rsv1: false });
}

/** The payload of a close frame; 1005 stands for none. A reason is cut to what a control frame holds. */
export function closePayload(code: number, reason: string): Uint8Array {
  if (code === 1005) return new Uint8Array(0);
  const text = cutText(Buffer.from(reason), 123);
  const payload = Buffer.alloc(2 + text.length);
  payload.writeUInt16BE(code, 0);
  payload.set(text, 2);
  return payload;
}

/** At most `bytesMax` bytes of a text, never ending within a character. */
function cutText(text: Buffer, bytesMax: number): Buffer {
  if (text.length <= bytesMax) return text;
  let end = bytesMax;
  while (end > 0 && ((text[end] ?? 0) & 0xc0) === 0x80) end -= 1;
  return text.subarray(0, end);
}

/** A reader of the frames that one side receives. */
export function frameReader(limits: {
  readonly isServer: boolean;
  readonly messageBytesMax: number;
  readonly fragmentsMax: number;
}): Receiver {
  return new Receiver({
    isServer: limits.isServer,
    maxPayload: limits.messageBytesMax,
    maxFragments: limits.fragmentsMax,
    // A frame comes in pieces as the network cuts them; of long ones, in more.
    maxBufferedChunks: Math.max(4096, Math.ceil(limits.messageBytesMax / 1024)),
  });
}

const codesOfFaults: Readonly<Record<string, number>> = {
  WS_ERR_INVALID_UTF8: 1007,
  WS_ERR_UNSUPPORTED_MESSAGE_LENGTH: 1009,
  WS_ERR_UNSUPPORTED_DATA_PAYLOAD_LENGTH: 1009,
  WS_ERR_TOO_MANY_BUFFERED_PARTS: 1008,
};

/** The close code for what a reader could not take; whatever else is wrong with a frame is 1002. */
export const codeOfFault = (fault: string | undefined): number => codesOfFaults[fault ?? ""] ?? 1002;
