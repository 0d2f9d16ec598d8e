import { connect, type Socket } from "node:net";

/** A client of one connection that reads when the test says so and goes when the test says so. */
export interface RawClient {
  readonly socket: Socket;
  /** What has come so far, head and framing included. */
  readonly text: () => string;
  /** Waits for `pattern`; fails when the connection ends without it. */
  readonly until: (pattern: RegExp) => Promise<string>;
  /** Everything, once the server has closed the connection. */
  readonly closed: Promise<string>;
}

export function rawClient(port: number): RawClient {
  const socket = connect({ port, host: "127.0.0.1", noDelay: true });
  let text = "";
  let isClosed = false;
  const looks = new Set<() => void>();
  socket.on("error", () => undefined);
  socket.on("data", (chunk) => {
    text += String(chunk);
    for (const look of looks) look();
  });
  const closed = new Promise<string>((resolve) =>
    socket.once("close", () => {
      isClosed = true;
      for (const look of looks) look();
      resolve(text);
    }),
  );
  return {
    socket,
    text: () => text,
    closed,
    until: (pattern) =>
      new Promise((resolve, reject) => {
        const look = (): void => {
          if (pattern.test(text)) resolve(text);
          else if (isClosed) reject(new Error(`closed before ${pattern}: ${text}`));
          else return;
          looks.delete(look);
        };
        looks.add(look);
        look();
      }),
  };
}

/** The text of a POST with a body that is sent whole. */
export function postText(path: string, key: string, body: unknown): string {
  const text = JSON.stringify(body);
  return `POST ${path} HTTP/1.1\r\nhost: gate\r\nauthorization: Bearer ${key}\r\ncontent-type: application/json\r\ncontent-length: ${Buffer.byteLength(text)}\r\n\r\n${text}`;
}

/** The body of an answer in chunked framing, as far as it came; `isWhole` when its last chunk did. */
export function dechunk(answer: string): { readonly body: string; readonly isWhole: boolean } {
  const bytes = Buffer.from(answer);
  let at = bytes.indexOf("\r\n\r\n") + 4;
  const pieces: Buffer[] = [];
  for (;;) {
    const lineEnd = bytes.indexOf("\r\n", at);
    if (lineEnd < 0) return { body: Buffer.concat(pieces).toString(), isWhole: false };
    const size = Number.parseInt(bytes.toString("latin1", at, lineEnd), 16);
    if (size === 0) return { body: Buffer.concat(pieces).toString(), isWhole: true };
    pieces.push(bytes.subarray(lineEnd + 2, lineEnd + 2 + size));
    at = lineEnd + 2 + size + 2;
  }
}
