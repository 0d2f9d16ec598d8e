import { request as request1 } from "node:http";
import { connect, type IncomingHttpHeaders } from "node:http2";
import { request as requestS } from "node:https";
import { testTls } from "./test-tls.ts";

export interface Asked {
  readonly method?: string;
  readonly path?: string;
  readonly headers?: Readonly<Record<string, string | readonly string[]>>;
  readonly body?: string | Buffer;
  readonly trailers?: Readonly<Record<string, string>>;
  /** The body is sent only when an interim answer 100 has come. */
  readonly waitsForContinue?: boolean;
}

export interface Told {
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly interims: readonly {
    readonly status: number;
    readonly headers: Readonly<Record<string, unknown>>;
  }[];
  readonly body: string;
  readonly trailers: Readonly<Record<string, unknown>>;
  /** Whether the answer came to its end. */
  readonly isWhole: boolean;
}

export type Version = "http/1.1" | "h2c" | "https/1.1" | "h2";
export const versions: readonly Version[] = ["http/1.1", "h2c", "https/1.1", "h2"];

/** Asks by node's own clients, and tells what came in the same words for each version. */
export function ask(version: Version, port: number, asked: Asked): Promise<Told> {
  return version === "http/1.1" || version === "https/1.1"
    ? askHttp1(version, port, asked)
    : askHttp2(version, port, asked);
}

function askHttp1(version: Version, port: number, asked: Asked): Promise<Told> {
  return new Promise((resolve, reject) => {
    const { method = "GET", path = "/", body, trailers, waitsForContinue = false } = asked;
    const interims: { status: number; headers: Record<string, unknown> }[] = [];
    const headers: Record<string, string | string[]> = {};
    for (const [name, value] of Object.entries(asked.headers ?? {}))
      headers[name] = typeof value === "string" ? value : [...value];
    if (waitsForContinue) headers["expect"] = "100-continue";
    if (trailers !== undefined) headers["trailer"] = Object.keys(trailers).join(", ");
    if (body !== undefined && trailers === undefined)
      headers["content-length"] = String(Buffer.byteLength(body));
    const options = { host: "127.0.0.1", port, method, path, headers, agent: false as const };
    const outgoing =
      version === "http/1.1" ? request1(options) : requestS({ ...options, ca: testTls.authority });
    const send = (): void => {
      if (trailers !== undefined) {
        if (body !== undefined) outgoing.write(body);
        outgoing.addTrailers(trailers);
        outgoing.end();
      } else outgoing.end(body);
    };
    outgoing.on("information", ({ statusCode, headers: fields }) =>
      interims.push({ status: statusCode, headers: fields }),
    );
    outgoing.on("continue", () => {
      if (waitsForContinue) send();
    });
    outgoing.on("error", reject);
    outgoing.on("response", (incoming) => {
      let text = "";
      incoming.setEncoding("utf8");
      incoming.on("data", (chunk: string) => {
        text += chunk;
      });
      incoming.on("error", () => undefined);
      incoming.on("close", () => {
        outgoing.destroy();
        resolve({
          status: incoming.statusCode ?? 0,
          headers: incoming.headers,
          interims,
          body: text,
          trailers: incoming.trailers,
          isWhole: incoming.complete,
        });
      });
    });
    if (waitsForContinue) outgoing.flushHeaders();
    else send();
  });
}

function askHttp2(version: Version, port: number, asked: Asked): Promise<Told> {
  return new Promise((resolve, reject) => {
    const { method = "GET", path = "/", body, trailers, waitsForContinue = false } = asked;
    const session =
      version === "h2c"
        ? connect(`http://127.0.0.1:${port}`)
        : connect(`https://127.0.0.1:${port}`, { ca: testTls.authority });
    session.on("error", reject);
    const isEmpty = body === undefined && trailers === undefined;
    const fields: Record<string, string | string[]> = {};
    for (const [name, value] of Object.entries(asked.headers ?? {}))
      fields[name] = typeof value === "string" ? value : [...value];
    if (waitsForContinue) fields["expect"] = "100-continue";
    if (body !== undefined) fields["content-length"] = String(Buffer.byteLength(body));
    const stream = session.request(
      { ":method": method, ":path": path, ...fields },
      { endStream: isEmpty, waitForTrailers: trailers !== undefined },
    );
    const interims: { status: number; headers: Record<string, unknown> }[] = [];
    let head: IncomingHttpHeaders & { ":status"?: number | undefined } = {};
    let tail: IncomingHttpHeaders = {};
    let text = "";
    let hasEnded = false;
    stream.setEncoding("utf8");
    stream.on("wantTrailers", () => stream.sendTrailers({ ...trailers }));
    stream.on("headers", (headers) => interims.push({ status: headers[":status"] ?? 0, headers }));
    stream.on("continue", () => {
      if (waitsForContinue) stream.end(body);
    });
    stream.on("response", (headers) => {
      head = headers;
    });
    stream.on("trailers", (headers) => {
      tail = headers;
    });
    stream.on("data", (chunk: string) => {
      text += chunk;
    });
    stream.on("end", () => {
      hasEnded = true;
    });
    stream.on("error", () => undefined);
    stream.on("close", () => {
      const isWhole = hasEnded && stream.rstCode === 0;
      session.destroy();
      resolve({ status: head[":status"] ?? 0, headers: head, interims, body: text, trailers: tail, isWhole });
    });
    if (!isEmpty && !waitsForContinue) stream.end(body);
  });
}
