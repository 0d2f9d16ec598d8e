import type { GatewayError } from "../kernel/errors.ts";

/** Receives the client's side of a stream. `write` any number of times, then exactly one of the others. */
export interface StreamSink {
  /** What one turn of the event loop brought, to be written at once. */
  readonly write: (chunks: readonly (Uint8Array | string)[], events: number) => void;
  /** The upstream closed by its framing. */
  readonly end: (isWhole: boolean) => void;
  readonly failed: (error: GatewayError) => void;
}

/** What has come for the client, until it can be written. */
export interface Outlet {
  readonly give: (output: Uint8Array | string | undefined) => void;
  /** Says what is no event of its own. */
  readonly add: (text: string) => void;
  readonly heldBytes: () => number;
  readonly isOpen: () => boolean;
  readonly open: () => void;
  readonly attach: (sink: StreamSink) => void;
  readonly close: (how: (sink: StreamSink) => void) => void;
  readonly flush: () => void;
}

export function createOutlet(): Outlet {
  let isOpen = false;
  let sink: StreamSink | undefined;
  let batch: (Uint8Array | string)[] = [];
  let heldBytes = 0;
  let events = 0;
  let closing: ((sink: StreamSink) => void) | undefined;
  const flush = (): void => {
    if (sink === undefined || !isOpen) return;
    if (batch.length > 0) {
      const chunks = batch;
      const count = events;
      batch = [];
      events = 0;
      sink.write(chunks, count);
    }
    if (closing !== undefined) {
      const close = closing;
      closing = undefined;
      close(sink);
    }
  };
  return {
    give: (output) => {
      if (output === undefined) return;
      events += 1;
      if (!isOpen) heldBytes += output.length;
      const last = batch.at(-1);
      const joined = last === undefined ? undefined : join(last, output);
      if (joined === undefined) batch.push(output);
      else batch[batch.length - 1] = joined;
    },
    add: (text) => void batch.push(text),
    heldBytes: () => heldBytes,
    isOpen: () => isOpen,
    open: () => {
      isOpen = true;
    },
    attach: (attached) => {
      sink = attached;
      flush();
    },
    close: (how) => {
      closing = how;
    },
    flush,
  };
}

/** One chunk of two that lie side by side in one buffer, or of two texts: a socket write costs more than this look. */
function join(left: Uint8Array | string, right: Uint8Array | string): Uint8Array | string | undefined {
  if (typeof left === "string" || typeof right === "string") {
    return typeof left === "string" && typeof right === "string" ? left + right : undefined;
  }
  if (left.buffer !== right.buffer || left.byteOffset + left.byteLength !== right.byteOffset)
    return undefined;
  return new Uint8Array(left.buffer, left.byteOffset, left.byteLength + right.byteLength);
}
