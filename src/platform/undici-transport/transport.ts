import { Readable } from "node:stream";
import { Agent, type Dispatcher } from "undici";
import { GatewayError } from "../../kernel/errors.ts";
import type { EndOfTurn } from "../../ports/end-of-turn.ts";
import type {
  Transport,
  TransportFailure,
  UpstreamExchange,
  UpstreamHead,
  UpstreamListener,
  UpstreamRequest,
} from "../../ports/transport.ts";

export interface TransportSettings {
  /** Time to reach a server, TLS included. */
  readonly connectTimeoutMs: number;
  /** How long an idle connection is kept for the next request. */
  readonly keepAliveMs: number;
  /** When requests are written. */
  readonly endOfTurn: EndOfTurn;
}

const headerBytesMax = 65_536;

/**
 * HTTP/1.1 to upstreams by undici's `dispatch`, its lowest door: no streams, no promises, half the cost of `fetch`.
 * HTTP/2 is off: undici would put all calls on one connection, at three times the cost (measured, specs/performance).
 */
export function createTransport(settings: TransportSettings): Transport {
  const shared = {
    allowH2: false,
    keepAliveTimeout: settings.keepAliveMs,
    keepAliveMaxTimeout: settings.keepAliveMs,
    maxHeaderSize: headerBytesMax,
    connect: { timeout: settings.connectTimeoutMs },
  } as const;
  const agent = new Agent({ ...shared, pipelining: 1 });
  // Without pipelining no connection is kept.
  const apart = new Agent({ ...shared, pipelining: 0 });
  const { endOfTurn } = settings;
  return {
    send: (request, listener) =>
      send({ agent: request.isApart === true ? apart : agent, endOfTurn }, request, listener),
    close: async () => {
      await Promise.all([agent.close(), apart.close()]);
    },
  };
}

function send(
  { agent, endOfTurn }: { readonly agent: Agent; readonly endOfTurn: EndOfTurn },
  request: UpstreamRequest,
  listener: UpstreamListener,
): UpstreamExchange {
  if (!request.permit.covers(request.origin))
    throw new GatewayError("internal", `a permit of another place was brought for ${request.origin}`);
  let controller: Dispatcher.DispatchController | undefined;
  let isOver = false;
  let isPaused = false;
  let wasSent = false;
  let hasHead = false;
  const fail = (error: Error): void => {
    if (isOver) return;
    isOver = true;
    listener.failed(readFailure(error, { wasSent, hasHead }));
  };
  const handler: Dispatcher.DispatchHandler = {
    onRequestStart(started) {
      controller = started;
      if (isOver) started.abort(new Error("the caller gave up"));
    },
    onBodySent() {
      wasSent = true;
    },
    onRequestSent() {
      wasSent = true;
    },
    onResponseStart(_controller, status, headers) {
      // An interim answer (1xx) is not the answer.
      if (isOver || status < 200) return;
      hasHead = true;
      listener.head(readHead(status, headers));
      if (isPaused) controller?.pause();
    },
    onResponseData(_controller, chunk) {
      if (!isOver) listener.data(chunk);
    },
    onResponseEnd() {
      if (isOver) return;
      isOver = true;
      listener.end();
    },
    onResponseError(_controller, error) {
      fail(error);
    },
  };
  const dispatch = (): void => {
    if (isOver) return;
    try {
      agent.dispatch(
        {
          origin: request.origin,
          path: request.path,
          method: request.method,
          // undici takes a flat list; its type wants it mutable.
          headers: [...request.headers],
          body: isPieces(request.body)
            ? Readable.from(request.body, { objectMode: false })
            : (request.body ?? null),
          headersTimeout: request.headTimeout,
          bodyTimeout: request.idleTimeout,
        },
        handler,
      );
    } catch (thrown) {
      fail(thrown instanceof Error ? thrown : new Error(String(thrown)));
    }
  };
  endOfTurn(dispatch);
  return {
    pause: () => {
      isPaused = true;
      if (hasHead && !isOver) controller?.pause();
    },
    resume: () => {
      isPaused = false;
      if (hasHead && !isOver) controller?.resume();
    },
    abort: () => {
      if (isOver) return;
      isOver = true;
      controller?.abort(new Error("the caller gave up"));
    },
  };
}

const isPieces = (body: UpstreamRequest["body"]): body is AsyncIterable<Uint8Array> =>
  typeof body === "object" && Symbol.asyncIterator in body;

function readHead(
  status: number,
  headers: Readonly<Record<string, string | string[] | undefined>>,
): UpstreamHead {
  const map = new Map<string, string>();
  for (const name in headers) {
    const value = headers[name];
    if (value !== undefined) map.set(name, typeof value === "string" ? value : value.join(", "));
  }
  return { status, headers: map };
}

const timeoutCodes: ReadonlySet<string> = new Set(["UND_ERR_HEADERS_TIMEOUT", "UND_ERR_BODY_TIMEOUT"]);

/** The parser's own complaints, and a head above the limit. */
const isProtocolFault = (code: string): boolean =>
  code === "HTTPParserError" || code.startsWith("HPE_") || code === "UND_ERR_HEADERS_OVERFLOW";

function readFailure(error: Error, progress: { wasSent: boolean; hasHead: boolean }): TransportFailure {
  const systemCode = "code" in error && typeof error.code === "string" ? error.code : error.name;
  const detail = `${systemCode}: ${error.message}`;
  if (timeoutCodes.has(systemCode)) return { code: "upstream_timeout", detail, wasSent: true };
  if (!progress.hasHead && isProtocolFault(systemCode))
    return { code: "upstream_malformed_response", detail, wasSent: true };
  if (progress.hasHead) return { code: "upstream_stream_broken", detail, wasSent: true };
  return { code: "upstream_unreachable", detail, wasSent: progress.wasSent };
}
