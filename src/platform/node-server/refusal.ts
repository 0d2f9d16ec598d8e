import type { Socket } from "node:net";
import { type ErrorCode, errorCatalog } from "../../kernel/errors.ts";
import type { HeadAnswer } from "../../ports/server.ts";
import type { ServerSettings } from "./settings.ts";

const reasonPhrases: Readonly<Record<number, string>> = {
  400: "Bad Request",
  404: "Not Found",
  405: "Method Not Allowed",
  408: "Request Timeout",
  431: "Request Header Fields Too Large",
};

/** How a listener refuses heads that become no request; each is told to who counts them. */
export interface Refusals {
  readonly answer: (code: ErrorCode, target: string | undefined) => HeadAnswer;
  /** Answers on a connection of HTTP/1.1 on which nothing was answered yet, and ends it. */
  readonly end: (socket: Socket, code: ErrorCode, target?: string) => void;
}

export function createRefusals({
  onRefusedHead,
  answerToHead = inJson,
}: Pick<ServerSettings, "onRefusedHead" | "answerToHead">): Refusals {
  const answer: Refusals["answer"] = (code, target) => {
    onRefusedHead(code);
    return answerToHead(code, target);
  };
  return {
    answer,
    end: (socket, code, target) => {
      const told = answer(code, target);
      if (!socket.writable || socket.bytesWritten > 0) {
        socket.destroy();
        return;
      }
      socket.end(textOf(told));
      // node:http may have let go of it: its client would keep it by leaving its own side open.
      const timeout = setTimeout(() => socket.destroy(), lingerMs).unref();
      socket.once("close", () => clearTimeout(timeout));
      socket.on("error", nothing).resume();
    },
  };
}

const lingerMs = 2000;
const nothing = (): void => undefined;

function textOf({ status, headers, body }: HeadAnswer): Buffer {
  const fields = [...headers, "content-length", String(Buffer.byteLength(body)), "connection", "close"];
  let head = `HTTP/1.1 ${status} ${reasonPhrases[status] ?? ""}\r\n`;
  for (let at = 0; at + 1 < fields.length; at += 2)
    head += `${fields[at] ?? ""}: ${fields[at + 1] ?? ""}\r\n`;
  return Buffer.concat([Buffer.from(`${head}\r\n`), Buffer.from(body)]);
}

function inJson(code: ErrorCode): HeadAnswer {
  const { status, title } = errorCatalog[code];
  return {
    status,
    headers: ["content-type", "application/json", "x-sallyport-error", code],
    body: JSON.stringify({
      error: { message: title, type: "invalid_request_error", param: null, code },
    }),
  };
}
