import { createServer, type IncomingMessage, ServerResponse } from "node:http";
import type { Socket } from "node:net";
import type { ErrorCode } from "../../kernel/errors.ts";
import type { InboundHandler, InboundRequest, Upgrade } from "../../ports/server.ts";
import type { BodyReader, BodySource } from "./body-reader.ts";
import { followConnections } from "./connections.ts";
import { isAmbiguous } from "./http1-framing.ts";
import type { Peers } from "./peer.ts";
import type { Refusals } from "./refusal.ts";
import { createReply, hasBody } from "./reply.ts";
import type { ServerSettings } from "./settings.ts";
import { switchTo, upgradeToken } from "./upgrade.ts";

/** The part of a listener that speaks one version of HTTP. */
export interface Engine {
  /** Serves a connection from its first bytes, which were read already. */
  readonly take: (socket: Socket, start?: Buffer) => void;
  /** From now on a connection ends with its last answer; those that owe none end at once. */
  readonly endIdle: () => void;
  readonly close: () => void;
}

/** What both engines of a listener share. */
export interface EngineParts {
  readonly settings: ServerSettings;
  readonly handler: InboundHandler;
  readonly bodies: BodyReader;
  readonly peers: Peers;
  readonly refusals: Refusals;
  readonly isDraining: () => boolean;
}

/** HTTP/1.1 by node:http, whose defaults are not safe at an edge: every bound is set here. */
export function createHttp1(parts: EngineParts): Engine {
  const { settings, handler, refusals } = parts;
  const { limits } = settings;
  const server = createServer({
    maxHeaderSize: limits.headerBytesMax,
    headersTimeout: limits.headersTimeoutMs,
    // The rate floor of the body reader replaces a total time, which would cut honest slow uploads.
    requestTimeout: 0,
    keepAliveTimeout: limits.keepAliveTimeoutMs,
    connectionsCheckingInterval: Math.min(5000, Math.max(100, limits.headersTimeoutMs / 2)),
    insecureHTTPParser: false,
    shouldUpgradeCallback: (request) => upgradeToken(request) !== undefined,
  });
  // node:http drops surplus fields silently; we count them ourselves and refuse.
  server.maxHeadersCount = 0;
  server.maxRequestsPerSocket = limits.requestsPerConnectionMax;
  const connections = followConnections(server, limits);
  const accept = (request: IncomingMessage, response: ServerResponse, how: How): void => {
    connections.follow(request, response);
    const inbound = readInbound({ request, response, how, ...parts });
    const refused = refusedBecause(request);
    if (refused === undefined) {
      handler(inbound);
      return;
    }
    response.shouldKeepAlive = false;
    const { status, headers, body } = refusals.answer(refused, inbound.target);
    inbound.reply.whole(status, headers, body);
  };
  server.on("request", (request, response) => accept(request, response, {}));
  server.on("checkContinue", (request, response) => accept(request, response, { mustContinue: true }));
  server.on("upgrade", (request, socket: Socket, early: Buffer) => {
    const response = new ServerResponse(request);
    const protocol = upgradeToken(request) ?? "";
    const take = switchTo(socket, response, early);
    accept(request, response, { upgrade: { protocol, take } });
  });
  server.on("connect", (_request, socket: Socket) => refusals.end(socket, "method_not_allowed"));
  server.on("clientError", (error: ParserError, socket: Socket) => {
    const code = codeOfParserError(error);
    if (code === undefined) socket.destroy();
    else refusals.end(socket, code, targetIn(error.rawPacket));
  });
  // It begins to look after slow heads when it listens, which another server does for it here.
  server.emit("listening");
  return {
    take: (socket, start) => {
      server.emit("connection", socket);
      if (start !== undefined) socket.emit("data", start);
    },
    endIdle: connections.endIdle,
    close: () => server.close(),
  };
}

/** What is special about a request beyond its head. */
interface How {
  readonly mustContinue?: boolean;
  readonly upgrade?: Upgrade;
}

function refusedBecause(request: IncomingMessage): ErrorCode | undefined {
  if (request.method === "TRACE") return "method_not_allowed";
  return isAmbiguous(request) ? "malformed_request" : undefined;
}

function readInbound(
  parts: EngineParts & {
    readonly request: IncomingMessage;
    readonly response: ServerResponse;
    readonly how: How;
  },
): InboundRequest {
  const { request, response, how } = parts;
  const peer = parts.peers.of(request.socket);
  let mustContinue = how.mustContinue === true;
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
    remoteAddress: peer.address,
    localPort: peer.localPort,
    scheme: peer.scheme,
    httpVersion: request.httpVersion === "1.0" ? "1.0" : "1.1",
    expectsContinue: mustContinue,
    sendContinue,
    readBody: (bytesMax) => {
      sendContinue();
      return parts.bodies.read(sourceOf(request, response), bytesMax);
    },
    streamBody: (bytesMax, options) => {
      if (!hasBody(request)) return undefined;
      if (options?.holdsContinue !== true) sendContinue();
      return parts.bodies.stream(sourceOf(request, response), bytesMax, options);
    },
    arrivedBody: (bytesMax) => arrivedBody(request, bytesMax),
    trailers: () => request.rawTrailers,
    ...(how.upgrade === undefined ? undefined : { upgrade: how.upgrade }),
    ...(peer.certificate === undefined ? undefined : { clientCertificate: peer.certificate }),
    reply: createReply(request, response, {
      isDraining: parts.isDraining,
      endOfTurn: parts.settings.endOfTurn,
    }),
  };
}

/** A small body comes with its head: it needs no reader, no pieces and no second write. */
function arrivedBody(request: IncomingMessage, bytesMax: number): Uint8Array | undefined {
  const { readableLength, headers } = request;
  const isHere = readableLength > 0 && headers["content-length"] === String(readableLength);
  const body: unknown = isHere && readableLength <= bytesMax ? request.read() : undefined;
  if (!(body instanceof Uint8Array)) return undefined;
  request.resume(); // to its end, which the parser may tell only now
  return body;
}

const sourceOf = (request: IncomingMessage, response: ServerResponse): BodySource => ({
  readable: request,
  answer: response,
  isWhole,
  announced: Number(request.headers["content-length"] ?? 0),
});

/** node:http ends no body that is not whole: it only closes. */
const isWhole = (): boolean => true;

/** `rawPacket`: what was being read. */
interface ParserError extends NodeJS.ErrnoException {
  readonly rawPacket?: Buffer;
}

/** The target of a head that could not be read to its end, where its line came with what could not. */
const targetIn = (packet: Buffer | undefined): string | undefined =>
  /^[A-Z]+ (\S+) HTTP\/1\./.exec(packet?.toString("latin1", 0, lineBytesMax) ?? "")?.[1];
const lineBytesMax = 16_384;

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
