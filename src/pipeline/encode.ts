import type { ClientCodec, Tapped } from "../exchange/codec.ts";
import type { Funded } from "../exchange/exchange.ts";
import type { Cost } from "../exchange/settlement.ts";
import type { Usage } from "../exchange/usage.ts";
import { GatewayError } from "../kernel/errors.ts";
import type { Clock } from "../ports/clock.ts";
import type { Reply } from "../ports/server.ts";
import { passedHeaders, warningsField } from "./answer-headers.ts";
import type { Attempted } from "./attempt.ts";
import { failureError } from "./live-stream.ts";
import { maskCredential } from "./mask.ts";
import { type Relays, relayStream } from "./relay.ts";
import { type Ending, sinceArrival, type Trail } from "./trail.ts";

/** What door 9 needs. */
export interface EncodePorts<Snapshot> {
  readonly clock: Clock;
  readonly relays: Relays;
  readonly priceOf: (trail: Trail<Snapshot>, usage: Usage | undefined) => Cost | undefined;
  /** Headers of every answer: request id, generation. */
  readonly commonHeaders: (trail: Trail<Snapshot>) => string[];
  readonly settle: (trail: Trail<Snapshot>, ending: Ending) => void;
}

/** Door 9: the answer goes to the client; settle follows when its last byte has left. */
export function encode<Snapshot>(
  funded: Funded,
  { candidate, result }: Attempted,
  parts: { readonly trail: Trail<Snapshot>; readonly reply: Reply; readonly ports: EncodePorts<Snapshot> },
): void {
  const { trail, reply, ports } = parts;
  const { codec } = funded.route;
  if (result.kind === "failed") {
    if (result.failure.code === "client_closed") {
      ports.settle(trail, { outcome: "aborted" });
      return;
    }
    const error = failureError(result.failure);
    const native = candidate.lane === "bytes" ? result.native : undefined;
    if (native === undefined) {
      refuse(error, codec, { trail, reply, ports, outcome: "failed" });
      return;
    }
    const headers = [
      ...ports.commonHeaders(trail),
      ...targetHeaders(trail),
      ...passedHeaders(native.head),
      ...errorHeaders(error, "upstream"),
    ];
    trail.stages.record("encode", "relay", "the provider's own error, byte for byte");
    sendWhole(
      { trail, reply, ports },
      {
        status: native.head.status,
        headers,
        body: maskCredential(native.body, candidate.endpoint.credential),
      },
      { outcome: "failed", error },
    );
    return;
  }
  if (result.kind === "whole") {
    keep(trail, result.tapped);
    trail.warnings.push(...result.warnings);
    trail.cost = ports.priceOf(trail, trail.usage);
    warnOfPrice(trail);
    const headers = [
      ...ports.commonHeaders(trail),
      ...targetHeaders(trail),
      ...contentHeaders(candidate.lane === "bytes", passedHeaders(result.head), "application/json"),
    ];
    if (trail.cost?.nanoUsd !== null && trail.cost !== undefined)
      headers.push("x-sallyport-cost-nano-usd", String(trail.cost.nanoUsd));
    pushWarnings(headers, trail);
    trail.stages.record(
      "encode",
      candidate.lane === "bytes" ? "relay" : "translate",
      `whole answer in ${codec.dialect}`,
    );
    sendWhole(
      { trail, reply, ports },
      { status: result.head.status, headers, body: result.body },
      { outcome: "completed" },
    );
    return;
  }
  const { stream } = result;
  const headers = [
    ...ports.commonHeaders(trail),
    ...targetHeaders(trail),
    ...contentHeaders(
      candidate.lane === "bytes",
      passedHeaders(stream.head),
      "text/event-stream; charset=utf-8",
    ),
    "x-accel-buffering",
    "no",
  ];
  pushWarnings(headers, trail);
  trail.status = stream.head.status;
  trail.textBytes = stream.lane.textBytes;
  trail.stages.record(
    "encode",
    candidate.lane === "bytes" ? "relay" : "translate",
    `stream in ${codec.dialect}`,
  );
  reply.head(stream.head.status, headers);
  relayStream({
    stream,
    reply,
    codec,
    trail,
    clock: ports.clock,
    relays: ports.relays,
    onEnd: (ending) => {
      keep(trail, stream.lane.tapped());
      trail.warnings.push(...stream.lane.warnings());
      ports.settle(trail, ending);
    },
  });
}

/** Any refusal or failure, in the client's own dialect; the one place where an error becomes an answer. */
export function refuse<Snapshot>(
  error: GatewayError,
  codec: ClientCodec,
  parts: {
    readonly trail: Trail<Snapshot>;
    readonly reply: Reply;
    readonly ports: EncodePorts<Snapshot>;
    readonly outcome: "refused" | "failed";
  },
): void {
  const { trail, reply, ports } = parts;
  if (error.code === "client_closed") {
    ports.settle(trail, { outcome: "aborted" });
    return;
  }
  if (trail.status !== 0) {
    // The head is out: an error body now would be part of an answer. Nothing that is left may look whole.
    reply.destroy();
    ports.settle(trail, { outcome: "failed", error });
    return;
  }
  const source = error.code.startsWith("upstream_") ? "upstream" : "gateway";
  const headers = [
    ...ports.commonHeaders(trail),
    ...targetHeaders(trail),
    ...errorHeaders(error, source),
    "content-type",
    "application/json",
  ];
  if (error.code === "method_not_allowed") headers.push("allow", allowedBy(error));
  pushWarnings(headers, trail);
  trail.stages.record("encode", "refuse", `${error.code} in ${codec.dialect}`);
  sendWhole(
    { trail, reply, ports },
    { status: error.status, headers, body: codec.encodeError(error, trail.id) },
    { outcome: parts.outcome, error },
  );
}

function sendWhole<Snapshot>(
  parts: { readonly trail: Trail<Snapshot>; readonly reply: Reply; readonly ports: EncodePorts<Snapshot> },
  answer: {
    readonly status: number;
    readonly headers: readonly string[];
    readonly body: Uint8Array | string;
  },
  ending: Ending,
): void {
  const { trail, reply, ports } = parts;
  trail.status = answer.status;
  trail.firstByteMs = sinceArrival(trail, ports.clock.monotonic());
  trail.bytesOut = answer.body.length;
  reply.onSent(() => ports.settle(trail, ending));
  reply.onGone(() => ports.settle(trail, ending.outcome === "completed" ? { outcome: "aborted" } : ending));
  reply.whole(answer.status, answer.headers, answer.body);
}

function keep(trail: Trail<unknown>, tapped: Tapped): void {
  trail.answerModel = tapped.model;
  trail.usage = tapped.usage;
  trail.finish = tapped.finish;
}

function warnOfPrice(trail: Trail<unknown>): void {
  if (trail.usage === undefined)
    trail.warnings.push({ kind: "unmetered", subject: trail.facts?.model ?? "" });
  else if (trail.cost?.nanoUsd === null)
    trail.warnings.push({ kind: "unpriced", subject: trail.candidate?.target.model ?? "" });
}

function targetHeaders(trail: Trail<unknown>): string[] {
  const { candidate } = trail;
  if (candidate === undefined) return [];
  return [
    "x-sallyport-lane",
    candidate.lane,
    "x-sallyport-deployment",
    candidate.target.provider,
    "x-sallyport-model",
    printable(candidate.target.model),
  ];
}

/** On the bytes lane the upstream's own media type; a translated answer has ours. */
function contentHeaders(isNative: boolean, passed: string[], mediaType: string): string[] {
  const kept: string[] = [];
  let hasType = false;
  for (let index = 0; index < passed.length; index += 2) {
    const name = passed[index] ?? "";
    if (name === "content-type") {
      if (!isNative) continue;
      hasType = true;
    }
    kept.push(name, passed[index + 1] ?? "");
  }
  if (!hasType) kept.push("content-type", mediaType);
  return kept;
}

function errorHeaders(error: GatewayError, source: "gateway" | "upstream"): string[] {
  const headers = ["x-sallyport-error", error.code, "x-sallyport-error-source", source];
  const { retryAfterMs } = error.facts;
  if (!error.kind.retryable) headers.push("x-should-retry", "false");
  if (retryAfterMs !== undefined && (error.status === 429 || error.status === 503 || error.status === 529)) {
    headers.push(
      "retry-after",
      String(Math.max(1, Math.ceil(retryAfterMs / 1000))),
      "retry-after-ms",
      String(Math.ceil(retryAfterMs)),
    );
  }
  return headers;
}

function pushWarnings(headers: string[], trail: Trail<unknown>): void {
  if (trail.warnings.length > 0) headers.push("x-sallyport-warnings", warningsField(trail.warnings));
}

const allowedBy = (error: GatewayError): string =>
  /answers ([A-Z, ]+) only/.exec(error.publicMessage)?.[1] ?? "POST";
const printable = (text: string): string => text.replace(/[^\x20-\x7e]/g, "?");
