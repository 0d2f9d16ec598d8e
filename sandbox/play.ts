import type { IncomingMessage, ServerResponse } from "node:http";
import { isJsonObject, type Json, parseJson } from "../src/kernel/json.ts";
import { compose } from "./answers/compose.ts";
import type { Answer } from "./ask.ts";
import { deliver, reset } from "./deliver.ts";
import {
  asWritten,
  type Dialect,
  type Endpoint,
  type Frame,
  type Streamed,
  type Writing,
} from "./dialect.ts";
import { type Directions, readDirections } from "./directions.ts";
import { type Fault, faultOf } from "./faults.ts";
import { type InstantAnswer, type InstantAnswers, instantKey } from "./instant.ts";
import { findModel, type NamedModel } from "./models.ts";
import { type Pace, paceOf } from "./pace.ts";
import { cacheableTokens, type PromptCache } from "./prompt-cache.ts";
import { Refusal } from "./refusal.ts";
import { refuseByFault, unfitModel, unknownModel } from "./refusals.ts";
import type { Scheduler } from "./scheduler.ts";
import { diceFor } from "./seeded.ts";
import type { StandingDirections } from "./standing.ts";
import { type Move, type Step, timed, withFaults } from "./steps.ts";
import type { StoredResponses } from "./stored-responses.ts";
import { type StormCall, type Storms, stormText } from "./storms.ts";

/** What the playing of a call needs from the server. */
export interface Stage {
  readonly scheduler: Scheduler;
  readonly standing: StandingDirections;
  readonly cache: PromptCache;
  readonly instant: InstantAnswers;
  readonly stored: StoredResponses;
  readonly storms: Storms;
  readonly seed: number;
  /** Unix time in seconds at which the sandbox started: the `created` of every answer. */
  readonly created: number;
}

/** One call as it came in. */
export interface CallReceived {
  readonly request: IncomingMessage;
  readonly url: URL;
  readonly response: ServerResponse;
  readonly body: Buffer;
  readonly requestId: string;
  /** The number of this request since the sandbox started. */
  readonly ordinal: number;
}

/** What became of a call: somebody is still listening to it. */
export interface Playing {
  readonly kind: "playing";
  readonly isStream: boolean;
}

/** What a call is made to. */
export interface Called {
  readonly dialect: Dialect;
  readonly endpoint: Endpoint;
}

/**
 * Plays one model call from its bytes to the last byte of its answer.
 *
 * @throws Refusal before anything was sent.
 */
export function play(called: Called, call: CallReceived, stage: Stage): Playing {
  const { dialect, endpoint } = called;
  const startedAt = stage.scheduler.now();
  const text = call.body.toString("utf8");
  const header = directingHeader(call.request);
  const instant = instantKey(call.url, header, text);
  const known = stage.standing.isEmpty() ? stage.instant.find(instant) : undefined;
  if (known) return sendInstant(dialect, call, known);
  const parsed = parseJson(text);
  if (parsed === undefined) throw new Refusal("invalid", "We could not parse the JSON body of your request.");
  const asked = { url: call.url, stored: stage.stored };
  const ask = endpoint.read(parsed, asked);
  const named = namedFor(ask.model, endpoint);
  const directions = directionsFor(
    named,
    { header, ordinal: call.ordinal, isStream: ask.isStream, endsInUsage: dialect.name.startsWith("gemini") },
    stage,
  );
  const faults = directions.faults ?? [];
  const playing: Playing = { kind: "playing", isStream: ask.isStream };
  if (isSilent(faults, call.response)) return playing;
  const blocksInAnswer = endpoint.blocksInAnswer === true;
  refuseByFault(faults, ask, { named, directions, blocksInAnswer });
  const isBlocked = blocksInAnswer && faultOf(faults, "content-policy") !== undefined;
  const { model } = named;
  const seed = directions.seed ?? stage.seed;
  const key = `${seed}\u0000${askedFor(parsed, ask.model)}`;
  const answer = compose({
    ask: isBlocked ? { ...ask, count: 0 } : ask,
    model,
    directions,
    cache: stage.cache.use(ask, endpoint.cacheMode),
    key,
  });
  const writing: Writing = {
    ...asked,
    ask,
    body: parsed,
    answer,
    usageFault: faultOf(faults, "usage")?.how,
    reasoning: directions.reasoning,
    dice: diceFor(key, "ids"),
    seed,
    created: stage.created,
  };
  if (isInstant(directions, answer)) {
    const written = writeInstant(called, writing);
    const isRepeatable =
      model.faultChance === 0 && answer.usage.input < cacheableTokens && stage.standing.isEmpty();
    if (isRepeatable) stage.instant.keep(instant, written);
    return sendInstant(dialect, call, written);
  }
  const pace = paceOf(
    endpoint.isImmediate ? { ...model, ttftMs: 0 } : model,
    directions,
    diceFor(key, "pace"),
  );
  const steps = stepsOf(called, writing, { faults, pace });
  // Node then tells the end of a body without a length by closing.
  if (faultOf(faults, "by-close")) call.response.removeHeader("transfer-encoding");
  call.response.writeHead(200, { ...dialect.headers(call.requestId), ...steps.headers });
  if (faultOf(faults, "early-head")) call.response.flushHeaders();
  if (faultOf(faults, "slow-ttft")) call.response.flushHeaders();
  deliver(call.response, steps.steps, { scheduler: stage.scheduler, startedAt });
  return playing;
}

function namedFor(asked: string, endpoint: Endpoint): NamedModel {
  const named = findModel(asked);
  if (!named) throw unknownModel(asked);
  if (named.model.purpose !== endpoint.serves) throw unfitModel(asked, endpoint.serves);
  return named;
}

/** Whether an answer takes no time, has no fault and is small enough to be held at once. */
function isInstant({ ttft, rate, faults = [] }: Directions, { usage }: Answer): boolean {
  return ttft === 0 && rate === 0 && faults.length === 0 && usage.output <= 2_000;
}

function writeInstant({ dialect, endpoint }: Called, writing: Writing): InstantAnswer {
  const streamed = streamedOf(endpoint, writing);
  if (!streamed) {
    const bytes = Buffer.from(endpoint.whole(writing));
    const headers = { "content-type": dialect.contentType, "content-length": String(bytes.length) };
    return { headers, bytes, isStream: false };
  }
  let text = "";
  for (const frame of streamed.frames) if (frame.text !== "") text += streamed.finish(frame.text);
  return { headers: streamHeaders(streamed), bytes: Buffer.from(text), isStream: true };
}

/** The stream of an answer that is to be streamed. */
const streamedOf = (endpoint: Endpoint, writing: Writing): Streamed | undefined =>
  writing.ask.isStream ? endpoint.stream?.(writing) : undefined;

const streamHeaders = ({ contentType }: Streamed) => ({
  "content-type": contentType,
  "cache-control": "no-cache",
});

function sendInstant(
  dialect: Dialect,
  { response, requestId }: CallReceived,
  { headers, bytes, isStream }: InstantAnswer,
): Playing {
  response.writeHead(200, { ...dialect.headers(requestId), ...headers });
  response.end(bytes);
  return { kind: "playing", isStream };
}

/** Model and body without what only says how the answer is sent: streamed or whole, an answer is the same. */
function askedFor(body: Json, model: string): string {
  if (!isJsonObject(body)) return "";
  const { stream: _stream, stream_options: _options, ...rest } = body;
  return JSON.stringify("model" in rest ? rest : { model, ...rest });
}

interface Manner {
  readonly faults: readonly Fault[];
  readonly pace: Pace;
}

interface PlannedBody {
  readonly headers: Readonly<Record<string, string>>;
  readonly steps: Iterable<Step>;
}

/** The body of an answer as steps in time, and the headers that describe it. */
function stepsOf(called: Called, writing: Writing, { faults, pace }: Manner): PlannedBody {
  const streamed = streamedOf(called.endpoint, writing);
  if (!streamed) return wholeSteps(called, writing, { faults, pace });
  const headers = streamHeaders(streamed);
  if (faultOf(faults, "reset")) return { headers, steps: [{ kind: "reset", atMs: pace.firstTokenMs }] };
  return { headers, steps: timed(withFaults(streamed.frames, faults, streamed), pace, faults) };
}

function wholeSteps({ dialect, endpoint }: Called, writing: Writing, { faults, pace }: Manner): PlannedBody {
  const body = endpoint.whole(writing);
  const isShort = faultOf(faults, "short-body") !== undefined;
  const isSized = faults.length === 0 || isShort;
  const sized = isSized ? { "content-length": String(Buffer.byteLength(body)) } : {};
  const closing = faultOf(faults, "by-close") ? { connection: "close" } : {};
  const headers = { "content-type": dialect.contentType, ...sized, ...closing };
  if (faultOf(faults, "reset")) return { headers, steps: [{ kind: "reset", atMs: pace.firstTokenMs }] };
  const whole = withFaults(wholeFrames(body, faults), faults, wholeTexts);
  const moves: Iterable<Move> = isShort
    ? [{ kind: "token", text: body.slice(0, Math.floor(body.length * 0.6)) }, { kind: "reset" }]
    : whole;
  return { headers, steps: timed(moves, atOnce(pace, writing.answer.usage.output), faults) };
}

const wholeTexts = { failure: () => [], strange: "", isSse: false, finish: asWritten };

/** A whole answer comes when its last token would have come. */
function atOnce(pace: Pace, tokens: number): Pace {
  let atMs = pace.firstTokenMs;
  for (let token = 1; token < tokens; token += 1) atMs += pace.nextGapMs();
  return { firstTokenMs: atMs, nextGapMs: () => 0 };
}

/** A whole body in pieces that faults can count: 16 characters are a token. */
function* wholeFrames(body: string, faults: readonly Fault[]): Iterable<Frame> {
  if (faultOf(faults, "bad-event")) return yield { kind: "token", text: '{"unexpected":true}' };
  if (faultOf(faults, "bad-json")) return yield { kind: "token", text: body.slice(0, -3) };
  if (faults.length === 0) return yield { kind: "token", text: body };
  for (let at = 0; at < body.length; ) {
    const end = at + 16 + (isHighSurrogate(body, at + 15) ? 1 : 0);
    yield { kind: end >= body.length ? "close" : "token", text: body.slice(at, end) };
    at = end;
  }
}

const isHighSurrogate = (text: string, at: number): boolean => (text.charCodeAt(at) & 0xfc00) === 0xd800;

interface Telling extends StormCall {
  readonly header: string;
  readonly ordinal: number;
}

function directingHeader(request: IncomingMessage): string {
  const header = request.headers["x-sallyport-sandbox"];
  return typeof header === "string" ? header : (header?.join(";") ?? "");
}

/** What the control interface, the name's suffix and the header say; the later wins. */
function directionsFor(
  { model, suffix }: NamedModel,
  { header, ordinal, ...call }: Telling,
  stage: Stage,
): Directions {
  const told = { ...stage.standing.take(model.name), ...readDirections(suffix), ...readDirections(header) };
  if (model.storm !== undefined)
    return {
      ...stage.storms.take(model.storm, told, call),
      ...told,
      answer: "script",
      script: [stormText],
    };
  if (told.faults || model.faultChance === 0) return told;
  const dice = diceFor(String(stage.seed), "flaky", String(ordinal));
  if (dice.next() >= model.faultChance) return told;
  return { ...told, faults: [flakyFaults[dice.below(flakyFaults.length)] ?? { kind: "reset" }] };
}

const flakyFaults: readonly Fault[] = [
  { kind: "status", status: 429 },
  { kind: "status", status: 500 },
  { kind: "status", status: 503 },
  { kind: "refuse" },
  { kind: "cut-after", count: 5 },
  { kind: "error-in-stream", count: 5 },
];

/** Plays the faults that give no answer at all. */
function isSilent(faults: readonly Fault[], response: ServerResponse): boolean {
  if (faultOf(faults, "hang")) return true;
  if (!faultOf(faults, "refuse")) return false;
  reset(response);
  return true;
}
