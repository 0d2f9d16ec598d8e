import type { Socket } from "node:net";
import { type ErrorCode, errorCatalog } from "../../kernel/errors.ts";

const reasonPhrases: Readonly<Record<number, string>> = {
  400: "Bad Request",
  404: "Not Found",
  405: "Method Not Allowed",
  408: "Request Timeout",
  431: "Request Header Fields Too Large",
};

/** The answer to a head that becomes no request. */
export interface Refusal {
  readonly status: number;
  /** Flat, without framing. */
  readonly headers: readonly string[];
  readonly body: string;
}

export function refusalOf(code: ErrorCode): Refusal {
  const { status, title } = errorCatalog[code];
  return {
    status,
    headers: ["content-type", "application/json", "x-sallyport-error", code],
    body: JSON.stringify({
      error: { message: title, type: "invalid_request_error", param: null, code },
    }),
  };
}

/** Answers on a connection of HTTP/1.1 on which nothing was answered yet, and ends it. */
export function refuseHead(socket: Socket, code: ErrorCode): void {
  if (!socket.writable || socket.bytesWritten > 0) {
    socket.destroy();
    return;
  }
  const { status, body } = refusalOf(code);
  socket.end(
    `HTTP/1.1 ${status} ${reasonPhrases[status] ?? ""}\r\ncontent-type: application/json\r\nx-sallyport-error: ${code}\r\n` +
      `content-length: ${Buffer.byteLength(body)}\r\nconnection: close\r\n\r\n${body}`,
  );
}
