import { type ClientHttp2Stream, constants } from "node:http2";
import { pump } from "../../framing/pump.ts";
import type { EndOfTurn } from "../../ports/end-of-turn.ts";
import type {
  TransportFailure,
  UpstreamExchange,
  UpstreamListener,
  UpstreamRequest,
} from "../../ports/transport.ts";
import type { Connection } from "./connection.ts";
import { asObject, readHead, readTrailers, requestFields } from "./fields.ts";
import type { Pool } from "./pool.ts";
import { createWatch } from "./watch.ts";

/** How long a body waits for an upstream that does not say 100: RFC 9110, section 10.1.1 leaves the time open. */
const continueMs = 1000;
/** Interim answers to one request; more are no answer. */
const interimMax = 64;

/** One exchange on a stream of its own. */
export function exchange(
  { take, endOfTurn }: { readonly take: Pool["take"]; readonly endOfTurn: EndOfTurn },
  request: UpstreamRequest,
  listener: UpstreamListener,
): UpstreamExchange {
  let isOver = false;
  let isPaused = false;
  let hasHead = false;
  let stream: ClientHttp2Stream | undefined;
  let leave = (): void => undefined;
  const close = (): void => {
    isOver = true;
    watch.stop();
    leave();
  };
  const fail = (failure: TransportFailure): void => {
    if (isOver) return;
    close();
    listener.failed(failure);
    giveUp(stream);
  };
  const failBy = (thrown: unknown): void =>
    fail({
      code: hasHead ? "upstream_stream_broken" : "upstream_unreachable",
      detail: String(thrown),
      wasSent: stream !== undefined,
    });
  const refuse = (detail: string): void =>
    fail({ code: "upstream_malformed_response", detail, wasSent: true });
  const watch = createWatch(() => {
    // A body whose pieces do not come is not the upstream's silence.
    if (!hasHead && stream?.writableEnded === false && !stream.writableNeedDrain)
      return watch.start(request.headTimeout);
    fail({ code: "upstream_timeout", detail: "the upstream is silent", wasSent: stream !== undefined });
  });
  const attend = (opened: ClientHttp2Stream, connection: Connection): void => {
    const id = opened.id;
    const hasEnded = watchEnd(opened);
    let interims = 0;
    let trailers: readonly string[] | undefined;
    const breakOff = (): void => {
      if (!isOver) fail(readEnd({ id, rstCode: opened.rstCode, hasHead }, connection));
    };
    opened.on("headers", (_object, _flags, raw) => {
      interims += 1;
      const head = readHead(raw);
      if (isOver) return;
      if (head === undefined || interims > interimMax) return refuse("too many interim answers or fields");
      listener.interim?.(head);
    });
    opened.once("response", (_object, _flags, raw) => {
      const head = readHead(raw);
      if (isOver) return;
      if (head === undefined || head.status < 200) return refuse("too many header fields, or no status");
      hasHead = true;
      opened.on("data", (chunk: Uint8Array) => {
        watch.refresh();
        if (!isOver) listener.data(chunk);
      });
      if (isPaused) opened.pause();
      else watch.start(request.idleTimeout);
      listener.head(head);
    });
    opened.once("trailers", (_object, _flags, raw) => {
      trailers = readTrailers(raw);
      if (trailers === undefined) refuse("too many trailers");
    });
    opened.once("end", () => {
      if (isOver) return;
      if (!hasEnded() || !hasHead) return breakOff();
      close();
      if (trailers === undefined || trailers.length === 0) listener.end();
      else listener.end(trailers);
      // An answer before the whole request: the rest of it is not wanted.
      if (!opened.closed && !opened.writableFinished) opened.close(constants.NGHTTP2_CANCEL);
    });
    opened.on("drain", watch.refresh);
    // What happened is told by `close`, which follows.
    opened.on("error", () => undefined);
    opened.once("close", breakOff);
    opened.once("wantTrailers", () => opened.sendTrailers(asObject(request.trailers?.() ?? [])));
    upload(opened, request).then(watch.refresh, failBy);
  };
  const begin = (connection: Connection): void => {
    try {
      stream = connection.open(requestFields(request), {
        endStream: request.body === undefined,
        waitForTrailers: request.trailers !== undefined && request.body !== undefined,
      });
      attend(stream, connection);
    } catch (thrown) {
      failBy(thrown);
    }
  };
  watch.start(request.headTimeout);
  endOfTurn(() => {
    if (!isOver) leave = take({ given: begin, failed: fail });
  });
  return {
    pause: () => {
      isPaused = true;
      if (isOver || !hasHead) return;
      watch.stop();
      stream?.pause();
    },
    resume: () => {
      if (!isPaused) return;
      isPaused = false;
      if (isOver || !hasHead) return;
      watch.start(request.idleTimeout);
      stream?.resume();
    },
    abort: () => {
      if (isOver) return;
      close();
      giveUp(stream);
    },
  };
}

/** Resets a stream. One that is paused would stay for ever, with what has come of it and its place among the streams. */
function giveUp(stream: ClientHttp2Stream | undefined): void {
  stream?.close(constants.NGHTTP2_CANCEL);
  stream?.resume();
}

/** Whether the peer has ended its side: Node tells a reset without an error in the same words, and that is no end. */
function watchEnd(stream: ClientHttp2Stream): () => boolean {
  let hasEnded = false;
  const push = stream.push.bind(stream);
  const watched: typeof push = (chunk, encoding) => {
    if (chunk === null && !stream.closed) hasEnded = true;
    return push(chunk, encoding);
  };
  stream.push = watched;
  return () => hasEnded;
}

/** Why a stream is over that has not ended. */
function readEnd(
  {
    id,
    rstCode,
    hasHead,
  }: { readonly id: number | undefined; readonly rstCode: number; readonly hasHead: boolean },
  connection: Connection,
): TransportFailure {
  const code = hasHead ? "upstream_stream_broken" : "upstream_unreachable";
  const death = connection.death();
  if (connection.hasRefused(id) || (death === undefined && rstCode === constants.NGHTTP2_REFUSED_STREAM))
    return { code, detail: "refused", wasSent: hasHead, resetCode: constants.NGHTTP2_REFUSED_STREAM };
  if (death !== undefined) return { code, detail: death, wasSent: true };
  return { code, detail: `reset with ${rstCode}`, wasSent: true, resetCode: rstCode };
}

async function upload(stream: ClientHttp2Stream, { body, expectsContinue }: UpstreamRequest): Promise<void> {
  if (body === undefined) return;
  if (expectsContinue === true && !(await isWanted(stream))) return;
  if (typeof body === "string" || body instanceof Uint8Array) stream.end(body);
  else if (await pump(body, stream)) stream.end();
}

/** Whether the body is to be sent: after a 100 or a second without it, but not after the answer. */
function isWanted(stream: ClientHttp2Stream): Promise<boolean> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve(true), continueMs);
    const settle = (wanted: boolean) => (): void => {
      clearTimeout(timer);
      resolve(wanted);
    };
    stream.once("continue", settle(true));
    stream.once("response", settle(false));
    stream.once("close", settle(false));
  });
}
