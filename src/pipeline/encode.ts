import type { ClientCodec, Refuser, Tapped } from "../exchange/codec.ts";
import type { Lane, StreamForm } from "../exchange/dialect.ts";
import type { Funded } from "../exchange/exchange.ts";
import type { Cost } from "../exchange/settlement.ts";
import type { Candidate } from "../exchange/target.ts";
import type { Usage } from "../exchange/usage.ts";
import type { Warning } from "../exchange/warning.ts";
import { GatewayError } from "../kernel/errors.ts";
import { utf8Length } from "../kernel/utf8.ts";
import type { Clock } from "../ports/clock.ts";
import type { Reply } from "../ports/server.ts";
import {
  contentHeaders,
  errorHeaders,
  nativeErrorHeaders,
  passedHeaders,
  targetHeaders,
  warningsField,
} from "./answer-headers.ts";
import { bookEgress, type EgressPorts } from "./book-egress.ts";
import { addPieces } from "./cut-usage.ts";
import { failureError } from "./failure-error.ts";
import type { LiveStream } from "./live-stream.ts";
import { warnOfPrice } from "./price-warning.ts";
import { type Relays, relayStream } from "./relay.ts";
import { type Ending, sinceArrival, type Trail } from "./trail.ts";
import type { Attempted, TryResult } from "./try-result.ts";

/** What door 9 needs. */
export interface EncodePorts<Snapshot> extends EgressPorts<Snapshot> {
  readonly clock: Clock;
  readonly relays: Relays;
  readonly priceOf: (trail: Trail<Snapshot>, usage: Usage | undefined) => Cost | undefined;
  /** Headers of every answer: request id, generation. */
  readonly commonHeaders: (trail: Trail<Snapshot>) => string[];
  readonly settle: (trail: Trail<Snapshot>, ending: Ending) => void;
}

interface EncodeParts<Snapshot> {
  readonly trail: Trail<Snapshot>;
  readonly reply: Reply;
  readonly ports: EncodePorts<Snapshot>;
}

/** Door 9: the answer goes to the client; settle follows when its last byte has left. */
export function encode<Snapshot>(
  { route: { codec }, facts: { streamForm: form = "sse" } }: Funded,
  { candidate, result }: Attempted,
  parts: EncodeParts<Snapshot>,
): void {
  switch (result.kind) {
    case "failed":
      encodeFailure(result, codec, candidate, parts);
      return;
    case "whole":
      encodeWhole(result, codec, candidate, parts);
      return;
    case "stream":
      encodeStream(result.stream, { codec, form }, candidate, parts);
  }
}

type Result<Kind extends TryResult["kind"]> = Extract<TryResult, { kind: Kind }>;

function encodeFailure<Snapshot>(
  { failure, native }: Result<"failed">,
  codec: ClientCodec,
  { lane }: Candidate,
  parts: EncodeParts<Snapshot>,
): void {
  const { trail, ports } = parts;
  const error = failureError(failure);
  if (native === undefined || lane !== "bytes") {
    refuse(error, codec, { ...parts, outcome: "failed" });
    return;
  }
  const headers = [
    ...ports.commonHeaders(trail),
    ...targetHeaders(trail),
    ...nativeErrorHeaders(
      errorHeaders(error, "upstream", trail.attempts),
      passedHeaders(native.head, trail.told),
    ),
  ];
  trail.stages.record("encode", "relay", "the provider's own error, byte for byte");
  sendWhole(parts, { status: native.head.status, headers, body: native.body }, { outcome: "failed", error });
}

function encodeWhole<Snapshot>(
  { head, body, tapped, warnings }: Result<"whole">,
  codec: ClientCodec,
  { lane }: Candidate,
  parts: EncodeParts<Snapshot>,
): void {
  const { trail, ports } = parts;
  trail.warnings.push(...warnings);
  price(trail, tapped, ports);
  warnOfPrice(trail);
  const headers = [
    ...ports.commonHeaders(trail),
    ...targetHeaders(trail),
    ...contentHeaders(lane === "bytes", passedHeaders(head, trail.told), "application/json"),
  ];
  if (trail.cost?.nanoUsd !== null && trail.cost !== undefined)
    headers.push("x-sallyport-cost-nano-usd", String(trail.cost.nanoUsd));
  pushWarnings(headers, trail);
  trail.stages.record("encode", howOf(lane), `whole answer in ${codec.dialect}`);
  sendWhole(parts, { status: head.status, headers, body }, { outcome: "completed" });
}

function encodeStream<Snapshot>(
  stream: LiveStream,
  { codec, form }: { readonly codec: ClientCodec; readonly form: StreamForm },
  { lane }: Candidate,
  { trail, reply, ports }: EncodeParts<Snapshot>,
): void {
  const headers = [
    ...ports.commonHeaders(trail),
    ...targetHeaders(trail),
    ...contentHeaders(lane === "bytes", passedHeaders(stream.head, trail.told), mediaTypes[form]),
    "x-accel-buffering",
    "no",
  ];
  pushWarnings(headers, trail);
  trail.status = stream.head.status;
  trail.textBytes = stream.lane.textBytes;
  trail.stages.record("encode", howOf(lane), `stream in ${codec.dialect}`);
  reply.head(stream.head.status, headers);
  relayStream({
    stream,
    reply,
    keepAlive: codec.keepAlive(form),
    trail,
    clock: ports.clock,
    relays: ports.relays,
    onWhole: () => {
      if (!stream.lane.isCut()) price(trail, stream.lane.tapped(), ports);
    },
    onEnd: (ending) => {
      if (trail.cost === undefined) keep(trail, stream.lane.tapped());
      trail.isCut = stream.lane.isCut();
      trail.warnings.push(...stream.lane.warnings(), ...leftOut(stream.dropped()));
      ports.settle(trail, ending);
    },
  });
}

/** Events of the upstream that were no JSON: the client has not seen them. */
function leftOut(events: number): readonly Warning[] {
  if (events === 0) return [];
  return [{ kind: "dropped", subject: "events", note: `${events} that were no JSON` }];
}

const mediaTypes: Readonly<Record<StreamForm, string>> = {
  sse: "text/event-stream; charset=utf-8",
  "json-array": "application/json; charset=utf-8",
};

/** Any refusal or failure, in the client's own dialect; the one place where an error becomes an answer. */
export function refuse<Snapshot>(
  error: GatewayError,
  codec: Refuser,
  parts: EncodeParts<Snapshot> & { readonly outcome: "refused" | "failed" },
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
  const { status, headers: told } = codec.errorHead?.(error) ?? {
    status: error.status,
    headers: ["content-type", "application/json"],
  };
  const headers = [
    ...ports.commonHeaders(trail),
    ...targetHeaders(trail),
    ...errorHeaders(error, source, trail.attempts),
    ...told,
  ];
  if (error.code === "unauthenticated") headers.push("www-authenticate", 'Bearer realm="sallyport"');
  if (error.code === "method_not_allowed") headers.push("allow", allowedBy(error));
  pushWarnings(headers, trail);
  trail.stages.record("encode", "refuse", `${error.code} in ${codec.dialect}`);
  sendWhole(
    parts,
    { status, headers, body: codec.encodeError(error, trail.id, askedForm(trail)) },
    { outcome: parts.outcome, error },
  );
}

/** The form of the stream that the request's target asks for. */
function askedForm({ received }: Trail<unknown>): StreamForm | undefined {
  return received?.route.kind === "ai" ? received.route.facts.streamForm : undefined;
}

function sendWhole<Snapshot>(
  { trail, reply, ports }: EncodeParts<Snapshot>,
  answer: {
    readonly status: number;
    readonly headers: readonly string[];
    readonly body: Uint8Array | string;
  },
  ending: Ending,
): void {
  trail.status = answer.status;
  trail.firstByteMs = sinceArrival(trail, ports.clock.monotonic());
  const { body } = answer;
  trail.bytesOut = typeof body === "string" ? utf8Length(body) : body.byteLength;
  reply.onSent(() => ports.settle(trail, ending));
  reply.onGone(() => ports.settle(trail, ending.outcome === "completed" ? { outcome: "aborted" } : ending));
  reply.whole(answer.status, answer.headers, answer.body);
}

function keep(trail: Trail<unknown>, tapped: Tapped): void {
  trail.answerModel = tapped.model;
  trail.usage = tapped.usage;
  trail.finish = tapped.finish;
}

/** What a whole answer was and has cost, before its end is written. */
function price<Snapshot>(trail: Trail<Snapshot>, tapped: Tapped, ports: EncodePorts<Snapshot>): void {
  keep(trail, tapped);
  trail.cost = ports.priceOf(trail, trail.usage);
  addPieces(trail, ports);
  bookEgress(trail, ports);
}

function pushWarnings(headers: string[], trail: Trail<unknown>): void {
  if (trail.warnings.length > 0) headers.push("x-sallyport-warnings", warningsField(trail.warnings));
}

const allowedBy = (error: GatewayError): string =>
  /answers ([A-Z, ]+) only/.exec(error.publicMessage)?.[1] ?? "POST";
const howOf = (lane: Lane): string => (lane === "bytes" ? "relay" : "translate");
