import type { ByteSocket } from "../../ports/byte-socket.ts";

/** Writes frames no faster than they are read, and knows how much waits. */
export interface Outbox {
  readonly write: (frame: readonly Uint8Array[]) => void;
  readonly waitingBytes: () => number;
  /** Runs `task` when nothing waits: at once, or then. A later task takes the place of an earlier one. */
  readonly whenEmpty: (task: () => void) => void;
  /** Forgets what waits. */
  readonly clear: () => void;
}

/** Long frames are handed over in such pieces, so that it shows when a slow peer makes progress. */
const sliceBytes = 65_536;

/**
 * @param drained Called each time that everything that waited has been handed over.
 */
export function createOutbox(socket: ByteSocket, drained: () => void): Outbox {
  let queue: Uint8Array[] = [];
  let head = 0;
  let waiting = 0;
  let isBlocked = false;
  let onEmpty: (() => void) | undefined;

  const put = (slice: Uint8Array): void => {
    if (isBlocked) {
      queue.push(slice);
      waiting += slice.length;
    } else isBlocked = !socket.write(slice);
  };
  const clear = (): void => {
    queue = [];
    head = 0;
    waiting = 0;
  };
  const runEmpty = (): void => {
    const task = onEmpty;
    onEmpty = undefined;
    task?.();
  };
  socket.on("drain", () => {
    isBlocked = false;
    while (!isBlocked && head < queue.length) {
      const slice = queue[head];
      head += 1;
      if (slice === undefined) continue;
      waiting -= slice.length;
      isBlocked = !socket.write(slice);
    }
    if (head < queue.length) {
      // What was written stays in the list until half of it is such.
      if (head > 64 && head * 2 > queue.length) {
        queue = queue.slice(head);
        head = 0;
      }
      return;
    }
    clear();
    if (isBlocked) return;
    drained();
    runEmpty();
  });
  return {
    write: (frame) => {
      for (const slice of slicesOf(frame)) put(slice);
    },
    waitingBytes: () => waiting,
    whenEmpty: (task) => {
      onEmpty = task;
      if (!isBlocked) runEmpty();
    },
    clear,
  };
}

/** A frame in pieces of at most `sliceBytes`; its header never goes alone. */
function* slicesOf([header, payload]: readonly Uint8Array[]): Generator<Uint8Array> {
  if (header === undefined) return;
  let rest = header;
  if (payload !== undefined) {
    const first = Math.min(payload.length, sliceBytes - header.length);
    yield Buffer.concat([header, payload.subarray(0, first)]);
    rest = payload.subarray(first);
  }
  for (let from = 0; from < rest.length; from += sliceBytes) yield rest.subarray(from, from + sliceBytes);
}
