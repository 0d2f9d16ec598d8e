import type { Framing } from "../exchange/dialect.ts";
import type { UpstreamFailure } from "../exchange/failure.ts";
import { errorCatalog } from "../kernel/errors.ts";
import type { UpstreamExchange, UpstreamHead, UpstreamListener } from "../ports/transport.ts";
import { checkedLane } from "./checked-lane.ts";
import { followStream, type Spent } from "./live-stream.ts";
import { maskText } from "./mask.ts";
import { collectWhole, failureOf } from "./read-answer.ts";
import { bytesLane, canonicalLane, createAnswerWriter, type StreamLane } from "./stream-lane.ts";
import type { TryParts, TryResult } from "./try-result.ts";
import { verifiedLane } from "./verified-lane.ts";
import { createWatch, type Phase } from "./watch.ts";

/** Sends one request to one candidate and waits until its answer is whole, streaming, or failed. */
export function tryCandidate(parts: TryParts): Promise<TryResult> {
  return new Promise((resolve, reject) => {
    let exchange: UpstreamExchange | undefined;
    let current: Omit<UpstreamListener, "head"> | undefined;
    let expire: ((failure: UpstreamFailure) => void) | undefined;
    const fail = (failure: UpstreamFailure, spent?: Spent): void => {
      watch.end();
      resolve({ kind: "failed", failure, native: undefined, spent });
    };
    const watch = createWatch(parts, parts.limits, (phase, afterMs) => {
      const failure = timeoutOf(phase, afterMs);
      if (expire === undefined) {
        exchange?.abort();
        fail(failure);
      } else expire(failure);
    });
    const broke = (fault: unknown): void => {
      watch.end();
      reject(fault);
    };
    const done = (result: TryResult): void => {
      watch.end();
      resolve(result);
    };
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
        permit: parts.permit,
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
          if (!isStream(asksStream, framing, head)) {
            current = collectWhole(parts, head, {
              resolve: done,
              reject: broke,
              abort: () => exchange?.abort(),
            });
            return;
          }
          const followed = followStream({
            head,
            reader: parts.newReader(framing),
            isSse: framing === "sse",
            lane: laneOf(parts),
            exchange: () => exchange,
            watch,
            hold: parts.hold,
            check: parts.check,
            open: (opening) => {
              if (opening.kind === "live") resolve({ kind: "stream", stream: opening.stream });
              else fail(opening.failure, opening.spent);
            },
          });
          current = followed;
          expire = followed.expire;
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

function timeoutOf(phase: Phase, afterMs: number): UpstreamFailure {
  const code = phase === "total" ? "deadline_exceeded" : "upstream_timeout";
  const what = {
    first: "no answer",
    early: "no answer, and others can be asked,",
    idle: "silence",
    total: "the time of the request is over",
  }[phase];
  return {
    code,
    status: errorCatalog[code].status,
    message: `${what} after ${Math.round(afterMs)} ms (${phase})`,
  };
}

/** Some servers answer a call for a stream with the whole answer, and say so. */
const isStream = (wasAsked: boolean, framing: Framing, { status, headers }: UpstreamHead): boolean =>
  wasAsked &&
  status < 300 &&
  (framing === "json-array" || !(headers.get("content-type") ?? "").startsWith("application/json"));

/** What passes unread is read on the side, where somebody wants to know. */
const checked = ({ check, candidate }: TryParts, lane: StreamLane): StreamLane =>
  check === undefined ? lane : checkedLane(lane, candidate.endpoint.codec.decodeStream(), check);

/** The lane of a stream. An error told inside it may quote the credential. */
function laneOf(parts: TryParts): StreamLane {
  const { client, candidate, requestId, streamForm } = parts;
  const upstream = candidate.endpoint.codec;
  const { delivered, resumed } = parts;
  const isTranslated =
    candidate.lane === "canonical" || [delivered, resumed, parts.guard].some((one) => one !== undefined);
  const lane = isTranslated
    ? canonicalLane(
        upstream.decodeStream(),
        resumed?.writer ??
          createAnswerWriter(
            { client, emulation: parts.emulation, delivered, check: parts.check, guard: parts.guard },
            parts.context(),
            parts,
          ),
        { askedModel: candidate.target.model, seam: resumed?.seam },
      )
    : checked(
        parts,
        bytesLane(upstream.tapStream({ hidesUsage: parts.hidesUsage }), parts.onIssued, (error, lastData) =>
          client.encodeStreamError(error, {
            requestId,
            streamForm,
            ...(lastData === undefined ? {} : { lastData }),
          }),
        ),
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
