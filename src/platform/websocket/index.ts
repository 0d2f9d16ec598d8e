import { createHash } from "node:crypto";
import type { MessageSockets } from "../../ports/message-socket.ts";
import type { Timer } from "../../ports/timer.ts";
import { createMessageSocket } from "./message-socket.ts";

/** WebSockets by the frame reader and writer of `ws`; no extension is run. */
export function createMessageSockets({ timer }: { readonly timer: Timer }): MessageSockets {
  return {
    accept: (connection, limits) => createMessageSocket(connection, true, { limits, timer }),
    connect: (connection, limits) => createMessageSocket(connection, false, { limits, timer }),
  };
}

/** SHA-1 in base64, as the opening handshake wants it. */
export const sha1Base64 = (text: string): string => createHash("sha1").update(text).digest("base64");
