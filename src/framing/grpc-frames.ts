/** Why a stream of length-prefixed messages cannot go on. */
export type FrameFault =
  | { readonly kind: "too-large"; readonly bytes: number; readonly bytesMax: number }
  /** The flag of a message is neither 0 nor 1. */
  | { readonly kind: "flag"; readonly flag: number }
  /** A message says it is compressed, and the head names no encoding. */
  | { readonly kind: "compressed" }
  /** The stream ends inside a message. */
  | { readonly kind: "cut" }
  /** The stream is to be base64, and is not. */
  | { readonly kind: "base64" };

export interface FrameRules {
  /** The longest message, without its prefix. */
  readonly bytesMax: number;
  /** Whether the head names a compression: only then may the flag be 1. */
  readonly isEncoded: boolean;
}

/** Reads the prefixes of the messages in a passing stream. */
export interface MessageMeter {
  /** Reads the next bytes, which are not kept. The first fault is told; nothing may be pushed after it. */
  readonly push: (chunk: Uint8Array) => FrameFault | undefined;
  readonly end: () => FrameFault | undefined;
  /** Messages that have begun. */
  readonly messages: () => number;
  /** Bytes of messages that have passed, without prefixes. */
  readonly bytes: () => number;
  /** Whether the stream stands between two messages. */
  readonly isBetween: () => boolean;
}

/**
 * Counts messages and finds what is wrong with them by their prefixes alone: one byte of flags, four of length, big
 * endian. A message that is too large is found when its prefix is complete, before its bytes are there.
 *
 * Source: gRPC over HTTP2, "Length-Prefixed-Message".
 */
export function messageMeter({ bytesMax, isEncoded }: FrameRules): MessageMeter {
  let inPrefix = 0;
  let length = 0;
  let left = 0;
  let messages = 0;
  let bytes = 0;

  const push = (chunk: Uint8Array): FrameFault | undefined => {
    let at = 0;
    while (at < chunk.length) {
      if (left > 0) {
        const passed = Math.min(left, chunk.length - at);
        left -= passed;
        bytes += passed;
        at += passed;
        continue;
      }
      const byte = chunk[at] ?? 0;
      at += 1;
      if (inPrefix === 0) {
        if (byte > 1) return { kind: "flag", flag: byte };
        if (byte === 1 && !isEncoded) return { kind: "compressed" };
        messages += 1;
        length = 0;
      } else length = length * 256 + byte;
      inPrefix += 1;
      if (inPrefix < 5) continue;
      if (length > bytesMax) return { kind: "too-large", bytes: length, bytesMax };
      inPrefix = 0;
      left = length;
    }
    return undefined;
  };

  const isBetween = (): boolean => inPrefix === 0 && left === 0;
  return {
    push,
    end: () => (isBetween() ? undefined : { kind: "cut" }),
    messages: () => messages,
    bytes: () => bytes,
    isBetween,
  };
}

/** The prefix of a message or of an envelope of `length` bytes. */
export function framePrefix(flags: number, length: number): Uint8Array {
  return Uint8Array.of(flags, length >>> 24, length >>> 16, length >>> 8, length);
}
