import type { Call } from "../exchange/call.ts";
import type { AnswerContext, EncodedRequest, RequestContext, Splice } from "../exchange/codec.ts";
import type { Framing } from "../exchange/dialect.ts";
import type { Funded } from "../exchange/exchange.ts";
import type { UpstreamFailure } from "../exchange/failure.ts";
import type { Candidate } from "../exchange/target.ts";
import { type ErrorCode, errorCatalog, GatewayError } from "../kernel/errors.ts";
import type { Clock } from "../ports/clock.ts";
import type { Transport } from "../ports/transport.ts";
import type { Caller } from "./caller.ts";
import type { FrameReader } from "./live-stream.ts";
import { problemsError } from "./problems.ts";
import type { StateKeeper } from "./state-keeper.ts";
import { sinceArrival, type Trail } from "./trail.ts";
import { type TryResult, tryCandidate } from "./try-candidate.ts";

/** What door 8 needs from the world. */
export interface AttemptPorts {
  readonly clock: Clock;
  readonly transport: Transport;
  /** `framing/json-splice`. */
  readonly splice: (body: Uint8Array, splices: readonly Splice[]) => Uint8Array;
  readonly newReader: (framing: Framing) => FrameReader;
  readonly answerBytesMax: number;
  readonly state: StateKeeper;
  /** Told of each try's end: the upstream's health in the admin API. */
  readonly onTried: (
    candidate: Candidate,
    failure: { readonly code: string; readonly status: number | null } | undefined,
  ) => void;
}

/** After door 8: an answer, or the failure that the client will be told. */
export type Attempted = { readonly candidate: Candidate; readonly result: TryResult };

/** Door 8: tries the candidates in order until one answers; goes on only while no byte has gone to the client. */
export async function attempt(
  funded: Funded,
  trail: Trail<unknown>,
  caller: Caller,
  ports: AttemptPorts,
): Promise<Attempted> {
  try {
    const told = await walk(funded, trail, caller, ports);
    recordAttempt(trail, told);
    return told;
  } finally {
    caller.leave();
  }
}

/**
 * What the client is told: the answer, or the fault that ended the walk. When all have failed it is the error of the
 * first that was asked: the target the operator wanted; a refusal of our own only when nobody was asked.
 */
async function walk(
  funded: Funded,
  trail: Trail<unknown>,
  caller: Caller,
  ports: AttemptPorts,
): Promise<Attempted> {
  const decoded = decodeOnce(funded, ports.state.unwrap);
  let asked: Attempted | undefined;
  let refused: Attempted | undefined;
  for (const candidate of funded.plan.candidates) {
    const { result, wasAsked } = await tryOne(funded, { trail, caller, candidate, ports, decoded });
    const attempted = { candidate, result };
    const isOver =
      result.kind !== "failed" || caller.stopped() !== undefined || !isWorthAnother(result.failure.code);
    if (isOver) return attempted;
    if (wasAsked) asked ??= attempted;
    else refused ??= attempted;
  }
  const told = asked ?? refused;
  if (told === undefined) throw new GatewayError("no_eligible_upstream", "a plan without candidates");
  return told;
}

interface TryOneParts {
  readonly trail: Trail<unknown>;
  readonly caller: Caller;
  readonly candidate: Candidate;
  readonly ports: AttemptPorts;
  readonly decoded: DecodedOnce;
}

/** One try, its record, and what it says of the upstream's health. */
async function tryOne(
  funded: Funded,
  parts: TryOneParts,
): Promise<{ readonly result: TryResult; readonly wasAsked: boolean }> {
  const { trail, candidate, ports } = parts;
  const startedAt = sinceArrival(trail, ports.clock.monotonic());
  const prepared = prepare(funded, candidate, parts.decoded, ports);
  const wasAsked = prepared.kind === "ready";
  const result = wasAsked ? await send(funded, prepared.body, parts) : refusal(prepared.error);
  trail.attempts.push(
    attemptRecord(candidate, result, startedAt, sinceArrival(trail, ports.clock.monotonic())),
  );
  if (wasAsked) ports.onTried(candidate, result.kind === "failed" ? countedFailure(result) : undefined);
  if (wasAsked && result.kind !== "failed") trail.warnings.push(...prepared.warnings);
  return { result, wasAsked };
}

type Failed = Extract<TryResult, { kind: "failed" }>;
type Prepared =
  | { readonly kind: "ready"; readonly body: Uint8Array | string; readonly warnings: EncodedWarnings }
  | { readonly kind: "refused"; readonly error: GatewayError };
type EncodedWarnings = Extract<EncodedRequest, { kind: "request" }>["warnings"];
type DecodedOnce = () => { readonly call: Call; readonly warnings: EncodedWarnings };

/** The canonical form is made at most once, and only if some candidate needs it. */
function decodeOnce({ route, body }: Funded, unwrap: StateKeeper["unwrap"]): DecodedOnce {
  let made: ReturnType<DecodedOnce> | undefined;
  return () => {
    if (made !== undefined) return made;
    const decoding = route.codec.decode(body, { target: route.facts, unwrap });
    if (decoding.kind === "invalid") throw problemsError(decoding.problems);
    made = { call: decoding.call, warnings: decoding.warnings };
    return made;
  };
}

function prepare(funded: Funded, candidate: Candidate, decoded: DecodedOnce, ports: AttemptPorts): Prepared {
  const upstream = candidate.endpoint.codec;
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
  const restored = ports.state.restore(call, candidate, funded.identity.keyId);
  const encoded = upstream.encodeRequest(restored.call, context);
  if (encoded.kind === "refused") return encoded;
  return {
    kind: "ready",
    body: encoded.body,
    warnings: [...warnings, ...restored.warnings, ...encoded.warnings],
  };
}

function send(
  funded: Funded,
  body: Uint8Array | string,
  { trail, caller, candidate, ports, decoded }: TryOneParts,
): Promise<TryResult> {
  const { isStream, wantsUsage, streamForm = "sse" } = funded.facts;
  return tryCandidate({
    candidate,
    client: funded.route.codec,
    requestId: trail.id,
    isStream,
    streamForm,
    hidesUsage: !wantsUsage,
    context: (): AnswerContext => ({
      requestId: trail.id,
      startedAt: trail.at,
      call: decoded().call,
      streamForm,
      wrap: ports.state.wrapFor(candidate),
    }),
    onWhole: (parts) => ports.state.remember(parts, candidate, funded.identity.keyId),
    headers: upstreamHeaders(candidate, caller, isStream),
    body,
    transport: ports.transport,
    newReader: ports.newReader,
    answerBytesMax: ports.answerBytesMax,
    onSent: caller.onStop,
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
  const family = candidate.lane === "bytes" ? familyHeaders : [];
  for (const name of [...family, ...(candidate.endpoint.forwards ?? [])]) {
    const value = caller.header(name);
    if (value !== undefined) headers.push(name, value);
  }
  if (candidate.endpoint.codec.dialect === "anthropic-messages" && !headers.includes("anthropic-version")) {
    headers.push("anthropic-version", "2023-06-01");
  }
  return headers;
}

/** Another target may succeed unless the client's own request is at fault. */
function isWorthAnother(code: ErrorCode): boolean {
  return (
    errorCatalog[code].owner !== "client" ||
    code === "model_not_found" ||
    code === "unsupported_parameter" ||
    code === "unsupported_content" ||
    code === "context_length_exceeded"
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

/** What counts against an upstream: no fault of the client's, and none of the gateway's. */
function countedFailure({
  failure,
  native,
}: Failed): { readonly code: string; readonly status: number | null } | undefined {
  const { owner } = errorCatalog[failure.code];
  return owner === "upstream" || owner === "operator"
    ? { code: failure.code, status: native?.head.status ?? null }
    : undefined;
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
    reason: result.kind === "failed" ? reasonOf(result.failure) : "answered",
    startedAt: Math.round(startedAt * 1000) / 1000,
    tookMs: Math.round((endedAt - startedAt) * 1000) / 1000,
  };
}

const reasonLengthMax = 500;

/** The catalogue's sentence and what was really said; for the operator's eyes. */
function reasonOf({ code, message }: UpstreamFailure): string {
  const { title } = errorCatalog[code];
  return message === "" || message === title ? title : `${title} (${message.slice(0, reasonLengthMax)})`;
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
