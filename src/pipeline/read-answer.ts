import type { GuardedAnswer, GuardedRest } from "../exchange/answer-guard.ts";
import type { AnswerDecoding, Tapped } from "../exchange/codec.ts";
import type { UpstreamFailure } from "../exchange/failure.ts";
import { errorCatalog } from "../kernel/errors.ts";
import { forbidsRetry } from "../kernel/retry-after.ts";
import type { TransportFailure, UpstreamHead, UpstreamListener } from "../ports/transport.ts";
import { brokenContract } from "./answer-check.ts";
import { emulateAnswer } from "./emulate.ts";
import { joined } from "./joined.ts";
import { maskCredential } from "./mask.ts";
import type { TryParts, TryResult } from "./try-result.ts";

/** An error's body is small; what is longer is not kept, and not passed on. */
const errorBytesMax = 256 * 1024;

export const failureOf = ({ code, detail }: TransportFailure): UpstreamFailure => ({
  code,
  status: errorCatalog[code].status,
  message: detail,
});

/** Reads an answer that does not stream, or an error. */
export function collectWhole(
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
  const failure = parts.candidate.endpoint.codec.readFailure(head.status, head.headers, masked);
  return {
    kind: "failed",
    failure: forbidsRetry(head.headers) ? { ...failure, isFinal: true } : failure,
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
  checkOwn(parts, body);
  const broken = brokenContract(parts.check);
  if (broken !== undefined) return unkept(broken, tapped);
  parts.onIssued(tapped.stateIds ?? []);
  const guarded = guardedOwn(parts, body);
  switch (guarded.kind) {
    case "failure":
    case "blocked":
      return unkept(guarded.failure, tapped);
    case "changed": {
      const { body: told, warnings } = parts.client.encodeAnswer(guarded.answer, parts.context());
      return { kind: "whole", head, body: told, tapped, warnings };
    }
    case "same":
    case "rewritten": {
      const told = guarded.kind === "rewritten" ? guarded.body : body;
      const amended = codec.amendAnswer?.(told, parts.facts) ?? told;
      return { kind: "whole", head, body: amended, tapped, warnings: [] };
    }
  }
}

function checkOwn({ check, candidate }: TryParts, body: Uint8Array): void {
  if (check === undefined) return;
  const decoding = candidate.endpoint.codec.decodeAnswer(body);
  if (decoding.kind === "answer") check.whole(decoding.answer.parts, decoding.answer.finish);
}

/**
 * An answer of the client's own dialect passes byte for byte unless its guard has changed it. One that cannot be read, and so
 * cannot be guarded, goes to nobody.
 */
function guardedOwn(
  { guard, candidate }: TryParts,
  body: Uint8Array,
): GuardedAnswer | GuardedRest | Extract<AnswerDecoding, { kind: "failure" }> {
  if (guard === undefined) return { kind: "same" };
  const decoding = candidate.endpoint.codec.decodeAnswer(body);
  if (decoding.kind === "failure") return decoding;
  const guarded = guard.whole(decoding.answer);
  return guarded.kind === "same" ? guard.rest(body) : guarded;
}

function readForeign(parts: TryParts, head: UpstreamHead, body: Uint8Array): TryResult {
  if (parts.isStream) return malformed("a stream was asked for and a whole answer came");
  const decoding = parts.candidate.endpoint.codec.decodeAnswer(body);
  if (decoding.kind === "failure") return { kind: "failed", failure: decoding.failure, native: undefined };
  const { emulation } = parts;
  const told = emulation === undefined ? decoding : emulateAnswer(decoding.answer, emulation);
  if (told.kind === "failure") return { kind: "failed", failure: told.failure, native: undefined };
  // Some dialects tell no model: then it is the one that was asked.
  const named = { ...told.answer, model: told.answer.model || parts.candidate.target.model };
  const guarded = parts.guard?.whole(named);
  if (guarded?.kind === "blocked") return unkept(guarded.failure, named);
  const answer = guarded?.kind === "changed" ? guarded.answer : named;
  return written(parts, head, { answer, warnings: decoding.warnings });
}

/** The answer as its client is told it, if it keeps its contract. */
function written(
  parts: TryParts,
  head: UpstreamHead,
  { answer, warnings }: Pick<Extract<AnswerDecoding, { kind: "answer" }>, "answer" | "warnings">,
): TryResult {
  parts.check?.whole(answer.parts, answer.finish);
  const broken = brokenContract(parts.check);
  if (broken !== undefined) return unkept(broken, answer);
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
    warnings: [...warnings, ...encoded.warnings],
  };
}

/** An answer that goes to nobody, and was made all the same. */
const unkept = (failure: UpstreamFailure, { usage }: Pick<Tapped, "usage">): TryResult => ({
  kind: "failed",
  failure,
  native: undefined,
  spent: { usage, textBytes: 0 },
});

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
