import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { Socket } from "node:net";
import { type ErrorCode, errorCatalog, GatewayError } from "../../kernel/errors.ts";
import type { EndOfTurn } from "../../ports/end-of-turn.ts";
import type { InboundHandler, InboundRequest, ServerEngine } from "../../ports/server.ts";
import { type BodyReader, createBodyReader } from "./body-reader.ts";
import { type Connections, followConnections } from "./connections.ts";
import { createReply, hasBody } from "./reply.ts";
import type { ServerLimits } from "./settings.ts";

export interface ServerSettings {
  readonly host: string;
  /** 0: any free port. */
  readonly port: number;
  readonly limits: ServerLimits;
  /** Called for heads that the parser refused; they never become requests. */
  readonly onRefusedHead: (code: ErrorCode) => void;
  /** When whole answers are written. */
  readonly endOfTurn: EndOfTurn;
}

/**
 * Listens with node:http, whose defaults are not safe at an edge: every bound is set here.
 *
 * @throws GatewayError `internal` with a public sentence when the address cannot be had (port in use, no permission).
 */
export async function listen(settings: ServerSettings, handler: InboundHandler): Promise<ServerEngine> {
  const { limits } = settings;
  const bodies = createBodyReader(limits);
  let isDraining = false;
  const server = createServer({
    maxHeaderSize: limits.headerBytesMax,
    headersTimeout: limits.headersTimeoutMs,
    // The rate floor of the body reader replaces a total time, which would cut honest slow uploads.
    requestTimeout: 0,
    keepAliveTimeout: limits.keepAliveTimeoutMs,
    connectionsCheckingInterval: Math.min(5000, Math.max(100, limits.headersTimeoutMs / 2)),
    insecureHTTPParser: false,
    noDelay: true,
  });
  // node:http drops surplus fields silently; we count them ourselves and refuse.
  server.maxHeadersCount = 0;
  server.maxRequestsPerSocket = limits.requestsPerConnectionMax;
  server.maxConnections = limits.connectionsMax;
  const connections = followConnections(server, limits);
  const accept = (request: IncomingMessage, response: ServerResponse, mustContinue: boolean): void => {
    connections.follow(request, response);
    const { endOfTurn } = settings;
    handler(
      readInbound({ request, response, bodies, mustContinue, isDraining: () => isDraining, endOfTurn }),
    );
  };
  server.on("request", (request, response) => accept(request, response, false));
  server.on("checkContinue", (request, response) => accept(request, response, true));
  server.on("upgrade", (_request, socket: Socket) => refuseHead(socket, "route_not_found"));
  server.on("connect", (_request, socket: Socket) => refuseHead(socket, "method_not_allowed"));
  server.on("clientError", (error: NodeJS.ErrnoException, socket: Socket) => {
    const code = codeOfParserError(error);
    if (code === undefined) {
      socket.destroy();
      return;
    }
    settings.onRefusedHead(code);
    refuseHead(socket, code);
  });
  const port = await bind(server, settings);
  return {
    host: settings.host,
    port,
    drain: async (graceMs) => {
      isDraining = true;
      await drain(server, connections, graceMs);
      bodies.close();
    },
  };
}

function readInbound(parts: {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly bodies: BodyReader;
  readonly mustContinue: boolean;
  readonly isDraining: () => boolean;
  readonly endOfTurn: EndOfTurn;
}): InboundRequest {
  const { request, response } = parts;
  let mustContinue = parts.mustContinue;
  const sendContinue = (): void => {
    if (!mustContinue || response.headersSent) return;
    mustContinue = false;
    response.writeContinue();
  };
  return {
    method: request.method ?? "GET",
    target: request.url ?? "/",
    rawHeaders: request.rawHeaders,
    header: (name) => {
      const value = request.headers[name];
      return Array.isArray(value) ? value[0] : value;
    },
    remoteAddress: request.socket.remoteAddress ?? "",
    localPort: request.socket.localPort ?? 0,
    scheme: "http",
    httpVersion: request.httpVersion === "1.0" ? "1.0" : "1.1",
    expectsContinue: parts.mustContinue,
    sendContinue,
    readBody: (bytesMax) => {
      sendContinue();
      return parts.bodies.read(request, response, bytesMax);
    },
    streamBody: (bytesMax, options) => {
      if (!hasBody(request)) return undefined;
      if (options?.holdsContinue !== true) sendContinue();
      return parts.bodies.stream(request, bytesMax);
    },
    trailers: () => request.rawTrailers,
    reply: createReply(request, response, parts),
  };
}

function bind(
  server: Server,
  { host, port }: { readonly host: string; readonly port: number },
): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) => {
      const why = whyNotBound(error, host, port);
      reject(new GatewayError("internal", why, { message: why, cause: error }));
    });
    server.listen({ host, port, backlog: 4096 }, () => {
      const address = server.address();
      resolve(typeof address === "object" && address !== null ? address.port : port);
    });
  });
}

function whyNotBound({ code, message }: NodeJS.ErrnoException, host: string, port: number): string {
  const choose = "(`--port`, `--admin-port`; 0 takes any free one)";
  switch (code) {
    case "EADDRINUSE":
      return `port ${port} on ${host} is in use; stop the other program or choose another port ${choose}`;
    case "EACCES":
      return `this user may not listen on port ${port}; choose one above 1023 ${choose}`;
    case "EADDRNOTAVAIL":
    case "ENOTFOUND":
      return `this machine has no address ${host}; \`server.host\` and \`admin.host\` say where to listen`;
    default:
      return `cannot listen on ${host}:${port} (${code ?? message})`;
  }
}

function codeOfParserError(error: NodeJS.ErrnoException): ErrorCode | undefined {
  switch (error.code) {
    case "HPE_HEADER_OVERFLOW":
      return "headers_too_large";
    case "ERR_HTTP_REQUEST_TIMEOUT":
      return "request_timeout";
    case "ECONNRESET":
    case "EPIPE":
      return undefined;
    default:
      return "malformed_request";
  }
}

const reasonPhrases: Readonly<Record<number, string>> = {
  400: "Bad Request",
  404: "Not Found",
  405: "Method Not Allowed",
  408: "Request Timeout",
  431: "Request Header Fields Too Large",
};

function refuseHead(socket: Socket, code: ErrorCode): void {
  if (!socket.writable || socket.bytesWritten > 0) {
    socket.destroy();
    return;
  }
  const { status, title } = errorCatalog[code];
  const body = JSON.stringify({
    error: { message: title, type: "invalid_request_error", param: null, code },
  });
  socket.end(
    `HTTP/1.1 ${status} ${reasonPhrases[status] ?? ""}\r\ncontent-type: application/json\r\nx-sallyport-error: ${code}\r\n` +
      `content-length: ${Buffer.byteLength(body)}\r\nconnection: close\r\n\r\n${body}`,
  );
}

async function drain(server: Server, connections: Connections, graceMs: number): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  connections.endIdle();
  const timeout = setTimeout(() => server.closeAllConnections(), graceMs).unref();
  await closed;
  clearTimeout(timeout);
}
