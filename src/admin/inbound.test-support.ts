import { plainInbound, plainReply } from "../../test/support/plain-inbound.ts";
import { GatewayError } from "../kernel/errors.ts";
import type { InboundHandler } from "../ports/server.ts";

/** A request as a test writes it. Host, and for bodies the JSON media type, are filled in. */
export interface Asked {
  readonly method?: string;
  readonly target: string;
  readonly headers?: Readonly<Record<string, string | undefined>>;
  readonly body?: string | Uint8Array;
  readonly address?: string;
}

/** The answer, with header names in lower case. */
export interface Given {
  readonly status: number;
  readonly headers: ReadonlyMap<string, string>;
  readonly text: string;
  readonly json: () => unknown;
}

/** Hands one request to a listener in memory, as a server engine would; rejects when the answer was broken off. */
export function ask(handler: InboundHandler, asked: Asked): Promise<Given> {
  const defaults = {
    host: "127.0.0.1:7228",
    ...(asked.body === undefined ? {} : { "content-type": "application/json" }),
  };
  const fields = Object.entries({ ...defaults, ...asked.headers }).filter(
    (field): field is [string, string] => field[1] !== undefined,
  );
  const headers = new Map(fields);
  const bytes =
    typeof asked.body === "string" ? new TextEncoder().encode(asked.body) : (asked.body ?? new Uint8Array());
  return new Promise((resolve, reject) => {
    let begun: { readonly status: number; readonly headers: ReadonlyMap<string, string> } | undefined;
    let text = "";
    const begin = (status: number, flat: readonly string[]): void => {
      if (begun !== undefined) throw new Error("the answer had begun");
      const pairs = flat.flatMap((name, index) =>
        index % 2 === 0 ? [[name, flat[index + 1] ?? ""] as const] : [],
      );
      begun = { status, headers: new Map(pairs) };
    };
    const write = (chunk: Uint8Array | string): void => {
      text += typeof chunk === "string" ? chunk : new TextDecoder().decode(chunk);
    };
    const end = (): void => {
      if (begun !== undefined) resolve({ ...begun, text, json: () => JSON.parse(text) });
    };
    handler({
      ...plainInbound,
      method: asked.method ?? "GET",
      target: asked.target,
      rawHeaders: fields.flat(),
      header: (name) => headers.get(name),
      remoteAddress: asked.address ?? "127.0.0.1",
      httpVersion: "1.1",
      readBody: async (bytesMax) => {
        if (bytes.length > bytesMax) throw new GatewayError("request_too_large", "too large");
        return bytes;
      },
      streamBody: () => undefined,
      reply: {
        ...plainReply,
        whole: (status, flat, body) => {
          begin(status, flat);
          write(body);
          end();
        },
        head: begin,
        write: (chunk) => {
          write(chunk);
          return true;
        },
        end,
        destroy: () => reject(new Error("the answer was broken off")),
        onDrain: () => undefined,
        onGone: () => () => undefined,
        onSent: () => undefined,
      },
    });
  });
}
