import { Readable } from "node:stream";
import type { Agent, Dispatcher } from "undici";
import type { EndOfTurn } from "../../ports/end-of-turn.ts";
import type {
  TransportFailure,
  UpstreamExchange,
  UpstreamListener,
  UpstreamRequest,
} from "../../ports/transport.ts";
import { serverName } from "./connect.ts";
import { isUnaskedContinue, readFailure } from "./failure.ts";
import { hasTooMany, interimMax, readHead, readList } from "./head.ts";

/** One exchange by undici's `dispatch`. */
export function dispatch(
  {
    agent,
    endOfTurn,
    onUnaskedContinue,
  }: {
    readonly agent: Agent;
    readonly endOfTurn: EndOfTurn;
    /** The server says 100 to who has not asked for it, which undici takes for a fault. */
    readonly onUnaskedContinue: () => void;
  },
  request: UpstreamRequest,
  listener: UpstreamListener,
): UpstreamExchange {
  let controller: Dispatcher.DispatchController | undefined;
  let isOver = false;
  let isPaused = false;
  let wasSent = false;
  let hasHead = false;
  let interims = 0;
  const fail = (failure: TransportFailure): void => {
    if (isOver) return;
    isOver = true;
    listener.failed(failure);
  };
  const refuse = (detail: string): void => {
    fail({ code: "upstream_malformed_response", detail, wasSent: true });
    controller?.abort(new Error(detail));
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
    onResponseStart({ rawHeaders }, status, headers) {
      if (isOver) return;
      if (hasTooMany(rawHeaders)) return refuse("too many header fields");
      if (status < 200) {
        interims += 1;
        if (interims > interimMax) return refuse("too many interim answers");
        listener.interim?.(readHead(status, headers, rawHeaders));
        return;
      }
      hasHead = true;
      listener.head(readHead(status, headers, rawHeaders));
      if (isPaused) controller?.pause();
    },
    onResponseData(_controller, chunk) {
      if (!isOver) listener.data(chunk);
    },
    onResponseEnd({ rawTrailers }) {
      if (isOver) return;
      isOver = true;
      const trailers = readList(rawTrailers);
      if (trailers.length === 0) listener.end();
      else listener.end(trailers);
    },
    onResponseError(_controller, error) {
      if (!hasHead && isUnaskedContinue(error)) onUnaskedContinue();
      fail(readFailure(error, { wasSent, hasHead }));
    },
  };
  endOfTurn(() => {
    if (isOver) return;
    try {
      agent.dispatch(optionsOf(request), handler);
    } catch (thrown) {
      const error = thrown instanceof Error ? thrown : new Error(String(thrown));
      fail(readFailure(error, { wasSent, hasHead }));
    }
  });
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

function optionsOf(request: UpstreamRequest): Dispatcher.DispatchOptions & { servername?: string } {
  const servername = serverName(request);
  return {
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
    ...(servername !== undefined && { servername }),
  };
}

/** Whether a body comes in pieces. */
export const isPieces = (body: UpstreamRequest["body"]): body is AsyncIterable<Uint8Array> =>
  typeof body === "object" && Symbol.asyncIterator in body;
