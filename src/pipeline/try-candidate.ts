import type { AnswerContext, ClientCodec, StreamTap, Tapped, UpstreamCodec } from "../exchange/codec.ts";
import type { UpstreamFailure } from "../exchange/failure.ts";
import type { Candidate } from "../exchange/target.ts";
import type { Warning } from "../exchange/warning.ts";
import { GatewayError } from "../kernel/errors.ts";
import type { Transport, UpstreamExchange, UpstreamHead, UpstreamListener } from "../ports/transport.ts";
import { type FrameReader, followStream, type LiveStream } from "./live-stream.ts";
import { bytesLane, canonicalLane, type StreamLane } from "./stream-lane.ts";

/** What one try at one candidate came to. */
export type TryResult =
  | {
      readonly kind: "whole";
      readonly head: UpstreamHead;
      readonly body: Uint8Array | string;
      readonly tapped: Tapped;
      readonly warnings: readonly Warning[];
    }
  | { readonly kind: "stream"; readonly stream: LiveStream }
  | {
      readonly kind: "failed";
      readonly failure: UpstreamFailure;
      /** The upstream's own error, where there was one. */
      readonly native: { readonly head: UpstreamHead; readonly body: Uint8Array } | undefined;
    };

export interface TryParts {
  readonly candidate: Candidate;
  readonly upstream: UpstreamCodec;
  readonly client: ClientCodec;
  readonly isStream: boolean;
  readonly hidesUsage: boolean;
  /** What the canonical lane translates with; made only for it. */
  readonly context: () => AnswerContext;
  readonly headers: readonly string[];
  readonly body: Uint8Array | string;
  readonly transport: Transport;
  readonly newReader: () => FrameReader;
  /** Largest whole answer kept in memory. */
  readonly answerBytesMax: number;
  /** Called with the way to give up, as soon as there is one. Harmless once the try has its result. */
  readonly onSent: (giveUp: () => void) => void;
}

/** Sends one request to one candidate and waits until its answer is whole, streaming, or failed. */
export function tryCandidate(parts: TryParts): Promise<TryResult> {
  return new Promise((resolve) => {
    let exchange: UpstreamExchange | undefined;
    let current: Omit<UpstreamListener, "head"> | undefined;
    const fail = (failure: UpstreamFailure): void => resolve({ kind: "failed", failure, native: undefined });
    const { target, endpoint } = parts.candidate;
    exchange = parts.transport.send(
      {
        origin: endpoint.origin,
        path: endpoint.path,
        method: "POST",
        headers: parts.headers,
        body: parts.body,
        headTimeout: target.headTimeout,
        idleTimeout: target.idleTimeout,
      },
      {
        head: (head) => {
          const isEvents =
            parts.isStream &&
            head.status < 300 &&
            !(head.headers.get("content-type") ?? "").startsWith("application/json");
          current = isEvents
            ? followStream({
                head,
                reader: parts.newReader(),
                lane: laneOf(parts),
                exchange: () => exchange,
                open: (opening) =>
                  resolve(
                    opening.kind === "live"
                      ? { kind: "stream", stream: opening.stream }
                      : { kind: "failed", failure: opening.failure, native: undefined },
                  ),
              })
            : collectWhole(parts, head, resolve, () => exchange?.abort());
        },
        data: (chunk) => current?.data(chunk),
        end: () => current?.end(),
        failed: (failure) => {
          if (current !== undefined) current.failed(failure);
          else
            fail({
              code: failure.code,
              status: new GatewayError(failure.code, "").status,
              message: failure.detail,
            });
        },
      },
    );
    const sent = exchange;
    parts.onSent(() => {
      sent.abort();
      fail({ code: "client_closed", status: 499, message: "the client went before an answer came" });
    });
  });
}

function laneOf(parts: TryParts): StreamLane {
  if (parts.candidate.lane === "canonical")
    return canonicalLane(parts.upstream, parts.client, parts.context());
  const tap: StreamTap = parts.upstream.tapStream({ hidesUsage: parts.hidesUsage });
  return bytesLane(tap);
}

function collectWhole(
  parts: TryParts,
  head: UpstreamHead,
  resolve: (result: TryResult) => void,
  abort: () => void,
): Omit<UpstreamListener, "head"> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  let isOver = false;
  return {
    data: (chunk) => {
      if (isOver) return;
      size += chunk.length;
      if (size > parts.answerBytesMax) {
        isOver = true;
        abort();
        resolve(malformed(`the answer is larger than ${parts.answerBytesMax} bytes`));
        return;
      }
      chunks.push(chunk);
    },
    end: () => {
      if (!isOver) resolve(readWhole(parts, head, joined(chunks, size)));
    },
    failed: (failure) => {
      if (!isOver)
        resolve({
          kind: "failed",
          failure: { code: failure.code, status: 502, message: failure.detail },
          native: undefined,
        });
    },
  };
}

function readWhole(parts: TryParts, head: UpstreamHead, body: Uint8Array): TryResult {
  if (head.status >= 300) {
    return {
      kind: "failed",
      failure: parts.upstream.readFailure(head.status, head.headers, body),
      native: { head, body },
    };
  }
  if (parts.candidate.lane === "bytes") {
    const tapped = parts.upstream.tapAnswer(body);
    return tapped === undefined
      ? malformed("the answer is not one of its dialect")
      : { kind: "whole", head, body, tapped, warnings: [] };
  }
  if (parts.isStream) return malformed("a stream was asked for and a whole answer came");
  const decoding = parts.upstream.decodeAnswer(body);
  if (decoding.kind === "failure") return { kind: "failed", failure: decoding.failure, native: undefined };
  const { answer } = decoding;
  const encoded = parts.client.encodeAnswer(answer, parts.context());
  return {
    kind: "whole",
    head,
    body: encoded.body,
    tapped: {
      model: answer.model,
      finish: answer.finish,
      ...(answer.usage === undefined ? {} : { usage: answer.usage }),
    },
    warnings: [...decoding.warnings, ...encoded.warnings],
  };
}

function malformed(message: string): TryResult {
  return {
    kind: "failed",
    failure: { code: "upstream_malformed_response", status: 502, message },
    native: undefined,
  };
}

function joined(chunks: readonly Uint8Array[], size: number): Uint8Array {
  const [only] = chunks;
  if (chunks.length === 1 && only !== undefined) return only;
  const whole = new Uint8Array(size);
  let at = 0;
  for (const chunk of chunks) {
    whole.set(chunk, at);
    at += chunk.length;
  }
  return whole;
}
