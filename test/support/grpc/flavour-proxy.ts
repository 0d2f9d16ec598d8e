import { createServer as createPlainServer } from "node:http";
import {
  connect,
  createServer,
  type IncomingHttpHeaders,
  type IncomingHttpStatusHeader,
  type ServerHttp2Session,
  type ServerHttp2Stream,
} from "node:http2";
import type { AddressInfo } from "node:net";
import type { Readable } from "node:stream";
import { GatewayError } from "../../../src/kernel/errors.ts";
import type { Reply } from "../../../src/ports/server.ts";
import {
  deadlineOf,
  decideCors,
  flavourOf,
  perform,
  statusOfError,
  statusOfFault,
  upstreamFields,
} from "../../../src/protocols/grpc/index.ts";

interface Request {
  readonly method: string;
  readonly target: string;
  readonly rawHeaders: readonly string[];
  readonly body: Readable;
}

/** A proxy of the pure pieces alone, between clients of every flavour and one server of gRPC. */
export async function openFlavourProxy(upstream: string, messageBytesMax = 4_194_304) {
  const session = connect(upstream);
  const sessions = new Set<ServerHttp2Session>();
  const methods: string[] = [];

  const handle = ({ method, target, rawHeaders, body }: Request, reply: Reply): void => {
    const [path = "", query = ""] = target.split("?");
    methods.push(method);
    const cors = decideCors(method, rawHeaders, "any");
    if (cors.kind === "preflight") return reply.whole(204, cors.headers, "");
    const own = ["x-sallyport-request-id", "r1", ...(cors.kind === "allowed" ? cors.headers : [])];
    const type = rawHeaders.findIndex((name) => name.toLowerCase() === "content-type");
    const choice = flavourOf(method, type < 0 ? "" : (rawHeaders[type + 1] ?? ""), query);
    if (choice.kind === "other") return reply.whole(404, own, "");
    const { flavour } = choice;
    const refuse = (error: GatewayError) => {
      body.resume();
      perform(reply, [flavour.refusal(error, own)]);
    };
    if (choice.kind === "refused") return refuse(choice.error);
    const reading = flavour.readHead({ query, rawHeaders }, (name) => name === "authorization");
    if (reading.kind === "refused") return refuse(reading.error);
    const { head } = reading;
    const limits = { requestBytesMax: messageBytesMax, answerBytesMax: messageBytesMax };
    const request = flavour.request(head, limits);
    const answer = flavour.answer(head, { limits, headers: own, isGuarded: () => false });
    const fields = upstreamFields({ ...head, timeLeft: deadlineOf(head.timeout, {}) });
    const headers: Record<string, string[] | string> = { ":method": "POST", ":path": path };
    for (let at = 0; at < fields.length; at += 2) {
      const [name = "", value = ""] = fields.slice(at, at + 2);
      headers[name] = name in headers ? [headers[name] ?? [], value].flat() : value;
    }
    const call = session.request(headers, { endStream: false });
    let trailers: readonly string[] = [];
    const stop = (status: ReturnType<typeof statusOfFault>) => {
      perform(reply, answer.fail(status));
      call.close(8);
    };
    call.on("response", (told: IncomingHttpHeaders & IncomingHttpStatusHeader, _flags, raw: string[]) => {
      perform(reply, answer.head({ status: told[":status"] ?? 0, headers: raw }));
    });
    call.on("data", (chunk: Uint8Array) => perform(reply, answer.data(chunk)));
    call.on("trailers", (_told, _flags, raw: string[]) => (trailers = raw));
    call.on("end", () => perform(reply, answer.end(trailers)));
    call.on("error", (error) =>
      perform(reply, answer.fail(statusOfError(new GatewayError("upstream_unreachable", String(error))))),
    );
    const pass = ({ chunks, fault }: ReturnType<typeof request.push>): void => {
      for (const chunk of chunks) call.write(chunk);
      if (fault !== undefined) stop(statusOfFault(fault));
    };
    body.on("data", (chunk: Uint8Array) => {
      if (answer.status() === undefined) pass(request.push(chunk));
    });
    body.on("end", () => {
      if (answer.status() !== undefined) return;
      pass(request.end());
      call.end();
    });
    body.on("aborted", () => call.close(8));
  };

  const h2 = createServer();
  h2.on("session", (opened) => {
    sessions.add(opened);
    opened.once("close", () => sessions.delete(opened));
  });
  h2.on("stream", (stream: ServerHttp2Stream, _headers, _flags, rawHeaders: string[]) => {
    const pseudo = (name: string): string => rawHeaders[rawHeaders.indexOf(name) + 1] ?? "";
    let last: Record<string, string[]> = {};
    stream.on("wantTrailers", () => stream.sendTrailers(last));
    stream.on("error", () => stream.destroy());
    handle(
      { method: pseudo(":method"), target: pseudo(":path"), rawHeaders, body: stream },
      {
        ...silent,
        whole: (status, headers, body) => {
          stream.respond({ ":status": status, ...recordOf(headers) }, { endStream: body.length === 0 });
          if (body.length > 0) stream.end(body);
        },
        head: (status, headers) =>
          stream.respond({ ":status": status, ...recordOf(headers) }, { waitForTrailers: true }),
        write: (chunk) => stream.write(chunk),
        trailers: (headers) => {
          last = recordOf(headers);
        },
        end: () => {
          stream.end();
        },
      },
    );
  });
  const h1 = createPlainServer((request, response) =>
    handle(
      {
        method: request.method ?? "",
        target: request.url ?? "",
        rawHeaders: request.rawHeaders,
        body: request,
      },
      {
        ...silent,
        whole: (status, headers, body) => {
          response.writeHead(status, recordOf(headers)).end(body);
        },
        head: (status, headers) => {
          response.writeHead(status, recordOf(headers));
        },
        write: (chunk) => response.write(chunk),
        end: () => {
          response.end();
        },
      },
    ),
  );
  await Promise.all(
    [h1, h2].map((server) => new Promise<void>((ready) => server.listen(0, "127.0.0.1", ready))),
  );
  const originOf = (address: AddressInfo | string | null): string =>
    typeof address === "object" ? `http://127.0.0.1:${address?.port}` : "";
  return {
    /** HTTP/1.1, and HTTP/2 without TLS. */
    h1: originOf(h1.address()),
    h2: originOf(h2.address()),
    /** The methods of the requests that came, in order. */
    methods,
    close: () => {
      session.destroy();
      h1.closeAllConnections();
      h1.close();
      for (const opened of sessions) opened.destroy();
      h2.close();
    },
  };
}

const silent: Reply = {
  whole: () => undefined,
  head: () => undefined,
  write: () => true,
  end: () => undefined,
  interim: () => undefined,
  trailers: () => undefined,
  destroy: () => undefined,
  onDrain: () => undefined,
  onGone: () => () => undefined,
  onSent: () => undefined,
};

function recordOf(list: readonly string[]): Record<string, string[]> {
  const record: Record<string, string[]> = {};
  for (let at = 0; at < list.length; at += 2) (record[list[at] ?? ""] ??= []).push(list[at + 1] ?? "");
  return record;
}
