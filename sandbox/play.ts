import type { IncomingMessage, ServerResponse } from "node:http";
import { isJsonObject, type Json, parseJson } from "../src/kernel/json.ts";
import type { Ask } from "./ask.ts";
import { compose, ContextTooLong } from "./answers/compose.ts";
import { deliver, reset } from "./deliver.ts";
import type { Dialect, Frame, Writing } from "./dialect.ts";
import { type Directions, readDirections } from "./directions.ts";
import { type Fault, faultOf } from "./faults.ts";
import { findModel, type NamedModel, type SandboxModel } from "./models.ts";
import { type Pace, paceOf } from "./pace.ts";
import type { PromptCache } from "./prompt-cache.ts";
import { Refusal } from "./refusal.ts";
import type { Scheduler } from "./scheduler.ts";
import { diceFor } from "./seeded.ts";
import type { StandingDirections } from "./standing.ts";
import { type Step, timed, withFaults } from "./steps.ts";

/** What the playing of a call needs from the server. */
export interface Stage {
  readonly scheduler: Scheduler;
  readonly standing: StandingDirections;
  readonly cache: PromptCache;
  readonly seed: number;
  /** Unix time in seconds at which the sandbox started: the `created` of every answer. */
  readonly created: number;
}

/** One call as it came in. */
export interface CallReceived {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly body: Buffer;
  readonly requestId: string;
  /** The number of this request since the sandbox started. */
  readonly ordinal: number;
}

/**
 * Plays one model call from its bytes to the last byte of its answer.
 *
 * @throws Refusal before anything was sent.
 */
export function play(dialect: Dialect, call: CallReceived, stage: Stage): void {
  const startedAt = stage.scheduler.now();
  const json = parseJson(call.body.toString("utf8"));
  if (json === undefined) throw new Refusal("invalid", "We could not parse the JSON body of your request.");
  const ask = dialect.read(json);
  const named = findModel(ask.model);
  if (!named) throw unknownModel(ask.model);
  const directions = directionsFor(named, call, stage);
  const faults = directions.faults ?? [];
  if (isSilent(faults, call.response)) return;
  refuseByFault(faults, ask, { named, directions });
  const { model } = named;
  const key = `${directions.seed ?? stage.seed}\u0000${askedFor(json)}`;
  const answer = compose({ ask, model, directions, cache: stage.cache.use(ask, dialect.cacheMode), key });
  const writing: Writing = {
    ask,
    body: json,
    answer,
    usageFault: faultOf(faults, "usage")?.how,
    isReasoningShown: directions.reasoning !== "hidden",
    dice: diceFor(key, "ids"),
    created: stage.created,
  };
  const pace = paceOf(model, directions, diceFor(key, "pace"));
  const steps = stepsOf(dialect, writing, { faults, pace });
  call.response.writeHead(200, { ...dialect.headers(call.requestId), ...steps.headers });
  if (faultOf(faults, "slow-ttft")) call.response.flushHeaders();
  deliver(call.response, steps.steps, { scheduler: stage.scheduler, startedAt });
}

/** The body without what only says how the answer is sent: streamed or whole, an answer is the same. */
function askedFor(body: Json): string {
  if (!isJsonObject(body)) return "";
  const { stream: _stream, stream_options: _options, ...rest } = body;
  return JSON.stringify(rest);
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
function stepsOf(dialect: Dialect, writing: Writing, { faults, pace }: Manner): PlannedBody {
  const isSse = writing.ask.isStream;
  const body = isSse ? "" : dialect.whole(writing);
  const sse = { "content-type": "text/event-stream; charset=utf-8", "cache-control": "no-cache" };
  const sized = faults.length === 0 ? { "content-length": String(Buffer.byteLength(body)) } : {};
  const headers = isSse ? sse : { "content-type": "application/json", ...sized };
  if (faultOf(faults, "reset")) return { headers, steps: [{ kind: "reset", atMs: pace.firstTokenMs }] };
  const texts = {
    error: dialect.errorFrame("The sandbox was told to fail here."),
    strange: dialect.strangeFrame,
    isSse,
  };
  const moves = withFaults(isSse ? dialect.stream(writing) : wholeFrames(body, faults), faults, texts);
  return { headers, steps: timed(moves, isSse ? pace : atOnce(pace, writing.answer.usage.output), faults) };
}

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

/** What the model, the control interface, the name's suffix and the header say; the later wins. */
function directionsFor(named: NamedModel, { request, ordinal }: CallReceived, stage: Stage): Directions {
  const header = request.headers["x-sallyport-sandbox"];
  const told = {
    ...stage.standing.take(named.model.name),
    ...readDirections(named.suffix),
    ...readDirections(typeof header === "string" ? header : (header?.join(";") ?? "")),
  };
  const dice = diceFor(String(stage.seed), "flaky", String(ordinal));
  if (told.faults || dice.next() >= named.model.faultChance) return told;
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

/** Throws for the faults that are an error answer. */
function refuseByFault(
  faults: readonly Fault[],
  ask: Ask,
  { named, directions }: { named: NamedModel; directions: Directions },
): void {
  const status = faultOf(faults, "status")?.status;
  if (status !== undefined) throw refusalFor(status, directions.retryAfter);
  if (faultOf(faults, "context-length")) throw tooLong(ask, named.model);
  if (faultOf(faults, "content-policy")) {
    throw new Refusal("content-policy", "Your request was rejected by the safety system of the sandbox.");
  }
  if (!ask.isStream && faultOf(faults, "error-in-stream")) throw refusalFor(500, undefined);
}

function tooLong(ask: Ask, model: SandboxModel): Refusal {
  const input = ask.prompt.reduce((sum, unit) => sum + unit.tokens, model.contextTokens);
  return new ContextTooLong({ limit: model.contextTokens, input, output: ask.outputLimit ?? 0 });
}

function refusalFor(status: number, retryAfter: number | undefined): Refusal {
  const seconds = retryAfter ?? (status === 429 || status === 503 || status === 529 ? 1 : 0);
  const facts = seconds > 0 ? { status, retryAfterSeconds: seconds } : { status };
  if (status === 429)
    return new Refusal(
      "rate-limit",
      "Rate limit reached in the sandbox, as asked for. Please try again later.",
      facts,
    );
  if (status === 503 || status === 529)
    return new Refusal("overloaded", "The sandbox is overloaded, as asked for.", facts);
  if (status >= 500) return new Refusal("server", "The sandbox failed, as asked for.", facts);
  if (status === 401)
    return new Refusal("unauthenticated", "The sandbox does not accept the key, as asked for.", facts);
  if (status === 403) return new Refusal("permission", "The sandbox forbids this, as asked for.", facts);
  if (status === 404) return new Refusal("not-found", "The sandbox does not find this, as asked for.", facts);
  return new Refusal("invalid", "The sandbox rejects this, as asked for.", facts);
}

/** The refusal of a model's name that is none of ours. */
export function unknownModel(asked: string): Refusal {
  const message = `The model \`${asked}\` does not exist or you do not have access to it.`;
  return new Refusal("model-not-found", message, { param: asked });
}
