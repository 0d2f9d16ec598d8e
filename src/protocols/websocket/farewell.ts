import type { CloseReason } from "./close-code.ts";

/** The last word to a client whose frames are copied and not read. */
export interface Farewell {
  /** Bytes go down to the client. */
  readonly passed: (chunk: Uint8Array) => void;
  /** A close frame, where one may stand now: between two frames, and behind no other close; else `undefined`. */
  readonly words: (why: CloseReason) => Uint8Array | undefined;
}

const closeOpcode = 8;

/**
 * Follows the heads of frames and nothing else, a few steps for each frame however long it is.
 * Source: RFC 6455, sections 5.2, 5.5 and 5.5.1.
 */
export function createFarewell(): Farewell {
  /** Bytes of the frame that are still to come, once its head is known. */
  let left = 0;
  const head: number[] = [];
  let isClosed = false;
  const read = (byte: number): void => {
    head.push(byte);
    const length = frameLength(head);
    if (length === undefined) return;
    if (((head[0] ?? 0) & 0x0f) === closeOpcode) isClosed = true;
    left = length - head.length;
    head.length = 0;
  };
  return {
    passed: (chunk) => {
      for (let at = 0; at < chunk.length; ) {
        if (left > 0) {
          const taken = Math.min(left, chunk.length - at);
          left -= taken;
          at += taken;
        } else {
          read(chunk[at] ?? 0);
          at += 1;
        }
      }
    },
    words: (why) => (isClosed || left > 0 || head.length > 0 ? undefined : closeFrame(why)),
  };
}

/** Of a whole frame by its first bytes; `undefined`: more of them are needed. */
function frameLength(head: readonly number[]): number | undefined {
  const [, second] = head;
  if (second === undefined) return undefined;
  const short = second & 0x7f;
  const extended = short === 127 ? 8 : short === 126 ? 2 : 0;
  const mask = (second & 0x80) === 0 ? 0 : 4;
  if (head.length < 2 + extended) return undefined;
  const payload =
    extended === 0 ? short : head.slice(2, 2 + extended).reduce((sum, byte) => sum * 256 + byte, 0);
  return 2 + extended + mask + payload;
}

function closeFrame({ code, reason }: CloseReason): Uint8Array {
  const text = new TextEncoder().encode(reason);
  return Uint8Array.of(0x80 | closeOpcode, 2 + text.length, code >> 8, code & 0xff, ...text);
}
