import type {
  AnswerContext,
  AnswerDecoding,
  CallFacts,
  ClientCodec,
  Emulation,
  Tapped,
} from "../exchange/codec.ts";
import type { Framing, StreamForm } from "../exchange/dialect.ts";
import type { UpstreamFailure } from "../exchange/failure.ts";
import type { Part } from "../exchange/part.ts";
import type { Candidate } from "../exchange/target.ts";
import type { Warning } from "../exchange/warning.ts";
import { errorCatalog } from "../kernel/errors.ts";
import type {
  Transport,
  TransportFailure,
  UpstreamExchange,
  UpstreamHead,
  UpstreamListener,
} from "../ports/transport.ts";
import { emulateAnswer } from "./emulate.ts";
import { joined } from "./joined.ts";
import { type FrameReader, followStream, type LiveStream } from "./live-stream.ts";
import { maskCredential, maskText } from "./mask.ts";
import { bytesLane, canonicalLane, type StreamLane } from "./stream-lane.ts";
import { verifiedLane } from "./verified-lane.ts";

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
      /** The upstream's own error, where there was one; the credential is masked in it. */
      readonly native: { readonly head: UpstreamHead; readonly body: Uint8Array } | undefined;
    };

export interface TryParts {
  readonly candidate: Candidate;
  readonly client: ClientCodec;
  readonly requestId: string;
  readonly isStream: boolean;
  readonly facts: CallFacts;
  /** The framing the client's stream has. */
  readonly streamForm: StreamForm;
  readonly hidesUsage: boolean;
  /** What the canonical lane translates with; made only for it. */
  readonly context: () => AnswerContext;
  /** What is done on a translated answer because the upstream could not be asked for it. */
  readonly emulation: Emulation | undefined;
  /** Told the parts of a translated answer that ended well. */
  readonly onWhole: (parts: readonly Part[]) => void;
  /** Told what the client is told last of a translated answer: the whole of it, or the frames that end its stream. */
  readonly onTold: (told: string) => void;
  /** Told the ids by which the provider will know an answer that passed byte for byte. */
  readonly onIssued: (ids: readonly string[]) => void;
  /** Told what is wrong with a stream by the grammar of the client's dialect; absent: it is not looked at. */
  readonly onViolation: ((fault: string) => void) | undefined;
  readonly headers: readonly string[];
  readonly body: Uint8Array | string;
  readonly transport: Transport;
  readonly newReader: (framing: Framing) => FrameReader;
  /** Largest whole answer kept in memory. */
  readonly answerBytesMax: number;
  /** Called with the way to give up, as soon as there is one. Harmless once the try has its result. */
  readonly onSent: (giveUp: (failure: UpstreamFailure) => void) => void;
}

/** An error's body is small; what is longer is not kept, and not passed on. */
const errorBytesMax = 256 * 1024;

/** Sends one request to one candidate and waits until its answer is whole, streaming, or failed. */
export function tryCandidate(parts: TryParts): Promise<TryResult> {
  return new Promise((resolve, reject) => {
    let exchange: UpstreamExchange | undefined;
    let current: Omit<UpstreamListener, "head"> | undefined;
    const fail = (failure: UpstreamFailure): void => resolve({ kind: "failed", failure, native: undefined });
    const { target, endpoint, lane } = parts.candidate;
    const { isStream: asksStream, body } = parts;
    const { origin, codec } = endpoint;
    const streamForm = lane === "bytes" ? parts.streamForm : "sse";
    const framing = codec.framingOf(streamForm);
    const path = endpoint.pathOf({ model: target.model, isStream: asksStream, streamForm });
    const { headers } = parts;
    const signed = endpoint.sign?.({ method: "POST", origin, path, headers, body });
    exchange = parts.transport.send(
      {
        origin,
        path,
        method: "POST",
        headers: signed === undefined ? headers : [...headers, ...signed],
        body,
        headTimeout: target.headTimeout,
        idleTimeout: target.idleTimeout,
      },
      {
        head: (head) => {
          current = isStream(asksStream, framing, head)
            ? followStream({
                head,
                reader: parts.newReader(framing),
                isSse: framing === "sse",
                lane: laneOf(parts),
                exchange: () => exchange,
                open: (opening) => {
                  if (opening.kind === "live") resolve({ kind: "stream", stream: opening.stream });
                  else fail(opening.failure);
                },
              })
            : collectWhole(parts, head, { resolve, reject, abort: () => exchange?.abort() });
        },
        data: (chunk) => current?.data(chunk),
        end: () => current?.end(),
        failed: (failure) => {
          if (current === undefined) fail(failureOf(failure));
          else current.failed(failure);
        },
      },
    );
    const sent = exchange;
    parts.onSent((failure) => {
      sent.abort();
      fail(failure);
    });
  });
}

/** Some servers answer a call for a stream with the whole answer, and say so. */
const isStream = (wasAsked: boolean, framing: Framing, { status, headers }: UpstreamHead): boolean =>
  wasAsked &&
  status < 300 &&
  (framing === "json-array" || !(headers.get("content-type") ?? "").startsWith("application/json"));

const failureOf = ({ code, detail }: TransportFailure): UpstreamFailure => ({
  code,
  status: errorCatalog[code].status,
  message: detail,
});

/** The lane of a stream. An error told inside it may quote the credential. */
function laneOf(parts: TryParts): StreamLane {
  const { client, candidate, requestId, streamForm } = parts;
  const upstream = candidate.endpoint.codec;
  const lane =
    candidate.lane === "canonical"
      ? canonicalLane(
          { upstream, client, askedModel: candidate.target.model, emulation: parts.emulation },
          parts.context(),
          parts,
        )
      : bytesLane(upstream.tapStream({ hidesUsage: parts.hidesUsage }), parts.onIssued, (error, lastData) =>
          client.encodeStreamError(error, {
            requestId,
            streamForm,
            ...(lastData === undefined ? {} : { lastData }),
          }),
        );
  const { onViolation } = parts;
  const check = onViolation && client.checkStream?.(parts.facts);
  const shown = check
    ? verifiedLane(lane, { check, reader: parts.newReader(streamForm), onViolation })
    : lane;
  return {
    ...shown,
    failure: () => {
      const failure = lane.failure();
      return failure && { ...failure, message: maskText(failure.message, candidate.endpoint.credential) };
    },
  };
}

function collectWhole(
  parts: TryParts,
  head: UpstreamHead,
  {
    resolve,
    reject,
    abort,
  }: {
    readonly resolve: (result: TryResult) => void;
    readonly reject: (fault: unknown) => void;
    readonly abort: () => void;
  },
): Omit<UpstreamListener, "head"> {
  const bytesMax = head.status < 300 ? parts.answerBytesMax : errorBytesMax;
  const chunks: Uint8Array[] = [];
  let size = 0;
  let isOver = false;
  return {
    data: (chunk) => {
      if (isOver) return;
      size += chunk.length;
      chunks.push(chunk);
      if (size <= bytesMax) return;
      isOver = true;
      abort();
      resolve(
        head.status < 300
          ? malformed(`the answer is larger than ${bytesMax} bytes`)
          : { ...readError(parts, head, joined(chunks, size)), native: undefined },
      );
    },
    end: () => {
      if (isOver) return;
      try {
        resolve(readWhole(parts, head, joined(chunks, size)));
      } catch (fault) {
        // Thrown here it would be lost in the transport, and the client would wait for ever.
        reject(fault);
      }
    },
    failed: (failure) => {
      if (!isOver) resolve({ kind: "failed", failure: failureOf(failure), native: undefined });
    },
  };
}

function readError(
  parts: TryParts,
  head: UpstreamHead,
  body: Uint8Array,
): Extract<TryResult, { kind: "failed" }> {
  if (head.status < 400) return malformed(`a redirect (status ${head.status}), which is not followed`);
  const masked = maskCredential(body, parts.candidate.endpoint.credential);
  return {
    kind: "failed",
    failure: parts.candidate.endpoint.codec.readFailure(head.status, head.headers, masked),
    // A compressed body would need a header that is not passed on.
    native: isCompressed(head) ? undefined : { head, body: masked },
  };
}

/** Although we ask for `identity`. */
const isCompressed = ({ headers }: UpstreamHead): boolean =>
  (headers.get("content-encoding") ?? "identity") !== "identity";

function readWhole(parts: TryParts, head: UpstreamHead, body: Uint8Array): TryResult {
  if (head.status >= 300) return readError(parts, head, body);
  if (isCompressed(head)) return malformed("the answer is compressed, which was not asked for");
  return parts.candidate.lane === "bytes" ? readOwn(parts, head, body) : readForeign(parts, head, body);
}

function readOwn(parts: TryParts, head: UpstreamHead, body: Uint8Array): TryResult {
  const { codec } = parts.candidate.endpoint;
  const tapped = codec.tapAnswer(body);
  if (tapped === undefined) return notAnAnswer(codec.decodeAnswer(body));
  parts.onIssued(tapped.stateIds ?? []);
  return { kind: "whole", head, body: codec.amendAnswer?.(body, parts.facts) ?? body, tapped, warnings: [] };
}

function readForeign(parts: TryParts, head: UpstreamHead, body: Uint8Array): TryResult {
  if (parts.isStream) return malformed("a stream was asked for and a whole answer came");
  const decoding = parts.candidate.endpoint.codec.decodeAnswer(body);
  if (decoding.kind === "failure") return { kind: "failed", failure: decoding.failure, native: undefined };
  const { emulation } = parts;
  const told = emulation === undefined ? decoding : emulateAnswer(decoding.answer, emulation);
  if (told.kind === "failure") return { kind: "failed", failure: told.failure, native: undefined };
  // Some dialects tell no model: then it is the one that was asked.
  const answer = { ...told.answer, model: told.answer.model || parts.candidate.target.model };
  parts.onWhole(answer.parts);
  const encoded = parts.client.encodeAnswer(answer, parts.context());
  parts.onTold(encoded.body);
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

/** Some servers tell an error with status 200. */
function notAnAnswer(decoding: AnswerDecoding): Extract<TryResult, { kind: "failed" }> {
  return decoding.kind === "failure"
    ? { kind: "failed", failure: decoding.failure, native: undefined }
    : malformed("the answer is not one of its dialect");
}

function malformed(message: string): Extract<TryResult, { kind: "failed" }> {
  return {
    kind: "failed",
    failure: { code: "upstream_malformed_response", status: 502, message },
    native: undefined,
  };
}
