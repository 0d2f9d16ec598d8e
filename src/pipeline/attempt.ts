import type { Call } from "../exchange/call.ts";
import type {
  AnswerContext,
  ClientCodec,
  EncodedRequest,
  RequestContext,
  Splice,
  UpstreamCodec,
} from "../exchange/codec.ts";
import type { UpstreamDialect } from "../exchange/dialect.ts";
import type { Funded } from "../exchange/exchange.ts";
import type { Candidate } from "../exchange/target.ts";
import { GatewayError } from "../kernel/errors.ts";
import type { Clock } from "../ports/clock.ts";
import type { Transport } from "../ports/transport.ts";
import { type FrameReader, failureError } from "./live-stream.ts";
import { problemsError } from "./problems.ts";
import { sinceArrival, type Trail } from "./trail.ts";
import { type TryResult, tryCandidate } from "./try-candidate.ts";

/** What door 8 needs from the world. */
export interface AttemptPorts {
  readonly clock: Clock;
  readonly transport: Transport;
  readonly upstreamOf: (dialect: UpstreamDialect) => UpstreamCodec;
  /** `framing/json-splice`. */
  readonly splice: (body: Uint8Array, splices: readonly Splice[]) => Uint8Array;
  readonly newReader: () => FrameReader;
  readonly answerBytesMax: number;
  /** Told of each try's end: the upstream's health in the admin API. */
  readonly onTried: (
    candidate: Candidate,
    failure: { readonly code: string; readonly status: number | null } | undefined,
  ) => void;
}

/** After door 8: an answer, or the failure that the client will be told. */
export type Attempted = { readonly candidate: Candidate; readonly result: TryResult };

/** The client's side of the wire, as far as this door needs it. */
export interface Caller {
  readonly header: (name: string) => string | undefined;
  /** Whether the client is gone; and the one thing to do when it goes. */
  readonly isGone: () => boolean;
  readonly onAbort: (abort: () => void) => void;
}

/** Door 8: tries the candidates in order until one answers; goes on only while no byte of an answer has come. */
export async function attempt(
  funded: Funded,
  trail: Trail<unknown>,
  caller: Caller,
  ports: AttemptPorts,
): Promise<Attempted> {
  const { candidates } = funded.plan;
  const decoded = decodeOnce(funded.route.codec, funded.body);
  let last: Attempted | undefined;
  for (const candidate of candidates) {
    const startedAt = sinceArrival(trail, ports.clock.monotonic());
    const prepared = prepare(funded, candidate, decoded, ports);
    const result =
      prepared.kind === "refused"
        ? refusal(prepared.error)
        : await send(funded, { trail, caller, candidate, ports, prepared, decoded });
    trail.attempts.push(
      attemptRecord(candidate, result, startedAt, sinceArrival(trail, ports.clock.monotonic())),
    );
    if (prepared.kind === "ready") ports.onTried(candidate, failureOf(result));
    last = { candidate, result };
    if (result.kind !== "failed") {
      if (prepared.kind === "ready") trail.warnings.push(...prepared.warnings);
      break;
    }
    if (caller.isGone() || !isWorthAnother(result)) break;
  }
  if (last === undefined) throw new GatewayError("no_eligible_upstream", "a plan without candidates");
  recordAttempt(trail, last);
  return last;
}

type Prepared =
  | { readonly kind: "ready"; readonly body: Uint8Array | string; readonly warnings: EncodedWarnings }
  | { readonly kind: "refused"; readonly error: GatewayError };
type EncodedWarnings = Extract<EncodedRequest, { kind: "request" }>["warnings"];
type DecodedOnce = () => { readonly call: Call; readonly warnings: EncodedWarnings };

/** The canonical form is made at most once, and only if some candidate needs it. */
function decodeOnce(codec: ClientCodec, body: Uint8Array): DecodedOnce {
  let made: ReturnType<DecodedOnce> | undefined;
  return () => {
    if (made !== undefined) return made;
    const decoding = codec.decode(body);
    if (decoding.kind === "invalid") throw problemsError(decoding.problems);
    made = { call: decoding.call, warnings: decoding.warnings };
    return made;
  };
}

function prepare(funded: Funded, candidate: Candidate, decoded: DecodedOnce, ports: AttemptPorts): Prepared {
  const upstream = ports.upstreamOf(candidate.endpoint.dialect);
  const { model, outputTokensMax } = candidate.target;
  const context: RequestContext = { model, ...(outputTokensMax === undefined ? {} : { outputTokensMax }) };
  if (candidate.lane === "bytes") {
    const splices = upstream.splices(funded.facts, context);
    return {
      kind: "ready",
      body: splices.length === 0 ? funded.body : ports.splice(funded.body, splices),
      warnings: [],
    };
  }
  const { call, warnings } = decoded();
  const encoded = upstream.encodeRequest(call, context);
  if (encoded.kind === "refused") return encoded;
  return { kind: "ready", body: encoded.body, warnings: [...warnings, ...encoded.warnings] };
}

function send(
  funded: Funded,
  parts: {
    readonly trail: Trail<unknown>;
    readonly caller: Caller;
    readonly candidate: Candidate;
    readonly ports: AttemptPorts;
    readonly prepared: Extract<Prepared, { kind: "ready" }>;
    readonly decoded: DecodedOnce;
  },
): Promise<TryResult> {
  const { trail, caller, candidate, ports, prepared } = parts;
  const { isStream, wantsUsage } = funded.facts;
  return tryCandidate({
    candidate,
    upstream: ports.upstreamOf(candidate.endpoint.dialect),
    client: funded.route.codec,
    isStream,
    hidesUsage: !wantsUsage,
    context: (): AnswerContext => ({ requestId: trail.id, startedAt: trail.at, call: parts.decoded().call }),
    headers: upstreamHeaders(candidate, caller, isStream),
    body: prepared.body,
    transport: ports.transport,
    newReader: ports.newReader,
    answerBytesMax: ports.answerBytesMax,
    onSent: caller.onAbort,
  });
}

/** Client headers that mean something to a provider of the client's own dialect. */
const familyHeaders = ["anthropic-version", "anthropic-beta", "openai-beta", "idempotency-key"] as const;

function upstreamHeaders(candidate: Candidate, caller: Caller, isStream: boolean): readonly string[] {
  const headers = [
    "content-type",
    "application/json",
    "accept",
    isStream ? "text/event-stream" : "application/json",
    // The tap reads what passes; a compressed answer would have to be unpacked beside it.
    "accept-encoding",
    "identity",
    ...candidate.endpoint.headers,
  ];
  if (candidate.lane === "bytes") {
    for (const name of familyHeaders) {
      const value = caller.header(name);
      if (value !== undefined) headers.push(name, value);
    }
  }
  if (candidate.endpoint.dialect === "anthropic-messages" && !headers.includes("anthropic-version")) {
    headers.push("anthropic-version", "2023-06-01");
  }
  return headers;
}

/** Another target may succeed unless the client's own request is at fault. */
function isWorthAnother(result: Extract<TryResult, { kind: "failed" }>): boolean {
  const error = failureError(result.failure);
  return (
    error.kind.owner !== "client" ||
    error.code === "model_not_found" ||
    error.code === "unsupported_parameter" ||
    error.code === "unsupported_content" ||
    error.code === "context_length_exceeded"
  );
}

function refusal(error: GatewayError): TryResult {
  const { param } = error.facts;
  return {
    kind: "failed",
    failure: {
      code: error.code,
      status: error.status,
      message: error.publicMessage,
      ...(param === undefined ? {} : { param }),
    },
    native: undefined,
  };
}

function failureOf(result: TryResult): { readonly code: string; readonly status: number | null } | undefined {
  if (result.kind !== "failed") return undefined;
  if (failureError(result.failure).kind.owner === "client") return undefined;
  return { code: result.failure.code, status: result.native?.head.status ?? null };
}

function attemptRecord(candidate: Candidate, result: TryResult, startedAt: number, endedAt: number) {
  const status =
    result.kind === "whole"
      ? result.head.status
      : result.kind === "stream"
        ? result.stream.head.status
        : (result.native?.head.status ?? null);
  return {
    provider: candidate.target.provider,
    model: candidate.target.model,
    lane: candidate.lane,
    status,
    code: result.kind === "failed" ? result.failure.code : null,
    reason: result.kind === "failed" ? failureError(result.failure).publicMessage : "answered",
    startedAt: Math.round(startedAt * 1000) / 1000,
    tookMs: Math.round((endedAt - startedAt) * 1000) / 1000,
  };
}

function recordAttempt(trail: Trail<unknown>, { candidate, result }: Attempted): void {
  const where = `\`${candidate.target.provider}\` (${candidate.target.model}, ${candidate.lane} lane)`;
  const tries = trail.attempts.length;
  const before = tries > 1 ? ` after ${tries - 1} failed ${tries === 2 ? "try" : "tries"}` : "";
  trail.candidate = candidate;
  if (result.kind === "failed")
    trail.stages.record("attempt", "fail", `${where}: ${result.failure.code}${before}`);
  else trail.stages.record("attempt", tries > 1 ? "failover" : "answer", `${where} answers${before}`);
}
