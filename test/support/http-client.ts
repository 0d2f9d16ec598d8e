import { connect } from "node:net";

/** Sends bytes as they are and reads until the server closes or `until` is seen: what no HTTP client would send. */
export function rawExchange(
  port: number,
  parts: { readonly send: string | Buffer; readonly until?: RegExp; readonly timeoutMs?: number },
): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, "127.0.0.1");
    let text = "";
    const timeout = setTimeout(() => {
      socket.destroy();
      reject(new Error(`no answer in time; so far: ${text}`));
    }, parts.timeoutMs ?? 15_000);
    const finish = (): void => {
      clearTimeout(timeout);
      socket.destroy();
      resolve(text);
    };
    socket.on("connect", () => socket.write(parts.send));
    socket.on("data", (chunk) => {
      text += chunk.toString("latin1");
      if (parts.until?.test(text) === true) finish();
    });
    socket.on("end", finish);
    socket.on("close", finish);
    socket.on("error", () => undefined);
  });
}
