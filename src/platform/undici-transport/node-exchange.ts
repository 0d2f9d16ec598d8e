import type { ClientRequest, IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import { pump } from "../../framing/pump.ts";
import type { EndOfTurn } from "../../ports/end-of-turn.ts";
import type {
  TransportFailure,
  TunnelListener,
  UpstreamExchange,
  UpstreamListener,
  UpstreamRequest,
} from "../../ports/transport.ts";
import { isPieces } from "./dispatch.ts";
import { readFailure } from "./failure.ts";
import { hasTooMany, headOf, interimMax, readList } from "./head.ts";
import { beginCall, hasField, type NodeAgent } from "./node-call.ts";
import { createWatch } from "./watch.ts";

/** How long a body waits for an upstream that does not say 100: RFC 9110, section 10.1.1 leaves the time open. */
const continueMs = 1000;

/** What undici cannot do: it knows neither trailers of requests nor the answer 100. */
export const needsNode = ({ trailers, expectsContinue, body }: UpstreamRequest): boolean =>
  expectsContinue === true || (trailers !== undefined && isPieces(body));

/** What a connection is to become, and who takes it then. */
export interface Switching extends Pick<TunnelListener, "switched"> {
  readonly protocol: string;
}

/** One exchange by `node:http`. */
export function nodeExchange(
  { agent, endOfTurn }: { readonly agent: NodeAgent; readonly endOfTurn: EndOfTurn },
  request: UpstreamRequest,
  listener: UpstreamListener,
  switching?: Switching,
): UpstreamExchange {
  let isOver = false;
  let isPaused = false;
  let call: ClientRequest | undefined;
  let answer: IncomingMessage | undefined;
  let wasSent = false;
  const close = (): void => {
    isOver = true;
    watch.stop();
  };
  const fail = (failure: TransportFailure): void => {
    if (isOver) return;
    close();
    listener.failed(failure);
    call?.destroy();
  };
  const failBy = (error: Error): void => fail(readFailure(error, { wasSent, hasHead: answer !== undefined }));
  const refuse = (detail: string): void =>
    fail({ code: "upstream_malformed_response", detail, wasSent: true });
  const watch = createWatch(() => {
    // A body whose pieces do not come is not the upstream's silence.
    if (answer === undefined && call?.writableEnded === false && !call.writableNeedDrain)
      return watch.start(request.headTimeout);
    fail({ code: "upstream_timeout", detail: "the upstream is silent", wasSent: true });
  });
  const hear = (heard: IncomingMessage): void => {
    if (isOver) return;
    if (hasTooMany(heard.rawHeaders)) return refuse("too many header fields");
    answer = heard;
    watch.start(request.idleTimeout);
    heard.on("data", (chunk: Uint8Array) => {
      watch.refresh();
      if (!isOver) listener.data(chunk);
    });
    heard.once("end", () => {
      if (isOver) return;
      close();
      const trailers = readList(heard.rawTrailers);
      if (trailers.length === 0) listener.end();
      else listener.end(trailers);
      // An answer before the whole request: the rest of it is not wanted.
      if (call?.writableFinished !== true) call?.destroy();
    });
    heard.once("error", failBy);
    if (isPaused) heard.pause();
    listener.head(headOf(heard.statusCode ?? 0, heard.rawHeaders));
  };
  const switchOver = (head: IncomingMessage, socket: Duplex, early: Uint8Array): void => {
    const isRefused = isOver || hasTooMany(head.rawHeaders) || !isAsked(head.headers.upgrade, switching);
    if (isRefused) socket.destroy();
    if (isOver) return;
    if (isRefused) return refuse("switched to another protocol than was asked for, or with too many fields");
    close();
    switching?.switched(headOf(101, head.rawHeaders), socket, early);
  };
  endOfTurn(() => {
    if (isOver) return;
    try {
      call = beginCall(agent, request, {
        lines: linesOf(request, switching),
        onConnected: () => {
          wasSent = true;
          if (!isOver) watch.start(request.headTimeout);
        },
      });
    } catch (thrown) {
      return failBy(thrown instanceof Error ? thrown : new Error(String(thrown)));
    }
    let interims = 0;
    call.on("information", ({ statusCode, rawHeaders }) => {
      interims += 1;
      if (isOver) return;
      if (interims > interimMax || hasTooMany(rawHeaders))
        return refuse("too many interim answers or fields");
      listener.interim?.(headOf(statusCode, rawHeaders));
    });
    call.once("response", hear);
    if (switching !== undefined) call.once("upgrade", switchOver);
    call.on("drain", watch.refresh);
    call.once("error", failBy);
    call.once("close", () => failBy(new Error("the connection was closed")));
    upload(call, request).then(watch.refresh, failBy);
  });
  return {
    pause: () => {
      isPaused = true;
      if (!isOver && answer !== undefined) {
        watch.stop();
        answer.pause();
      }
    },
    resume: () => {
      if (!isPaused) return;
      isPaused = false;
      if (!isOver && answer !== undefined) {
        watch.start(request.idleTimeout);
        answer.resume();
      }
    },
    abort: () => {
      if (isOver) return;
      close();
      call?.destroy();
    },
  };
}

/** Whether the server switched to what was asked for: RFC 9110, section 7.8. */
const isAsked = (answered: string | undefined, asked: Switching | undefined): boolean =>
  answered?.toLowerCase() === asked?.protocol.toLowerCase();

function linesOf(
  { headers, body, trailers, expectsContinue }: UpstreamRequest,
  switching: Switching | undefined,
): readonly string[] {
  if (switching !== undefined) return [...headers, "connection", "upgrade", "upgrade", switching.protocol];
  // Trailers come behind chunks only: a length that a client of HTTP/2 has told stays here.
  const isLeftOut = (name: string | undefined): boolean =>
    name === "expect" || (name === "content-length" && trailers !== undefined && isPieces(body));
  const lines = headers.filter((_text, at) => !isLeftOut(headers[at - (at % 2)]));
  if (expectsContinue === true) lines.push("expect", "100-continue");
  if (isPieces(body))
    return hasField(lines, "content-length") ? lines : [...lines, "transfer-encoding", "chunked"];
  if (hasField(lines, "content-length")) return lines;
  return [...lines, "content-length", String(Buffer.byteLength(body ?? ""))];
}

async function upload(
  call: ClientRequest,
  { body, trailers, expectsContinue }: UpstreamRequest,
): Promise<void> {
  if (expectsContinue === true && !(await isWanted(call))) return;
  if (!isPieces(body)) {
    call.end(body);
    return;
  }
  if (!(await pump(body, call))) return;
  const list = trailers?.() ?? [];
  if (list.length > 0) call.addTrailers(pairsOf(list));
  call.end();
}

/** Whether the body is to be sent: after a 100 or a second without it, but not after the answer. */
function isWanted(call: ClientRequest): Promise<boolean> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve(true), continueMs);
    const settle = (wanted: boolean) => (): void => {
      clearTimeout(timer);
      resolve(wanted);
    };
    call.once("continue", settle(true));
    call.once("response", settle(false));
    call.once("close", settle(false));
  });
}

function pairsOf(list: readonly string[]): [string, string][] {
  const pairs: [string, string][] = [];
  for (let at = 0; at + 1 < list.length; at += 2) pairs.push([list[at] ?? "", list[at + 1] ?? ""]);
  return pairs;
}
