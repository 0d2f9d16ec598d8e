import type { SwitchedConnection } from "../../ports/byte-socket.ts";
import type { Closing, MessageLimits, MessageListener, MessageSocket } from "../../ports/message-socket.ts";
import type { CancelTimer, Timer } from "../../ports/timer.ts";
import { createOutbox } from "./outbox.ts";
import { watchLife } from "./watch-life.ts";
import { closePayload, codeOfFault, frameReader, opcodes, writeFrame } from "./ws-frames.ts";

/** What may come beside the longest message before one is whole: headers of fragments, pings. */
const overheadBytesMax = 1_048_576;

/**
 * A WebSocket over a connection that was switched. Answers pings (of several that wait, the last: RFC 6455 section
 * 5.5.3), pings itself, and keeps to the closing handshake of section 7.
 */
export function createMessageSocket(
  { socket, early }: SwitchedConnection,
  isServer: boolean,
  { limits, timer }: { readonly limits: MessageLimits; readonly timer: Timer },
): MessageSocket {
  let listener: MessageListener | undefined;
  let closing: Closing | undefined;
  let isTold = false;
  /** `ours`, `theirs`: a close frame has gone, has come. `deaf`: nothing that comes is read any more. */
  const state = { ours: false, theirs: false, deaf: false, over: false, full: false };
  let unfinishedBytes = 0;
  let cutOff: CancelTimer | undefined;

  const outbox = createOutbox(socket, () => {
    if (!state.full) return;
    state.full = false;
    if (!isTold) listener?.drain();
  });
  const reader = frameReader({ isServer, ...limits });

  const write = (opcode: Parameters<typeof writeFrame>[0], data: Uint8Array | string): void =>
    outbox.write(writeFrame(opcode, data, !isServer));
  const tell = (): void => {
    if (isTold || closing === undefined || listener === undefined) return;
    isTold = true;
    listener.closed(closing);
  };
  /** Sends our close frame; the connection is cut off if it does not end in time. */
  const sendClose = (code: number, reason: string): void => {
    if (state.ours || state.over) return;
    state.ours = true;
    life.stop();
    write(opcodes.close, closePayload(code, reason));
    cutOff ??= timer.after(limits.closeTimeout, () => socket.destroy());
    socket.resume();
  };
  const fail = (code: number, reason: string): void => {
    if (state.deaf) return;
    state.deaf = true;
    closing ??= { code, reason, by: "us" };
    sendClose(code, reason);
    outbox.whenEmpty(() => socket.end());
    tell();
  };
  const life = watchLife(timer, limits, {
    ping: () => write(opcodes.ping, new Uint8Array(0)),
    dead: () => {
      closing ??= { code: 1006, reason: "no answer to pings", by: "us" };
      socket.destroy();
    },
  });

  reader.on("message", (data, isBinary) => {
    unfinishedBytes = 0;
    if (!state.ours && !state.over) listener?.message(isBinary ? data : data.toString("utf8"));
  });
  reader.on("ping", (data) => {
    if (state.ours) return;
    const pong = Buffer.from(data);
    outbox.whenEmpty(() => write(opcodes.pong, pong));
  });
  reader.on("conclude", (code, reason) => {
    state.theirs = true;
    state.deaf = true;
    closing ??= { code, reason: reason.toString("utf8"), by: "peer" };
    sendClose(code, reason.toString("utf8"));
    outbox.whenEmpty(() => socket.end());
    tell();
  });
  reader.on("error", (error) => fail(codeOfFault(error.code), reasonOf(error.code)));

  const receive = (chunk: Uint8Array): void => {
    if (state.deaf) return;
    life.heard();
    unfinishedBytes += chunk.length;
    reader.write(chunk);
    if (unfinishedBytes > limits.messageBytesMax + overheadBytesMax) fail(1008, "too much without a message");
  };
  const over = (): void => {
    if (state.over) return;
    state.over = true;
    state.deaf = true;
    life.stop();
    cutOff?.();
    outbox.clear();
    closing ??= { code: 1006, reason: "", by: "peer" };
    tell();
  };
  socket.on("error", () => socket.destroy());
  socket.on("close", over);
  socket.on("end", () => {
    state.deaf = true;
    socket.end();
    cutOff ??= timer.after(limits.closeTimeout, () => socket.destroy());
  });

  return {
    listen: (given) => {
      listener = given;
      if (closing !== undefined) return tell();
      if (early.length > 0) receive(early);
      socket.on("data", receive);
      if (!life.isPaused()) socket.resume();
    },
    send: (message) => {
      if (state.ours || state.over) return true;
      write(typeof message === "string" ? opcodes.text : opcodes.binary, message);
      state.full ||= outbox.waitingBytes() > limits.waitingBytesMax;
      return !state.full;
    },
    close: (code, reason) => {
      if (state.ours || state.over) return;
      closing ??= { code, reason, by: "us" };
      life.resume();
      sendClose(code, reason);
    },
    destroy: () => {
      closing ??= { code: 1006, reason: "", by: "us" };
      socket.destroy();
    },
    pause: () => {
      if (state.ours || state.over) return;
      life.pause();
      socket.pause();
    },
    resume: () => {
      life.resume();
      socket.resume();
    },
    waitingBytes: outbox.waitingBytes,
  };
}

const reasonOf = (fault: string | undefined): string =>
  (fault ?? "").replace("WS_ERR_", "").toLowerCase().replaceAll("_", " ");
